"""The short form for £3,000, from “Start a bid” to “Bid submitted”: how many pages it takes on a phone."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.journeys import acts
from tests.journeys.conftest import World
from tests.journeys.council import moment
from tests.journeys.invented import InventedCouncil, found
from tests.journeys.test_sunday import ABOUT, AS_IN_SLOUGH, CONTACT, GIVES, HEAD, LEAD, REST, SCHOOLS, TEAM
from tests.journeys.visitor import Chosen, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

MOST_LOADS = 26
MOST_QUESTIONS = 5
COSTS = AS_IN_SLOUGH["Costs"]
BACKFILL = [
    {**answers, "Which school releases the member of staff?": Chosen(GIVES)}
    for one, answers in COSTS.rows
    if one == "line of backfill"
]
ASKED = """() => new Set([...document.querySelectorAll("main form :is(input, select, textarea)")]
  .filter((box) => box.type !== "hidden" && box.checkVisibility())
  .map((box) => box.name.split("-")[0])).size"""


def walked(visitor: Visitor, pages: list[str]) -> None:
    visitor.page.on("domcontentloaded", lambda page: pages.append(page.url))
    arrived = visitor._arrived

    def look() -> None:
        arrived()
        asked = visitor.page.evaluate(ASKED)
        assert asked <= MOST_QUESTIONS, f"{visitor.page.url} asks {asked} questions"

    visitor._arrived = look  # type: ignore[method-assign]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_head_alone(new_world: Callable[..., World], javascript: bool) -> None:
    with ExitStack() as closing:
        council = on_a_phone(new_world, closing, javascript)
        head, pages = council[HEAD], list[str]()
        ref = start(head, pages)
        fill_in(head)
        head.press("Save and check your answers")
        head.answer({f"I agree, as head teacher of {LEAD}": True})
        head.press("Agree and submit bid")
        submitted(council, ref, pages)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_business_manager_and_the_head(new_world: Callable[..., World], javascript: bool) -> None:
    with ExitStack() as closing:
        council = on_a_phone(new_world, closing, javascript)
        team, head, pages = council[TEAM], council[HEAD], list[str]()
        ref = start(team, pages)
        team.reads("Check your answers and send to the head")
        fill_in(team)
        team.press("Save and check your answers")
        team.press("Send to the head")
        walked(head, pages)
        acts.submit(head, ref, LEAD)
        submitted(council, ref, pages)


def on_a_phone(new_world: Callable[..., World], closing: ExitStack, javascript: bool) -> InventedCouncil:
    world = new_world(moment("2026-09-13 19:30"))
    world.javascript = javascript
    return found(world, closing, phone=True)


def start(school: Visitor, pages: list[str]) -> str:
    """My work is where they come from; then every page counts."""
    school.open("/work")
    walked(school, pages)
    school.press("Start a bid")
    school.press("Start the bid")
    found = re.search(r"/bids/([A-Z]+-\d+)/form$", school.path)
    assert found, school.path
    return found.group(1)


def fill_in(school: Visitor) -> None:
    """From the task list through every section, one after another."""
    school.follow("Schools taking part")
    for section in (SCHOOLS, CONTACT, ABOUT, AS_IN_SLOUGH["What needs to improve"], *REST[:3]):
        acts.fill_in_section(school, section)
    for number, line in enumerate(BACKFILL, 1):
        acts.answer_row(school, line)
        school.press("Save and add another" if number < len(BACKFILL) else acts.SAVE)
    (cost,) = [answers for one, answers in COSTS.rows if one == "cost"]
    school.press("Add a cost")
    school.answer(cost)
    school.press(acts.SAVE)
    school.reads("Amount requested £3,000.00")
    school.press(acts.SAVE)
    school.answer(REST[3].own)


def submitted(council: InventedCouncil, ref: str, pages: list[str]) -> None:
    assert council.state(ref) == "submitted"
    assert council.bid(ref).requested_pence == 300_000
    assert not council.world.trouble
    assert len(pages) <= MOST_LOADS, pages
