"""After an interim report with a red result, the final report is late: the ladder day by day, let pass, held
for, and accepted."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.journeys import acts, award_acts
from tests.journeys import late_report_letters as letters
from tests.journeys.award_stage import HEAD, IMPACT, LEAD, OFFICER, REF, Worked, letter, set_up, worked
from tests.journeys.conftest import World
from tests.journeys.council import address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.test_reports import BID, FINAL, FINAL_ACCEPTED, INTERIM

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

NEXT = "BRK-0002"  # the school's next bid, a draft
HOLD = "Hold payments and bids"
WARNED = f"Your final report on {REF} was due on 28 June 2027. This bid may be held up until you send it."
# the day, how late it is, the letter the head gets, whether payments and bids can be held
DUE = "your final report was due on 28 June"
LADDER = (
    ("2027-06-29", "1 working day late", DUE, False),
    ("2027-07-09", "9 working days late", "", False),
    ("2027-07-12", "10 working days late", f"{DUE}, 10 working days ago", False),
    ("2027-07-23", "19 working days late", "", False),
    ("2027-07-26", "20 working days late", f"{DUE}, 20 working days ago", True),
)
RED = {
    "Result 1: Phonics standard (%)": "61",
    "What will you do next about result 1?": "Teach phonics every day",
    "Who will do it?": "The reading lead",
    "By when?": day("2027-05-07"),
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_the_ladder_of_a_late_report(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID._replace(wanted_by=day("2027-03-01")))
        the_next_bid(council)
        head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
        head.open(f"/bids/{REF}")
        acts.accept_offer(head, REF)
        the_interim_result_is_red(council)
        the_ladder(council)
        it_is_let_pass(council)
        it_is_held_for(council)
        it_comes(council)
        assert not world.trouble


def the_next_bid(council: InventedCouncil) -> None:
    with council.world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        lead = db.session.query(School).filter_by(name=LEAD).one()
        head = db.session.query(User).filter_by(name=HEAD).one()
        fund = db.session.query(Fund).one()
        make.bid(state=BidState.DRAFT, fund=fund, lead=lead, leader=head, now=council.world.moment)
        db.session.commit()
        db.session.remove()


def the_interim_result_is_red(council: InventedCouncil) -> None:
    council.at("2027-03-15 10:00")
    head, impact = council[HEAD], council[IMPACT]
    head.open(f"/bids/{REF}/impact")
    head.press("Write the interim report")
    head.answer({**INTERIM, **RED})  # type: ignore[arg-type]
    head.press("Save")
    award_acts.send_report(head, REF)
    impact.open(f"/bids/{REF}/impact")
    impact.press("Accept the interim report")
    impact.reads("(61 − 58) ÷ (76 − 58) = 17% of the way", "The results come to Red")
    impact.press("Accept the interim report")
    council.at("2027-03-16 10:00")
    assert letter(council, HEAD) == letters.INTERIM_RED
    impact.open(f"/bids/{REF}/follow-up")
    impact.press("Add a follow-up action")
    impact.answer(
        {
            "What is to be done?": "Teach phonics daily until Easter",
            "Who does it?": "Reading lead",
            "By when?": day("2027-04-30"),
        }
    )
    impact.press("Add a follow-up action")
    impact.open(f"/bids/{REF}/follow-up")
    impact.press(re.compile("^It is done"))
    impact.answer({"What was done, and how do you know?": "Two lessons seen, and the timetable."})
    impact.press("It is done")


def the_ladder(council: InventedCouncil) -> None:
    """Due on Monday 28 June 2027; the days are working days after it."""
    head, officer, impact = council[HEAD], council[OFFICER], council[IMPACT]
    council.at("2027-06-28 17:00")
    for on, late, reminded, can_hold in LADDER:
        before = len(council.world.post.to(address(HEAD)))
        council.at(f"{on} 10:00")
        new = council.world.post.subjects(address(HEAD))[before:]
        assert new == ([f"{REF}: {reminded}"] if reminded else [])
        impact.open("/impact")
        impact.reads("Late (1)", late)
        officer.open(f"/bids/{REF}/impact")
        assert officer.page.get_by_role("button", name="Let the lateness pass", exact=True).count()
        assert officer.page.get_by_role("button", name=HOLD, exact=True).count() == can_hold
        head.open(f"/bids/{NEXT}/form")
        assert head.page.get_by_text(WARNED).count() == can_hold
    assert letter(council, HEAD) == letters.TWENTY_DAYS_LATE


def it_is_let_pass(council: InventedCouncil) -> None:
    officer = council[OFFICER]
    officer.open(f"/bids/{REF}/impact")
    officer.press("Let the lateness pass")
    officer.is_told("Let the lateness pass", "Enter the reason")
    officer.answer({"Why?": "The head was ill in June."})
    officer.press("Let the lateness pass")
    council.at("2027-07-27 10:00")
    assert letter(council, HEAD) == letters.LET_PASS


def it_is_held_for(council: InventedCouncil) -> None:
    impact, head = council[IMPACT], council[HEAD]
    impact.open(f"/bids/{REF}/impact")
    impact.reads("Lateness Let pass: The head was ill in June.")
    impact.press(HOLD)
    impact.answer({"Why?": "It has not come after all."})
    impact.press(HOLD)
    council.at("2027-07-28 10:00")
    assert letter(council, HEAD) == letters.HELD
    head.open(f"/bids/{NEXT}")
    head.sees_no_button("Agree and submit bid")
    head.reads(
        "The report on BRK-0001 was due on 28 June 2027. The council holds the school’s next bid until it is "
        "accepted."
    )


def it_comes(council: InventedCouncil) -> None:
    days = [day(f"2027-02-{n:02}") for n in (*range(1, 6), *range(8, 13), *range(15, 20), *range(22, 27))]
    worked(council, [Worked("DH1", on) for on in days])
    head = council[HEAD]
    head.open(f"/bids/{REF}/impact")
    head.press("Write the final report")
    head.answer(FINAL)  # type: ignore[arg-type]
    head.press("Save")
    award_acts.rate(head, REF)
    award_acts.send_report(head, REF)
    council.at("2027-07-30 10:00")
    award_acts.accept_report(council[IMPACT], REF)
    council.at("2027-08-02 10:00")
    assert letter(council, HEAD) == FINAL_ACCEPTED
    acts.submit(head, NEXT, LEAD)
