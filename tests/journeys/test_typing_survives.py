"""Nothing that is typed is lost: two tabs, two people, an ended session, a wrong row, the back button."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.journeys import acts
from tests.journeys.conftest import World
from tests.journeys.council import address, moment
from tests.journeys.hands import go_by
from tests.journeys.invented import InventedCouncil, found
from tests.journeys.visitor import Chosen, Visitor, ticked

pytestmark = pytest.mark.browser

WITH_AND_WITHOUT = [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without JavaScript")]

TEAM, COLLEAGUE = "Sam Field", "Asha Rao"
NEED, ASKED = "What needs to improve", "What needs to improve, and how do you know?"
TYPED = "Only 58% of Year 1 pupils reached the standard, as in the two years before."
LATER = "Save and come back later"
MEANWHILE = (
    "Somebody changed this while you had the page open. Nothing was saved yet. What you typed is still "
    "here. Check it against what they changed. Then send it again."
)


@pytest.fixture
def council(new_world: Callable[..., World]) -> Iterator[InventedCouncil]:
    world = new_world(moment("2026-09-09 16:00"))
    with ExitStack() as closing:
        yield found(world, closing)
        assert not world.trouble


def started(council: InventedCouncil) -> tuple[Visitor, str]:
    team = council[TEAM]
    return team, acts.start_bid(team)


def typed(visitor: Visitor) -> str:
    return visitor.page.get_by_label(ASKED).input_value()


@pytest.mark.thorough
def test_two_tabs_of_one_person_keep_both_texts(council: InventedCouncil) -> None:
    team, ref = started(council)
    other = council.another_tab(team)
    for tab in (team, other):
        tab.open(f"/bids/{ref}/form/need")
    team.answer({ASKED: "From the first tab."})
    team.press(LATER)
    acts.answer(other, "What needs to improve", {ASKED: "From the second tab."})
    other.is_told(LATER, MEANWHILE, status=409)
    other.reads("What is saved now", "From the first tab.", "What you typed")
    assert typed(other) == "From the second tab."
    assert council.bid(ref).need == "From the first tab."
    other.press(LATER)  # having read both
    assert council.bid(ref).need == "From the second tab."


@pytest.mark.thorough
def test_two_people_in_two_sections_do_not_meet(council: InventedCouncil) -> None:
    team, ref = started(council)
    colleague = council[COLLEAGUE]
    team.open(f"/bids/{ref}/form/need")
    colleague.open(f"/bids/{ref}/form/pupils")
    team.answer({ASKED: "Phonics."})
    colleague.answer({"How many pupils will benefit?": "48", "How many staff will benefit?": "4"})
    team.press(LATER)
    colleague.press(LATER)
    assert (council.bid(ref).need, council.bid(ref).pupils_benefiting) == ("Phonics.", 48)


@pytest.mark.thorough
@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_what_is_sent_after_the_session_ended_is_sent_again(
    council: InventedCouncil, javascript: bool
) -> None:
    council.world.javascript = javascript
    team, ref = started(council)
    team.open(f"/bids/{ref}/form/need")
    team.page.context.clear_cookies()
    team.answer({ASKED: TYPED})
    if javascript:
        team.page.get_by_text("We could not keep what you typed: you may have been signed out").wait_for()
        council.world.forgive("POST", 401, "/typing")
    send(team, LATER)
    council.world.forgive("POST", 401)
    team.hand.click(team.page.get_by_text("What you typed, to copy"))
    team.reads("You have been signed out", "nothing you typed is lost", TYPED)
    team.fits_a_phone()
    team.world.audit(team.page, "signed out")
    with team.page.expect_popup() as tab:
        team.hand.click(team.page.get_by_role("link", name="Sign in (opens in a new tab)"))
    council.world.sign_in(tab.value, address(TEAM))

    send(team, "Send it again")
    if "out of date" in team.page.title():  # the page was made before they signed in again
        council.world.forgive("POST", 400)
        team.reads("Your page is out of date", "nothing you typed is lost")
        send(team, "Send it again")
    team.reads("Saved. You can come back to it at any time.")
    assert council.bid(ref).need == TYPED
    team.open(f"/bids/{ref}/form/need")
    assert not team.page.get_by_text("did not save it").count()


def send(visitor: Visitor, button: str) -> None:
    go_by(visitor.hand, visitor.page.get_by_role("button", name=button))


def test_an_error_in_one_row_loses_nothing_of_the_others(council: InventedCouncil) -> None:
    team, ref = started(council)
    team.open(f"/bids/{ref}/form/pupils")
    team.answer({"How many pupils will benefit?": "48", "How many staff will benefit?": "4"})
    team.press(acts.SAVE)
    first = {"Which group?": ticked("Disadvantaged pupils"), "How many pupils of this group?": "19"}
    team.answer(first)
    team.press("Save and add another")
    team.answer({"Which group?": ticked("Girls"), "How many pupils of this group?": "many"})
    team.is_told(acts.SAVE, "The number of pupils must be a whole number, like 12")
    assert team.page.get_by_label("How many pupils of this group?").input_value() == "many"
    assert team.page.get_by_label("Girls").is_checked()
    team.answer({"How many pupils of this group?": "23"})
    team.press(acts.SAVE)
    team.open(f"/bids/{ref}/form/pupils")
    team.reads("Disadvantaged pupils: 19", "Girls: 23")
    assert team.page.get_by_label("How many pupils will benefit?").input_value() == "48"


@pytest.mark.thorough
def test_going_back_after_saving_shows_what_was_saved_and_saves_again(council: InventedCouncil) -> None:
    team, ref = started(council)
    team.open(f"/bids/{ref}/form/need")
    team.answer({ASKED: "Phonics."})
    team.press(LATER)
    team.page.go_back()
    team.page.wait_for_load_state()
    assert typed(team) == "Phonics."
    team.answer({ASKED: "Phonics, and reading aloud."})
    team.press(LATER)
    assert council.bid(ref).need == "Phonics, and reading aloud."


@pytest.mark.thorough
@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_what_is_malformed_is_kept_as_typed_until_it_is_put_right(
    council: InventedCouncil, javascript: bool
) -> None:
    council.world.javascript = javascript
    team, ref = started(council)
    team.open(f"/bids/{ref}/form/plan")
    group = team.page.get_by_role("group", name="When does the project start?", exact=True)
    for part, text in {"Day": "31", "Month": "February", "Year": "2027"}.items():
        team.hand.fill(group.get_by_label(part, exact=True), text)
    team.press(LATER)
    team.reads("Saved as you typed it.", "You entered “31 February 2027”")
    team.page.goto(f"/bids/{ref}/form/plan")
    assert group.get_by_label("Month", exact=True).input_value() == "February"
    team.reads("The start date must be a real date")
    looked_at(team)

    team.open(f"/bids/{ref}/form/costs/backfill/add")
    line = {
        "Which school releases the member of staff?": Chosen("Hazelmere Primary School"),
        "Role": "Reading lead",
        "The school’s own code for this person": "RL1",
        "Days": "2,5 days",
        "Day rate": "350",
    }
    acts.answer_row(team, line)
    team.press(LATER)
    colleague = council[COLLEAGUE]
    colleague.open(f"/bids/{ref}/form/costs")
    colleague.reads("Reading lead (not finished)", "You entered “2,5 days”")
    looked_at(colleague)
    colleague.hand.click(colleague.page.get_by_role("link", name="Finish Reading lead", exact=True))
    colleague.page.get_by_text("There is a problem").wait_for()
    assert colleague.page.get_by_label("Days", exact=True).input_value() == "2,5 days"
    looked_at(colleague)
    colleague.open(f"/bids/{ref}/form/check")
    colleague.reads("You entered “2,5 days”", "You entered “31 February 2027”")


def looked_at(visitor: Visitor) -> None:
    visitor.fits_a_phone()
    visitor.world.audit(visitor.page, "unfinished")
