"""£18,000 at 50/30/20, each school paid for its own: a disputed day, a conversion, closed at zero."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date

import pytest

from fundflow.extensions import db
from fundflow.models.area import SchoolLink
from fundflow.models.school import School
from tests.factories import Make
from tests.journeys import acts, award_acts
from tests.journeys import award_letters_several as letters
from tests.journeys.award_stage import (
    FATIMA,
    HEAD,
    IMPACT,
    LEAD,
    OFFICER,
    OWEN,
    PROVIDER,
    REF,
    RELEASING,
    Offered,
    Staff,
    Worked,
    letter,
    pence,
    set_up,
    worked,
)
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.visitor import ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

# Oakfield: 20 days × £420 + 15 days × £350 with 40% = £8,400 + £7,350 = £15,750.00
# Hazelmere: 7.5 days × £240 + travel £450 = £1,800 + £450 = £2,250.00; together £18,000.00
BID = Offered(
    title="Closing the gap in Year 6 mathematics",
    start=day("2027-01-11"),
    end=day("2027-03-26"),
    staff=(
        Staff("Deputy head", "DH1", 40, 420),
        Staff("Subject lead", "SL2", 30, 350, on_cost=40),
        Staff("Teacher", "T3", 15, 240, of_lead=True),
    ),
    travel=45_000,
    asked=1_800_000,
)
RUTH = "Ruth Hale"  # head of the academy
ACADEMY, TRUST = "Oakfield Academy", "Chalk Stream Trust"
DEPUTY_HEAD = "Deputy head, DH1, Oakfield Primary School (20 days in the award)"
JANUARY = [day(f"2027-01-{n}") for n in (12, 13, 14, 15, 18, 19, 20, 21, 22, 25, 26, 27, 28, 29)]
REPORT = {
    "Result 1: Phonics standard (%)": "75",
    "When was result 1 measured?": day("2027-03-26"),
    "Days of support delivered": "41.5",
    "What was spent of the award": "17542.50",
    "Quality of teaching before the support": ticked("2: developing"),
    "Quality of teaching now": ticked("4: strong"),
    "Who judged the quality of teaching, and how?": "Both heads, in joint lesson visits",
    "What helped?": "Planning together",
    "What did you learn? What would you do differently?": "Plan cover a half term ahead.",
    "A summary that may be published": "Two schools planned mathematics together; 75% now meet the standard.",
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_each_school_is_paid_what_it_earned(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID, pays_each_school=True)
        for name in (HEAD, RELEASING):
            council.visitors[name] = council.elsewhere(name, phone=True)
        the_advances(council)
        days_beyond_the_advance(council)
        one_day_disputed(council)
        the_provider_becomes_an_academy(council)
        the_day_struck_out(council)
        half_time(council)
        the_rest_of_the_work(council)
        the_report_and_the_last_payments(council)
        assert council.letters() == letters.LETTERS_OF_SEVERAL
        assert not world.trouble


def the_advances(council: InventedCouncil) -> None:
    acts.accept_offer(council[HEAD], REF)
    council.at("2027-01-06 10:00")
    assert letter(council, RELEASING) == letters.SHARES
    pay_in_turn(council, (1, "advance"), (2, "advance"))
    assert pence(council) == Figures(19_950_000, 1_800_000, 900_000, 900_000, 18_150_000, 0)


def pay_in_turn(council: InventedCouncil, *claims: tuple[int, str]) -> None:
    """The officer checks these claims, finance pays them."""
    for number, kind in claims:
        award_acts.certify(council[OFFICER], REF, f"Claim {number}: {kind}")
    for number, kind in claims:
        award_acts.pay(council[OWEN], REF, f"Claim {number}: {kind}", f"BACS 500{number}")


def days_beyond_the_advance(council: InventedCouncil) -> None:
    """16 days × £420 + 4 days × £490 = £8,680, £805 more than the £7,875 that was advanced."""
    council.at("2027-02-01 16:00")
    worked(council, [Worked("DH1", on) for on in JANUARY])
    worked(council, [Worked("SL2", on) for on in JANUARY[:4]])
    releasing, head = council[RELEASING], council[HEAD]
    award_acts.log_days(
        releasing,
        REF,
        award_acts.Worked(DEPUTY_HEAD, day("2027-01-11")),
        award_acts.Worked(DEPUTY_HEAD, day("2027-02-01"), what="Took Year 6 while their teacher planned"),
        at=LEAD,
    )
    releasing.reads("Waits for the head of Hazelmere Primary School")
    award_acts.confirm_days(head, REF, "11 January 2027", "1 February 2027")
    head.open(f"/bids/{REF}/claims/new")
    head.reads("Earned so far £8,680.00", "Paid £7,875.00 Due now £805.00", "Paid £1,125.00 Due now £0.00")
    award_acts.ask_for_payment(head, REF)


def one_day_disputed(council: InventedCouncil) -> None:
    officer = council[OFFICER]
    award_acts.dispute_days(
        officer, REF, "Claim 3: days and costs", "Is 1 February support, or cover?", "1 February 2027"
    )
    officer.reads("A part is asked about in claim 4.", "This claim £385.00", "Earned so far £8,260.00")
    award_acts.certify(officer, REF, "Claim 3: days and costs")
    council.at("2027-02-02 10:00")
    assert letter(council, HEAD) == letters.DISPUTED


def the_provider_becomes_an_academy(council: InventedCouncil) -> None:
    """What GIAS would bring; from then on its claims wait until two of finance have confirmed the trust."""
    with council.world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        old = db.session.query(School).filter_by(name=PROVIDER).one()
        old.status_code, old.closed_on = 2, date(2027, 1, 31)
        new = make.school(ACADEMY, urn="200003", type_code=34, trust=make.trust(TRUST))
        make.member(new, name=RUTH, email=address(RUTH))
        kept = {"link_urn": new.urn, "link_name": new.name, "established_on": date(2027, 2, 1)}
        db.session.add(SchoolLink(school_id=old.id, link_type="Successor", **kept))
        db.session.commit()
        db.session.remove()
    owen, officer = council[OWEN], council[OFFICER]
    award_acts.open_claim(owen, REF, "Claim 3: days and costs")
    owen.reads("Oakfield Primary School closed on 31 January 2027, and nothing is paid under its old URN")
    owen.sees_no_button("Mark as paid")
    officer.open("/schools/changes")
    officer.follow(re.compile("^Pass its bid on"))
    officer.press("Continue")
    officer.press("Pass them on")
    council.at("2027-02-03 10:00")
    award_acts.open_claim(owen, REF, "Claim 3: days and costs")
    owen.reads("Nobody has confirmed who is paid for Oakfield Academy. Payment waits for it.")
    owen.sees_no_button("Mark as paid")
    owen.follow("Who is paid")
    owen.press("Propose who is paid")
    owen.answer(
        {
            "Supplier number": "S-4471",
            "From which day?": day("2027-02-01"),
            "What shows that this is right?": "The trust’s letter, checked by telephone.",
            "Where is it held?": "Schools finance, folder Payees",
        }
    )
    owen.press("Propose")
    owen.reads("You proposed this, so another finance officer must confirm it.")
    award_acts.confirm_payee(council[FATIMA], REF, "Claim 3: days and costs")
    award_acts.pay(owen, REF, "Claim 3: days and costs", "BACS 5003")
    council.at("2027-02-04 10:00")
    assert letter(council, RUTH) == letters.TRUST_PAID


def the_day_struck_out(council: InventedCouncil) -> None:
    head, officer = council[HEAD], council[OFFICER]
    award_acts.strike_out(head, REF, "DH1 on 1 February 2027", "It was cover, not support.")
    award_acts.answer_claim(head, REF, "Claim 4: days and costs", "You are right, and it is struck out.")
    award_acts.open_claim(officer, REF, "Claim 4: days and costs")
    officer.reads(
        "Struck out: It was cover, not support.", "Nothing of this claim is due any more. Refuse it."
    )
    award_acts.refuse(officer, REF, "Claim 4: days and costs", "The day is struck out.")
    council.at("2027-02-05 10:00")
    assert letter(council, HEAD) == letters.STRUCK_OUT


def half_time(council: InventedCouncil) -> None:
    """80% of £15,750 less £8,260 = £4,340; 80% of £2,250 less £1,125 = £675."""
    council.at("2027-02-18 10:00")
    award_acts.record_half_time(council[OFFICER], REF)
    council.at("2027-02-19 10:00")
    assert letter(council, HEAD) == letters.HALF_TIME
    pay_in_turn(council, (5, "payment at half-time"), (6, "payment at half-time"))
    assert pence(council) == Figures(19_950_000, 1_800_000, 1_440_000, 360_000, 18_150_000, 0)


def the_rest_of_the_work(council: InventedCouncil) -> None:
    """Oakfield: 19 days × £420 + 15 days × £490 = £15,330.00; Hazelmere: 7.5 days × £240 + £412.50
    = £2,212.50."""
    council.at("2027-03-27 00:30")
    council.at("2027-03-29 16:00")
    council.visitors[RUTH] = council.elsewhere(RUTH, phone=True)
    worked(council, [Worked("DH1", day(f"2027-03-{n:02}")) for n in (1, 2, 3)], releasing=RUTH)
    worked(
        council,
        [Worked("SL2", day(f"2027-03-{n:02}")) for n in (*range(1, 6), *range(8, 13), 15)],
        releasing=RUTH,
    )
    planning = [Worked("T3", day(f"2027-03-{n:02}"), at_provider=True) for n in (2, 4, 9, 11, 16, 18, 23)]
    worked(council, [*planning, Worked("T3", day("2027-03-24"), 1, at_provider=True)], releasing=RUTH)
    in_their_place = award_acts.Worked(DEPUTY_HEAD, day("2027-03-04"), stand_in="DH9")
    award_acts.log_days(council[RUTH], REF, in_their_place, at=LEAD)
    council[RUTH].reads("4 March 2027: a whole day Deputy head, DH9")
    award_acts.confirm_days(council[HEAD], REF, "4 March 2027: Deputy head, DH9, a whole day")
    award_acts.add_cost(
        council[HEAD], REF, "Travel (£450.00)", "Coach to Oakfield, eleven times", "412.50", day("2027-03-24")
    )


def the_report_and_the_last_payments(council: InventedCouncil) -> None:
    head, officer = council[HEAD], council[IMPACT]
    award_acts.report(head, REF, REPORT)
    award_acts.rate(head, REF)
    award_acts.send_report(head, REF)
    council.at("2027-04-01 10:00")
    award_acts.accept_report(officer, REF)
    assert pence(council) == Figures(19_950_000, 1_754_250, 1_440_000, 314_250, 18_195_750, 0)
    council.at("2027-04-02 10:00")
    assert letter(council, HEAD) == letters.SEVERAL_REPORT
    pay_in_turn(council, (7, "last payment"), (8, "last payment"))
    council.at("2027-04-06 10:00")
    assert letter(council, RUTH) == letters.LAST_PAID
    council[RUTH].open(f"/bids/{REF}/claims/7")
    council[RUTH].reads("This claim £2,730.00 Paid to Chalk Stream Trust, for Oakfield Academy (URN 200003)")
    council[RUTH].follow(re.compile("^Back to"))
    officer.open(f"/bids/{REF}")
    officer.press("Close the bid")
    officer.reads("Awarded £18,000.00, earned £17,542.50, paid £17,542.50, released £457.50.")
    officer.press("Close the bid")
    council.at("2027-04-07 10:00")
    assert council.state(REF) == "closed"
    assert pence(council) == Figures(19_950_000, 1_754_250, 1_754_250, 0, 18_195_750, 0)
    assert letter(council, HEAD) == letters.SEVERAL_CLOSED
    head.open(f"/bids/{REF}/money")
    head.reads(
        "Paid to Oakfield Primary School, Journal Schools forum, 2026/27 Owen Clarke £7,875.00",
        "Paid to Chalk Stream Trust, BACS to the trust Schools forum, 2026/27 Owen Clarke £4,340.00",
    )
    head.reads(  # each payee: share, earned, may be paid, paid, due
        "Oakfield Academy Share of the award £15,750.00 Earned so far £15,330.00 "
        "May be paid so far £15,330.00 Paid £15,330.00 Due now £0.00",
        "Hazelmere Primary School Share of the award £2,250.00 Earned so far £2,212.50 "
        "May be paid so far £2,212.50 Paid £2,212.50 Due now £0.00",
    )
