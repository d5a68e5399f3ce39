"""The letters of an award that is changed, word by word, and every letter of the journey, as in
`award_letters`."""

from tests.journeys.award_letters import DECIDER, HEAD, OFFICER, PROVIDER, both

ASKED = """\
BRK-0001: does your school agree to a change of the award?

Hazelmere Primary School has asked for a change of its award for support in which your school takes part. \
The page shows what it means for your school.

Why
  The deputy head is on leave until June. An assistant head takes over, and we need the summer term.

What you need to do
Read the change, and say whether your school agrees. It is not decided before you answer.

/bids/BRK-0001/changes/1
"""
AGREED = """\
BRK-0001: the award is changed

The change of your award is agreed. It holds from now on.

What changes
- End of the support: 26 March 2027 before, 16 July 2027 after
- Half-time: 17 February 2027 before, 14 April 2027 after
- Deputy head, DH1, Oakfield Primary School: 20 days, £7,500.00 before, Assistant head, AH2: 20 days, \
£7,500.00 after

Why
  The deputy head is on leave until June. An assistant head takes over, and we need the summer term.

What you need to do
Work to the changed award. Tell the schools that take part.

/bids/BRK-0001/changes/1
"""
CAN_NOT_GO_ON = """\
BRK-0001: you are asked to stop this funding

Amara Nwosu asks you to stop the funding of BRK-0001, “Mathematics across Years 5 and 6”, led by \
Hazelmere Primary School.

Why:
  The assistant head has left too.

What happens next: you decide. You can stop the funding or refuse, with a reason. Until you do, nothing \
changes for the school.

Read the bid and decide here:
/bids/BRK-0001
"""
GOES_ON = """\
BRK-0001: the funding goes on

We were asked to stop the funding of this bid, and have decided that it goes on.

Why
  Oakfield can release another leader from May.

What you need to do
Go on with the support as the award says. If that can’t be done, talk to the liaison officer.

/bids/BRK-0001
"""

LETTERS_OF_CHANGED = [
    (HEAD, "BRK-0001: you have accepted £9,831.20. The support can start"),
    (PROVIDER, "BRK-0001: the support is funded and can start"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has accepted £9,831.20"),
    *both("BRK-0001: £9,831.20 awarded to Hazelmere Primary School"),
    (OFFICER, "Today: BRK-0001/C1: £4,915.60 waits to be checked since 4 January"),
    (HEAD, "BRK-0001: you have asked for a change of the award"),
    (PROVIDER, "BRK-0001: does your school agree to a change of the award?"),
    (
        OFFICER,
        "Today: BRK-0001: a school agrees to the change of the award + "
        "BRK-0001: please decide about a change of the award",
    ),
    (HEAD, "BRK-0001: the award is changed"),
    (PROVIDER, "BRK-0001: the award is changed"),
    (OFFICER, "Today: BRK-0001: the award is changed"),
    *both("BRK-0001: the award of Hazelmere Primary School is changed"),
    (DECIDER, "BRK-0001: you are asked to stop this funding"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School can’t go on"),
    (HEAD, "BRK-0001: the funding goes on"),
    (OFFICER, "Today: BRK-0001: the funding of Hazelmere Primary School goes on"),
]

# -- another school takes over ------------------------------------------------------------------------

ASKED_TO_JOIN = """\
BRK-0001: does your school agree to a change of the award?

Hazelmere Primary School has asked for a change of its award for support. \
The page shows what it means for your school.

Elmwood Primary School is asked to take part: gives the support.
Oakfield Primary School leaves the support.

Why
  Oakfield has no deputy head any more. Elmwood can release one.

What you need to do
Read the change, and say whether your school agrees. It is not decided before you answer.

/bids/BRK-0001/changes/1
"""
TAKES_PART = """\
BRK-0001: the award is changed

Your school agreed to a change of Hazelmere Primary School’s award. The change holds from now on.
Elmwood Primary School takes part: gives the support.
Oakfield Primary School leaves the support. Its days that are in the log are still paid.

What you need to do
Release staff and log days as the changed award says.

/bids/BRK-0001/changes/1
"""
