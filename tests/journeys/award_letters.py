"""The letters of the journeys after the award that carry sums, word by word, below the greeting; and every
letter of each journey, in the order of arrival: to whom, and its subject.

“Today: …” is a daily digest, with all it tells of.
"""

HEAD, PROVIDER, ACADEMY = "amara.nwosu", "daniel.hart", "ruth.hale"  # of the schools
OFFICER, IMPACT, DECIDER = "priya.raman", "helen.abbott", "diana.holt"
OWEN, FATIMA = "owen.clarke", "fatima.noor"


def both(told: str) -> list[tuple[str, str]]:
    """A line of a digest for each of the two finance officers."""
    return [(OWEN, f"Today: {told}"), (FATIMA, f"Today: {told}")]


# -- £3,000, paid in advance ------------------------------------------------------------------------

LEAN_PAID = """\
BRK-0001/C1: we have paid £3,000

We have paid your claim BRK-0001/C1: £3,000.00 to Hazelmere Primary School (URN 200001). Our payment \
reference is JNL 5001.

How we worked it out
- Award: £3,000.00
- Earned so far: £0.00
- May be paid in advance by now: £3,000.00
- May be paid so far: £3,000.00
- Paid so far, this payment included: £3,000.00

What you need to do
Pass on to the other schools what they are owed.

/bids/BRK-0001
"""
LEAN_REPORT = """\
BRK-0001: we have accepted your report. Our rating is green

Thank you. We have accepted your report on what changed.

Our rating is green: the results reach the targets, or come close.

What happens next
£140.00 was paid and not earned. Finance writes to you about it. Then we close the bid, and tell you.

You don’t need to do anything now.
/bids/BRK-0001
"""
LEAN_ASKED = """\
BRK-0001/R1: please pay back £140 by 20 March

We paid Hazelmere Primary School more than it earned. Please pay back £140.00.

How we worked it out
- Awarded: £3,000.00
- Earned by confirmed days and by costs with a receipt: £2,860.00
- Paid: £3,000.00

What you need to do
Pay £140.00 to Borough of Brackenford by 20 March 2027. Give the reference BRK-0001/R1. If you can’t pay, \
or think this is wrong, tell us now.

/bids/BRK-0001
"""
LEAN_BACK = """\
BRK-0001/R1: £140 has come back. Thank you

Thank you. Hazelmere Primary School has paid back £140.00. Our reference is REC 77.

You don’t need to do anything.
/bids/BRK-0001
"""
LEAN_CLOSED = """\
BRK-0001: your bid is complete

We have accepted your report. This bid is complete. Thank you for showing what changed.

Our rating is green: the results reach the targets, or come close.

Your award
- Awarded: £3,000.00
- Earned: £2,860.00
- Paid: £2,860.00, after £140.00 came back

You don’t need to do anything else.
/bids/BRK-0001
"""
LETTERS_OF_LEAN = [
    (HEAD, "BRK-0001: you have accepted £3,000. The support can start"),
    (PROVIDER, "BRK-0001: the support is funded and can start"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has accepted £3,000"),
    *both("BRK-0001: £3,000 awarded to Hazelmere Primary School"),
    *both("BRK-0001/C1: £3,000 checked, to be paid to Hazelmere Primary School"),
    (HEAD, "BRK-0001/C1: we have paid £3,000"),
    (OFFICER, "Today: BRK-0001/C1: £3,000 paid to Hazelmere Primary School"),
    (HEAD, "BRK-0001: tell us what changed by 12 March"),
    (PROVIDER, "BRK-0001: the support has ended"),
    (IMPACT, "Today: BRK-0001: support ended, report due 12 March"),
    (IMPACT, "Today: BRK-0001: Hazelmere Primary School has sent its report"),
    (HEAD, "BRK-0001: we have accepted your report. Our rating is green"),
    *both("BRK-0001: report of Hazelmere Primary School accepted, £140 to come back"),
    (HEAD, "BRK-0001/R1: please pay back £140 by 20 March"),
    (OFFICER, "Today: BRK-0001/R1: £140 asked back from Hazelmere Primary School"),
    (HEAD, "BRK-0001/R1: £140 has come back. Thank you"),
    (OFFICER, "Today: BRK-0001/R1: £140 has come back from Hazelmere Primary School"),
    (HEAD, "BRK-0001: your bid is complete"),
    (PROVIDER, "BRK-0001: the bid is complete"),
    (OFFICER, "Today: BRK-0001: closed"),
]

# -- £9,831.20, stopped half-way --------------------------------------------------------------------

STOPPED = """\
BRK-0001: we have stopped the funding

We have stopped the funding of this bid.

Why
  Nobody can take over from the deputy head.

What we pay
The days and costs so far come to £1,500.00, and £4,915.60 is paid. £3,415.60 is to come back; \
finance writes to you about it.

What you need to do
Stop spending from this award, and tell the schools that take part.

/bids/BRK-0001
"""
STOPPED_ASKED = """\
BRK-0001/R1: please pay back £3,415.60 by 10 March

We paid Hazelmere Primary School more than it earned. Please pay back £3,415.60.

How we worked it out
- Awarded: £9,831.20
- Earned by confirmed days and by costs with a receipt: £1,500.00
- Paid: £4,915.60

What you need to do
Pay £3,415.60 to Borough of Brackenford by 10 March 2027. Give the reference BRK-0001/R1. If you can’t pay, \
or think this is wrong, tell us now.

/bids/BRK-0001
"""
STOPPED_LATE = """\
BRK-0001/R1: £3,415.60 to pay back, due on 10 March

Hazelmere Primary School is to pay back £3,415.60 of this award. It was due on 10 March 2027.

What you need to do
Pay it to Borough of Brackenford. Give the reference BRK-0001/R1. If you have paid, or can’t, tell us.

/bids/BRK-0001/money
"""
STOPPED_INVOICED = """\
BRK-0001/R1: an invoice for £3,415.60

Hazelmere Primary School is to pay back £3,415.60. We have sent invoice INV 1203 for it.

What you need to do
Pay the invoice. If you have paid already, tell us.

/bids/BRK-0001
"""
STOPPED_BACK = """\
BRK-0001/R1: £3,415.60 has come back. Thank you

Thank you. Hazelmere Primary School has paid back £3,415.60. Our reference is REC 78.

You don’t need to do anything.
/bids/BRK-0001
"""
LETTERS_OF_STOPPED = [
    (HEAD, "BRK-0001: you have accepted £9,831.20. The support can start"),
    (PROVIDER, "BRK-0001: the support is funded and can start"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has accepted £9,831.20"),
    *both("BRK-0001: £9,831.20 awarded to Hazelmere Primary School"),
    *both("BRK-0001/C1: £4,915.60 checked, to be paid to Hazelmere Primary School"),
    (HEAD, "BRK-0001/C1: we have paid £4,915.60"),
    (OFFICER, "Today: BRK-0001/C1: £4,915.60 paid to Hazelmere Primary School"),
    (DECIDER, "BRK-0001: you are asked to stop this funding"),
    (HEAD, "BRK-0001: we have stopped the funding"),
    (PROVIDER, "BRK-0001: the funding has been stopped"),
    *both("BRK-0001: funding stopped, the unpaid rest released, £3,415.60 to come back"),
    (HEAD, "BRK-0001/R1: please pay back £3,415.60 by 10 March"),
    (OFFICER, "Today: BRK-0001/R1: £3,415.60 asked back from Hazelmere Primary School"),
    (HEAD, "BRK-0001/R1: £3,415.60 to pay back by 10 March"),
    (HEAD, "BRK-0001/R1: £3,415.60 to pay back, due on 10 March"),
    *both("BRK-0001/R1: £3,415.60 has not come back from Hazelmere Primary School"),
    (HEAD, "BRK-0001/R1: an invoice for £3,415.60"),
    (HEAD, "BRK-0001/R1: £3,415.60 has come back. Thank you"),
    (OFFICER, "Today: BRK-0001/R1: £3,415.60 has come back from Hazelmere Primary School"),
]

# -- £12,500 for a bid of £18,000 -------------------------------------------------------------------

PLAN_RETURNED = """\
BRK-0001: please change your revised plan. The offer is open until 28 January

Priya Raman has read your revised plan and asks you to change it:
  Keep days for your own teacher: who learns from it otherwise?

What you need to do
Change the plan and send it again. The date to reply to the offer is now 28 January 2027.

/bids/BRK-0001/plan
"""
PLAN_AGREED = """\
BRK-0001: your revised plan is agreed. Accept the offer by 29 January

Priya Raman has agreed your revised plan for £12,500.

What you need to do
The head can now accept the offer, or turn it down, by 29 January 2027.

/bids/BRK-0001
"""
REDUCED_ACCEPTED = """\
BRK-0001: you have accepted £12,500. The support can start

Thank you for accepting our offer of £12,500. The support can start on 25 January 2027.

What happens next
- When the offer is accepted, we pay 50%: £6,250.
- At half-time, once the council has checked how it goes, we pay 30%: £3,750.
- When the final report is accepted, we pay 20%: £2,500.
- Claim as the days are worked, once they come to more than we have paid.
- Your school is paid. Oakfield Primary School invoices you for the staff it releases, up to £11,200.00.
- Keep the log of days worked, and add what else was spent with its receipt.
- Send us the interim report by 21 April 2027.
- Send us the final report by 13 August 2027.
- Send us the follow-up report by 16 July 2028.

/bids/BRK-0001
"""
LETTERS_OF_REDUCED = [
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has sent a revised plan"),
    (HEAD, "BRK-0001: please change your revised plan. The offer is open until 28 January"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has sent a revised plan"),
    (HEAD, "BRK-0001: your revised plan is agreed. Accept the offer by 29 January"),
    (HEAD, "BRK-0001: you have accepted £12,500. The support can start"),
    (PROVIDER, "BRK-0001: the support is funded and can start"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has accepted £12,500"),
    *both("BRK-0001: £12,500 awarded to Hazelmere Primary School"),
]
