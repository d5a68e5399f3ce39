"""£9,831.20 becomes £10,503.20: the school asks, the panel votes on it at its meeting, and gives it."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, SeatPosition, Sector
from tests.factories import Make
from tests.journeys import acts, panel_acts
from tests.journeys import award_letters_more as letters
from tests.journeys.award_stage import HEAD, OFFICER, REF, RELEASING, letter, pence, set_up
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.test_award_stopped import BID

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

WHY = "A second class needs the teacher too: two days more."
ADVICE = "The first days went well. I advise to give it."
CLERK, CHAIR = "Grace Lin", "Marcus Webb"
MEMBERS = {
    CHAIR: (SeatPosition.CHAIR, Sector.SECONDARY),
    "Anna Ford": (SeatPosition.DEPUTY, Sector.SPECIAL),
    "Laura Finch": (SeatPosition.MEMBER, Sector.PRIMARY),
    "Peter Rowe": (SeatPosition.MEMBER, Sector.LA),
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_the_panel_gives_more_money(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID)
        seat_the_panel(council)
        asked(council)
        meeting = put_to_the_panel(council)
        voted(council, meeting)
        given(council)
        assert not world.trouble


def seat_the_panel(council: InventedCouncil) -> None:
    with council.world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund = db.session.query(Fund).one()
        make.staff(RoleName.CLERK, CLERK, email=address(CLERK))
        for name, (position, sector) in MEMBERS.items():
            make.seat(fund, make.user(name, address(name)), position, sector)
        db.session.commit()
        db.session.remove()


def asked(council: InventedCouncil) -> None:
    head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
    acts.accept_offer(head, REF)
    council.at("2027-02-03 10:00")
    head.open(f"/bids/{REF}")
    head.press("Change the award")
    head.press("Ask for a change of the award")
    head.answer(
        {
            "Days for Teacher, T1, Oakfield Primary School": "8",
            "What is the award?": "10503.21",
            "Why must the award change?": WHY,
        }
    )
    head.is_told(
        "Ask for a change of the award",
        "These days and costs come to £10,503.20, and an award is never more than that. Add days or costs, "
        "or enter a smaller award.",
        status=409,
    )
    head.answer({"What is the award?": "10503.20"})
    head.press("Ask for a change of the award")
    head.reads("The change is asked for.", "Change 1 Waiting for other schools")
    council.at("2027-02-04 10:00")
    releasing = council.visitors[RELEASING] = council.elsewhere(RELEASING, phone=True)
    releasing.open(f"/bids/{REF}/changes")
    releasing.follow("Change 1")
    releasing.reads("Teacher, T1, Oakfield Primary School 6 days, £2,016.00 8 days, £2,688.00")
    releasing.press("Yes, our school agrees")
    releasing.press("Yes, our school agrees")


def put_to_the_panel(council: InventedCouncil) -> int:
    meeting = acts.plan_meeting(council[CLERK], day("2027-02-19"))
    council.at("2027-02-05 10:00")
    officer = council[OFFICER]
    officer.open(f"/bids/{REF}/changes")
    officer.follow("Change 1")
    officer.reads("The award £9,831.20 £10,503.20", "Awarded besides £672.00")
    officer.sees_no_button("Agree to the change")
    officer.press("Put the change to the panel")
    officer.answer({"What do you advise the panel?": ADVICE})
    officer.press("Put the change to the panel")
    officer.reads("The change goes to the panel.", "Change 1 of the award Going to the panel")
    council.at("2027-02-08 10:00")
    assert letter(council, HEAD) == letters.TO_THE_PANEL
    return meeting


def voted(council: InventedCouncil, meeting: int) -> None:
    clerk = council[CLERK]
    acts.issue_papers(clerk, meeting)
    council.at("2027-02-09 10:00")
    member = council.visitors["Laura Finch"] = council.elsewhere("Laura Finch", phone=True)
    acts.declare_none(member, meeting, REF)
    member.reads("The panel votes on an award of £10,503.20")
    member.follow("Papers")
    member.reads(
        "More money for the award", ADVICE, "The award £9,831.20 £10,503.20", "Awarded besides £672.00"
    )
    council.at("2027-02-19 16:00")
    panel_acts.start(clerk, meeting, REF)
    clerk.press("Nobody else has an interest")
    clerk.press("All present vote for")
    clerk.reads("Votes that count: 4 for, 0 against.")


def given(council: InventedCouncil) -> None:
    chair = council[CHAIR]
    chair.open("/work")
    chair.reads("Record the decision on more money")
    chair.open(f"/bids/{REF}/changes")
    chair.follow("Change 1")
    chair.press("Give more money")
    chair.reads("Vote 4 for, 0 against", "May still be offered £189,668.80 to Hazelmere Primary School")
    chair.answer(
        {
            "Reasons": "Two classes gain at once.",
            "How the panel had due regard to equality": panel_acts.EQUALITY,
        }
    )
    chair.press("Continue")
    chair.reads("from £9,831.20 to £10,503.20", "£672.00 is awarded besides.")
    chair.press("Give more money")
    chair.reads("The award is changed.", "Change 1 of the award Agreed")
    assert pence(council) == Figures(19_950_000, 1_050_320, 0, 1_050_320, 18_899_680, 0)
    council.at("2027-02-22 10:00")
    assert letter(council, HEAD) == letters.GIVEN
    head = council[HEAD]
    head.open(f"/bids/{REF}/money")
    head.reads("£10,503.20", "£5,251.60", "Claim 2: advance", "£336.00")
