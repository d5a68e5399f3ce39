"""A section is started once anything of it is answered, and not before."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.applications.sections import PAGE, PAGES
from fundflow.demo import answers as complete
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.unfinished import set_unfinished
from fundflow.workflow.application import BidState
from tests.applications.helpers import ask
from tests.factories import Make

pytestmark = pytest.mark.one_database

# Answers to questions that a complete bid may leave out; any other of them takes words.
MORE = {"priority_id": 1, "start_on": date(2027, 1, 4), "end_on": date(2027, 7, 16)}
ANSWERS: dict[str, Any] = complete.SHORT | complete.FULL | MORE
QUESTIONS = [(page.slug, name) for page in PAGES for name in page.form.stored()]
ROWS = [(page.slug, rows) for page in PAGES for rows in page.rows if not rows.kept_elsewhere]


def started(bid: Bid) -> list[str]:
    """Slugs of the sections that are started, but for the round's own questions."""
    return [page.slug for page in PAGES if page.asked is None and page.is_started(bid)]


def test_no_section_of_an_empty_bid_is_started() -> None:
    assert started(Bid()) == []


@pytest.mark.parametrize(("slug", "name"), QUESTIONS)
def test_each_question_alone_starts_its_section(slug: str, name: str) -> None:
    assert started(Bid(**{name: ANSWERS.get(name, "Some words.")})) == [slug]


@pytest.mark.parametrize(("slug", "rows"), ROWS, ids=lambda part: getattr(part, "slug", part))
def test_each_kind_of_row_alone_starts_its_section(slug: str, rows: Any) -> None:
    assert started(Bid(**{rows.collection: [rows.model()]})) == [slug]


def test_a_file_starts_the_attachments() -> None:
    assert started(Bid(attachments=[Attachment()])) == ["files"]


def test_nought_and_no_are_answers() -> None:
    assert started(Bid(staff_benefiting=0)) == ["pupils"]
    assert started(Bid(other_funding=False)) == ["other-funding"]


def test_what_was_typed_and_is_not_right_starts_its_section() -> None:
    bid = Bid(unfinished={})
    set_unfinished(bid, "form/plan", {"fields": {"start_on-day": ["31"]}, "wrong": ["No such day"]})
    assert started(bid) == ["plan"]


def test_an_answer_to_the_round_starts_its_questions(make: Make, session: Session) -> None:
    bid = make.bid(state=BidState.DRAFT)
    question = ask(bid, session, "What about the weather?")
    page = PAGE["round-questions"]
    assert not page.is_started(bid)
    bid.round_texts = {question.id: "It rains."}
    assert page.is_started(bid)
