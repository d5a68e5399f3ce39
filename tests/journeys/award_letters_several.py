"""The letters of the award of £18,000 of which each school is paid for its own, as in `award_letters`."""

from tests.journeys.award_letters import ACADEMY, FATIMA, HEAD, IMPACT, OFFICER, OWEN, PROVIDER, both

SHARES = """\
BRK-0001: the support is funded and can start

Hazelmere Primary School has accepted our offer of £18,000. So we fund the support your school gives. It \
runs from 11 January 2027 to 26 March 2027.

What you need to do
Release the staff as agreed. Log the days they work for Hazelmere Primary School.
We pay Oakfield Primary School for its staff, up to £15,750.00.

/bids/BRK-0001
"""
DISPUTED = """\
BRK-0001/C3: we have a question about part of your claim. Reply by 15 February

We have a question about part of your claim BRK-0001/C3:
  Is 1 February support, or cover?

What we ask about is now a claim of its own. The rest of your claim, £385.00, goes on.

What you need to do
Answer, or strike out what is wrong, and send that claim back by 15 February 2027.

/bids/BRK-0001/money
"""
TRUST_PAID = """\
BRK-0001/C3: we have paid £385

We have paid £385.00 to Chalk Stream Trust, for Oakfield Academy (URN 200003). It is for the staff that \
Oakfield Academy released. They work for Hazelmere Primary School’s bid. Our payment reference is BACS 5003.

How we worked it out
- Share of the award: £15,750.00
- Earned so far: £8,260.00
- May be paid in advance by now: £7,875.00
- Kept until the final report is accepted: £3,150.00
- May be paid so far: £8,260.00
- Paid so far, this payment included: £8,260.00

You don’t need to do anything.

/bids/BRK-0001/claims/3
"""
STRUCK_OUT = """\
BRK-0001/C4: closed, nothing of this claim is left to pay

We have closed your claim BRK-0001/C4: nothing of it is left to pay.

Why
  The day is struck out.

What you can do
You don’t need to do anything. If you have questions, ask the liaison officer.

/bids/BRK-0001
"""
HALF_TIME = """\
BRK-0001: half-time. We are about to pay £5,015

Half of your support is done.

What happens next
We will check and pay the next share of your award. It is £5,015.00. The rest, up to £3,600.00, is paid for \
days and costs once your final report is accepted.

/bids/BRK-0001
"""
SEVERAL_REPORT = """\
BRK-0001: we have accepted your final report. Our rating is green

Thank you. We have accepted your final report on what changed.

Our rating is green: the results reach the targets, or come close.

What happens next
We check and pay what is still due on your award, £3,142.50. Then we close the bid, and tell you.

You don’t need to do anything now.
/bids/BRK-0001
"""
LAST_PAID = """\
BRK-0001/C7: we have paid £2,730

We have paid £2,730.00 to Chalk Stream Trust, for Oakfield Academy (URN 200003). It is for the staff that \
Oakfield Academy released. They work for Hazelmere Primary School’s bid. Our payment reference is BACS 5007.

How we worked it out
- Share of the award: £15,750.00
- Earned so far: £15,330.00
- May be paid so far: £15,330.00
- Paid so far, this payment included: £15,330.00

You don’t need to do anything.

/bids/BRK-0001/claims/7
"""
SEVERAL_CLOSED = """\
BRK-0001: your bid is complete

We have accepted your report. This bid is complete. Thank you for showing what changed.

Our rating is green: the results reach the targets, or come close.

Your award
- Awarded: £18,000.00
- Earned: £17,542.50
- Paid: £17,542.50
- Not needed, so back in the fund: £457.50

You don’t need to do anything else.
/bids/BRK-0001
"""
LETTERS_OF_SEVERAL = [
    (HEAD, "BRK-0001: you have accepted £18,000. The support can start"),
    (PROVIDER, "BRK-0001: the support is funded and can start"),
    (OFFICER, "Today: BRK-0001: Hazelmere Primary School has accepted £18,000"),
    *both("BRK-0001: £18,000 awarded to Hazelmere Primary School"),
    *both(
        "BRK-0001/C1: £7,875 checked, to be paid to Oakfield Primary School + "
        "BRK-0001/C2: £1,125 checked, to be paid to Hazelmere Primary School"
    ),
    (HEAD, "BRK-0001/C1: we have paid £7,875"),
    (PROVIDER, "BRK-0001/C1: we have paid £7,875"),
    (HEAD, "BRK-0001/C2: we have paid £1,125"),
    (
        OFFICER,
        "Today: BRK-0001/C1: £7,875 paid to Oakfield Primary School + "
        "BRK-0001/C2: £1,125 paid to Hazelmere Primary School",
    ),
    (HEAD, "BRK-0001/C3: we have a question about part of your claim. Reply by 15 February"),
    (OFFICER, "Today: BRK-0001/C3: Hazelmere Primary School claims £805"),
    *both("BRK-0001/C3: £385 checked, to be paid to Oakfield Primary School"),
    (ACADEMY, "1 bid of Oakfield Primary School has passed to your school"),
    *both("1 bid of Oakfield Primary School passed to Oakfield Academy: another payee"),
    (HEAD, "BRK-0001/C3: we have paid £385"),
    (ACADEMY, "BRK-0001/C3: we have paid £385"),
    (OFFICER, "Today: BRK-0001/C3: £385 paid to Chalk Stream Trust"),
    (OWEN, "Today: Payee of Oakfield Academy: confirmed, from 1 February 2027"),
    (
        FATIMA,
        "Today: Payee of Oakfield Academy: please confirm + "
        "Payee of Oakfield Academy: confirmed, from 1 February 2027",
    ),
    (PROVIDER, "BRK-0001: 1 February is struck out of the log of days"),
    (HEAD, "BRK-0001/C4: closed, nothing of this claim is left to pay"),
    (OFFICER, "Today: BRK-0001/C4: Hazelmere Primary School has answered about its claim"),
    *both("BRK-0001/C4: closed, nothing is left to pay"),
    (HEAD, "BRK-0001: half-time. We are about to pay £5,015"),
    *both("BRK-0001: half-time at Hazelmere Primary School, £5,015 to check"),
    (HEAD, "BRK-0001/C5: we have paid £4,340"),
    (ACADEMY, "BRK-0001/C5: we have paid £4,340"),
    (HEAD, "BRK-0001/C6: we have paid £675"),
    (
        OFFICER,
        "Today: BRK-0001/C5: £4,340 paid to Chalk Stream Trust + "
        "BRK-0001/C6: £675 paid to Hazelmere Primary School",
    ),
    *both(
        "BRK-0001/C5: £4,340 checked, to be paid to Oakfield Academy + "
        "BRK-0001/C6: £675 checked, to be paid to Hazelmere Primary School"
    ),
    (HEAD, "BRK-0001: tell us what changed by 26 April"),
    (ACADEMY, "BRK-0001: the support has ended"),
    (
        IMPACT,
        "Today: BRK-0001: support ended, report due 26 April + "
        "BRK-0001: Hazelmere Primary School has sent its final report",
    ),
    (HEAD, "BRK-0001: we have accepted your final report. Our rating is green"),
    *both("BRK-0001: report of Hazelmere Primary School accepted, £3,142.50 to check"),
    (HEAD, "BRK-0001/C7: we have paid £2,730"),
    (ACADEMY, "BRK-0001/C7: we have paid £2,730"),
    (HEAD, "BRK-0001/C8: we have paid £412.50"),
    (
        OFFICER,
        "Today: BRK-0001/C7: £2,730 paid to Chalk Stream Trust + "
        "BRK-0001/C8: £412.50 paid to Hazelmere Primary School",
    ),
    *both(
        "BRK-0001/C7: £2,730 checked, to be paid to Oakfield Academy + "
        "BRK-0001/C8: £412.50 checked, to be paid to Hazelmere Primary School"
    ),
    (HEAD, "BRK-0001: your bid is complete"),
    (ACADEMY, "BRK-0001: the bid is complete"),
    (OFFICER, "Today: BRK-0001: closed"),
]
