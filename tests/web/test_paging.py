"""The kit of every long list: filters, pages by key, the way to the next, and how many there are."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.brokering import Expertise
from fundflow.models.school import School
from fundflow.web import paging
from fundflow.web.paging import (
    Page,
    comes_after,
    count_of,
    count_words,
    cut,
    enum_member,
    page_address,
    page_of,
    page_of_rows,
    row_id,
    search_text,
)
from tests.factories import Make

TEMPLATES = Path(__file__).parents[2] / "templates"
BY_NAME = (School.search_name, School.urn)


def named(make: Make, *names: str) -> None:
    for name in names:
        make.school(name)


@pytest.mark.parametrize("falling", [False, True])
def test_pages_follow_one_another_with_equal_names_and_end(
    make: Make, session: Session, falling: bool
) -> None:
    named(make, "Birch", "Ash", "Birch", "Cedar", "Birch")
    order = [column.desc() if falling else column for column in BY_NAME]
    query = select(School).order_by(*order)
    everything = [school.urn for school in session.scalars(query)]
    first = page_of(query, 2, "urn")
    second = page_of(query.where(comes_after(first.next_key, *BY_NAME, falling=falling)), 2, "urn")
    third = page_of(query.where(comes_after(second.next_key, *BY_NAME, falling=falling)), 2, "urn")
    assert [s.urn for page in (first, second, third) for s in page.rows] == everything
    assert third.next_key is None


def test_rows_of_columns_are_made_into_what_the_page_shows(make: Make) -> None:
    named(make, "Ash", "Birch")
    query = select(School.id, School.name).order_by(School.id)
    assert page_of_rows(query, 5, lambda _id, name: name) == Page(["Ash", "Birch"], None)


def test_there_is_a_next_page_only_where_there_is_one_row_more() -> None:
    assert cut([1j, 2j], 2, "imag") == Page([1j, 2j], None)
    assert cut([1j, 2j, 3j], 2, "imag") == Page([1j, 2j], 2.0)


def test_what_cannot_be_read_in_the_address_is_left_out() -> None:
    assert [row_id(text) for text in ("7", "07", "x", "²", "-1", "9" * 30, "", None)] == [7, *[None] * 7]
    assert [enum_member(Expertise, text) for text in (next(iter(Expertise)).value, "mars", None)] == [
        next(iter(Expertise)),
        None,
        None,
    ]
    assert search_text({"q": " two\x00 \n words "}) == "two words"
    assert search_text({"search": "x" * 200}, "search") == "x" * 100


def test_the_next_page_keeps_what_narrows_the_list(app: Flask) -> None:
    with app.test_request_context("/schools?q=St+Mary&patch=&phase=2&phase=4&after=100001&_external=1"):
        assert page_address(100009) == "/schools?q=St+Mary&phase=2&phase=4&_external=1&after=100009"
        assert page_address() == "/schools?q=St+Mary&phase=2&phase=4&_external=1"
    with app.test_request_context("/schools?after=100001"):
        assert page_address() == "/schools"


def test_rows_are_counted_up_to_a_thousand(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    named(make, "Ash", "Birch", "Cedar")
    assert (count_of(School), count_of(School, School.name == "Ash")) == (3, 1)
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    assert count_words(count_of(School)) == "More than 2"
    monkeypatch.undo()
    assert [count_words(number) for number in (0, 1000, 1001)] == ["0", "1,000", "More than 1,000"]


def test_one_macro_draws_the_way_through_every_list() -> None:
    """An item of an agenda has neighbours of its own."""
    drawn = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    drawn = {name for name in drawn if "govuk-pagination" in (TEMPLATES / name).read_text()}
    assert drawn == {"macros/paging.html", "panel/item.html"}
