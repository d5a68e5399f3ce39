"""£9,831.20: a school leaves after four days, another takes over at its own rate, and the target is lower."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.fund import Decider
from tests.factories import Make
from tests.journeys import acts
from tests.journeys import award_letters_changed as letters
from tests.journeys.award_stage import (
    DECIDER,
    HEAD,
    REF,
    RELEASING,
    Worked,
    letter,
    pence,
    set_up,
    worked,
)
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.test_award_stopped import BID
from tests.journeys.visitor import Chosen, ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

WHY = "Oakfield has no deputy head any more. Elmwood can release one."
ELM, ELMWOOD = "Ruth Elm", "Elmwood Primary School"
OAKFIELD = "Oakfield Primary School"
NEW = "Ask for a change of the award"


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_another_school_takes_over(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID, decider=Decider.AUTHORISED_OFFICER)
        with world.app.app_context():
            make = Make(db.session)  # type: ignore[arg-type]
            elmwood = make.school(ELMWOOD, urn="200003")
            make.member(elmwood, name=ELM, email=address(ELM))
            db.session.commit()
            db.session.remove()
        asked(council)
        agreed(council)
        goes_on(council)
        assert not world.trouble


def asked(council: InventedCouncil) -> None:
    head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
    acts.accept_offer(head, REF)
    council.at("2027-01-22 16:00")
    worked(council, [Worked("DH1", day(f"2027-01-{n}")) for n in (18, 19, 20, 21)])
    head.open(f"/bids/{REF}/changes/new")
    head.press("Add a school")
    head.answer(
        {
            "Which school joins? (school 1)": Chosen(f"{ELMWOOD} (200003)"),
            "What will school 1 do?": Chosen("Gives the support"),
            "Which schools leave? (optional)": ticked(OAKFIELD),
        }
    )
    head.press("Add a member of staff")
    head.answer(
        {
            "Which school releases added person 1?": Chosen(ELMWOOD),
            "Role of added person 1": "Deputy head",
            "The school’s own code for added person 1": "ED1",
            "Days of added person 1": "16",
            "What is the award?": "7415.20",
            "Why must the award change?": WHY,
        }
    )
    head.is_told(NEW, "Enter the day rate")
    head.answer({"Day rate of added person 1": "350"})
    head.hand.click(head.page.get_by_text("Change Phonics standard"))
    head.answer({"Target (%) of Phonics standard": "72"})
    head.fits()
    head.press(NEW)
    head.reads("The change is asked for.", "Change 1 Waiting for other schools")


def agreed(council: InventedCouncil) -> None:
    council.at("2027-01-25 10:00")
    assert letter(council, ELM) == letters.ASKED_TO_JOIN
    for name in (ELM, RELEASING):
        head = council.visitors[name] = council.elsewhere(name, phone=True)
        head.open(f"/bids/{REF}/changes")
        head.follow("Change 1")
        head.reads(f"{ELMWOOD} Takes no part Takes part: gives the support")
        head.press("Yes, our school agrees")
        head.press("Yes, our school agrees")
    council.at("2027-01-26 10:00")
    decider = council[DECIDER]
    decider.open("/work")
    decider.open(f"/bids/{REF}/changes")
    decider.follow("Change 1")
    decider.reads(
        f"Deputy head, DH1, {OAKFIELD} 20 days, £7,500.00 4 days, £1,500.00",
        f"Deputy head, ED1, {ELMWOOD} Not in the award 16 days at £350.00 a day, £5,600.00",
        f"{OAKFIELD} Takes part: gives the support Leaves",
        "Outcome: Phonics standard 76% by 26 March 2027 72% by 26 March 2027",
        "The award £9,831.20 £7,415.20",
        "Goes back to the fund £2,416.00",
    )
    decider.press("Agree to the change")
    decider.press("Continue")
    decider.reads("from £9,831.20 to £7,415.20", "£2,416.00 goes back to the fund.")
    decider.press("Agree to the change")
    assert pence(council) == Figures(19_950_000, 741_520, 0, 741_520, 19_208_480, 0)


def goes_on(council: InventedCouncil) -> None:
    council.at("2027-02-08 16:00")
    assert letter(council, ELM) == letters.TAKES_PART
    worked(council, [Worked("ED1", day("2027-02-08"))], releasing=ELM)
    council[HEAD].open(f"/bids/{REF}/days")
    council[HEAD].reads(f"Deputy head, ED1, {ELMWOOD}", "1 confirmed of 16", "4 confirmed of 4")
    council[HEAD].open(f"/bids/{REF}/impact")
    council[HEAD].reads("76% by 26 March 2027 before, 72% by 26 March 2027 after")
