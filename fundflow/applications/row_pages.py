"""What a row's page shows: a new row that asks much does it on two pages, the first kept meanwhile."""

from datetime import date
from enum import Enum
from typing import Any

from flask import request

from fundflow.applications import freezing
from fundflow.applications.section_forms import SectionForm
from fundflow.applications.sections import Rows, SectionPage, begun_rows
from fundflow.models.bid import Bid
from fundflow.models.unfinished import Unfinished
from fundflow.web.unfinished import as_typed, row_as_typed

FIRST, SECOND = "1", "2"


def opens_on(bid: Bid, page: SectionPage) -> Rows | None:
    """The kind of rows whose first page a section opens on: it asks nothing else, and nothing is there."""
    if page.form.for_bid(bid).stored() or freezing.questions(bid, page):
        return None
    return first_of_all(bid, page)


def first_of_all(bid: Bid, page: SectionPage) -> Rows | None:
    """The first kind of rows of a section where none of any kind is there or begun."""
    kinds = [rows for rows in page.rows if not rows.kept_elsewhere]
    if any(rows.of(bid) or begun_rows(bid, page, rows) for rows in kinds):
        return None
    return kinds[0] if kinds else None


def part_asked(form: SectionForm, number: int | None) -> str:
    """Which part of a row a page asks: of a new row the first, then the second; "" asks all of it."""
    if not form.second_part or form.row:
        return ""
    if number is not None:
        return SECOND if request.args.get("half") == SECOND else ""
    if form.is_submitted():
        return FIRST if request.form.get("half") == FIRST else ""
    return "" if "copy" in request.args else FIRST


def shown(form: SectionForm, part: str) -> list[str]:
    """Names of the questions on the page; all of them where something is wrong in the first part."""
    asked = form.asked()
    first = [name for name in asked if name not in form.second_part]
    if part == FIRST:
        return first
    if part == SECOND and not any(form[name].errors for name in first):
        return [name for name in asked if name in form.second_part]
    return asked


def carried(form: SectionForm, names: list[str], entry: Unfinished | None) -> list[tuple[str, str]]:
    """What was typed on the first page, sent along unseen by the second."""
    typed = as_typed() if form.is_submitted() else entry["fields"] if entry else {}
    unseen = set(form.questions()) - set(names) - set(form.second_part)
    return [(name, text) for name, texts in typed.items() if name.split("-")[0] in unseen for text in texts]


def first_part_of(form: SectionForm, rows: Rows) -> Unfinished | None:
    """The first part as it was typed, where it is right; the errors of the second are not told yet."""
    form.validate()
    for name in form.second_part:
        if name in form:
            form[name].errors = ()
    wrong = any(form[name].errors for name in (*form.questions(), "csrf_token", "stamp") if name in form)
    return None if wrong else row_as_typed(form, rows.one)


def is_blank(form: SectionForm) -> bool:
    """Whether nothing was filled in beside what the page began with."""
    begun_with = {name: form[name].default for name in form.questions() if name in form}
    for name, value in form.began_with.items():
        begun_with |= _as_sent(name, value)
    return not any(
        text.strip() and text != begun_with.get(name) for name, texts in as_typed().items() for text in texts
    )


def _as_sent(name: str, value: Any) -> dict[str, str]:
    """What a browser sends for a field that was filled in with this."""
    if isinstance(value, date):
        return {f"{name}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}
    return {name: str(value.value if isinstance(value, Enum) else value)}
