"""£9,831.20 in other dates and with other staff; then the school can’t go on, and is asked to."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.models.fund import Decider
from tests.journeys import acts
from tests.journeys import award_letters_changed as letters
from tests.journeys.award_stage import (
    DECIDER,
    HEAD,
    OFFICER,
    REF,
    RELEASING,
    Worked,
    letter,
    pence,
    set_up,
    worked,
)
from tests.journeys.conftest import World
from tests.journeys.council import Figures, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.test_award_stopped import BID

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

WHY = "The deputy head is on leave until June. An assistant head takes over, and we need the summer term."


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_an_award_is_changed_and_goes_on(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID, decider=Decider.AUTHORISED_OFFICER)
        asked(council)
        agreed(council)
        worked_after_the_old_end(council)
        goes_on(council)
        assert council.letters() == letters.LETTERS_OF_CHANGED
        assert not world.trouble


def asked(council: InventedCouncil) -> None:
    head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
    acts.accept_offer(head, REF)
    council.at("2027-02-03 10:00")
    head.open(f"/bids/{REF}")
    head.press("Change the award")
    head.press("Ask for a change of the award")
    head.hand.click(head.page.get_by_text("Somebody else in place of Deputy head, DH1"))
    head.answer(
        {
            "When does it end?": day("2027-07-16"),
            "Role in place of Deputy head": "Assistant head",
            "Code in place of DH1": "AH2",
            "What is the award?": "12000",
        }
    )
    head.is_told("Ask for a change of the award", "Enter the reason")
    head.answer({"Why must the award change?": WHY})
    head.is_told(
        "Ask for a change of the award",
        "These days and costs come to £9,831.20, and an award is never more than that. Add days or costs, or "
        "enter a smaller award.",
        status=409,
    )
    assert head.holds("Code in place of DH1") == "AH2"
    head.answer({"What is the award?": "9831.20"})
    head.press("Ask for a change of the award")
    head.reads("The change is asked for.", "Change 1 Waiting for other schools")


def agreed(council: InventedCouncil) -> None:
    council.at("2027-02-04 10:00")
    assert letter(council, RELEASING) == letters.ASKED
    releasing = council.visitors[RELEASING] = council.elsewhere(RELEASING, phone=True)
    releasing.open(f"/bids/{REF}")
    releasing.press("Say whether your school agrees to a change")
    releasing.follow("Change 1")
    releasing.reads(
        "End of the support 26 March 2027 16 July 2027",
        "Deputy head, DH1, Oakfield Primary School 20 days, £7,500.00 "
        "Assistant head, AH2: 20 days, £7,500.00",
    )
    releasing.press("Yes, our school agrees")
    releasing.press("Yes, our school agrees")
    council.at("2027-02-05 10:00")
    officer = council[OFFICER]
    officer.open("/work")
    officer.reads("Decide about a change of the award")
    officer.open(f"/bids/{REF}/changes")
    officer.follow("Change 1")
    officer.reads("Half-time 17 February 2027 14 April 2027", "The award stays £9,831.20. No money moves.")
    officer.press("Agree to the change")
    officer.press("Continue")
    officer.reads("You are about to change the award", "No money moves.")
    officer.press("Agree to the change")
    officer.reads("The award is changed.", "Change 1 of the award Agreed")
    assert pence(council) == Figures(19_950_000, 983_120, 0, 983_120, 18_966_880, 0)
    council.at("2027-02-08 10:00")
    assert letter(council, HEAD) == letters.AGREED


def worked_after_the_old_end(council: InventedCouncil) -> None:
    council.at("2027-04-21 16:00")
    assert council.state(REF) == "in_delivery"
    worked(council, [Worked("AH2", day("2027-04-20"))])
    council[HEAD].open(f"/bids/{REF}/days")
    council[HEAD].reads("Assistant head, AH2, Oakfield Primary School", "1 confirmed of 20")


def goes_on(council: InventedCouncil) -> None:
    head, decider = council[HEAD], council[DECIDER]
    head.open(f"/bids/{REF}")
    head.press("We can’t go on")
    head.answer({"Why?": "The assistant head has left too."})
    head.press("Ask to stop the funding")
    council.at("2027-04-22 10:00")
    assert letter(council, DECIDER) == letters.CAN_NOT_GO_ON
    decider.open(f"/bids/{REF}")
    decider.press("Refuse to stop the funding")
    decider.reads("The assistant head has left too.")
    decider.answer({"Why?": "Oakfield can release another leader from May."})
    decider.press("Refuse to stop the funding")
    assert council.state(REF) == "in_delivery"
    council.at("2027-04-23 10:00")
    assert letter(council, HEAD) == letters.GOES_ON
