"""A CSV file of payees: what each row says, and everything that is wrong with it."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from io import StringIO
from typing import Any, NamedTuple

from fundflow.extensions import db
from fundflow.models.payee import Paid, Route
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.payments.payees.proposals import (
    MOST,
    Proposal,
    why_not_proposed,
    wrong_texts,
    wrong_together,
)
from fundflow.rules.payees import suggested
from fundflow.rules.school_queries import is_code
from fundflow.web.csv import DANGEROUS
from fundflow.web.fields import one_line
from fundflow.web.times import read_date
from fundflow.workflow.worded import Worded

COLUMNS = {
    "urn": "URN",
    "paid": "Who is paid",
    "name": "Name",
    "route": "Route",
    "supplier_number": "Supplier number",
    "cost_centre": "Cost centre",
    "valid_from": "Valid from",
    "evidence": "Evidence",
    "held_at": "Where it is held",
}
MAY_BE_EMPTY = ("supplier_number", "cost_centre")
MOST_ROWS = 1_000
MOST_CHARACTERS = 400_000
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class WrongPayeesFile(Exception):
    """A file that can't be read by rows; its text is a sentence."""


class Row(NamedTuple):
    """A row of the file: its number there, what it says, and what is wrong."""

    number: int
    texts: Mapping[str, str]
    school: School | None
    proposal: Proposal | None
    wrong: list[str]


def read(text: str) -> list[Row]:
    """Every row with a school; raises WrongPayeesFile for what is no such file."""
    lines = _lines(text)
    found = {row["urn"] for _, row in lines if is_code(row["urn"])}
    schools = {school.urn: school for school in _schools(found)}
    times = Counter(row["urn"] for _, row in lines)
    return [_row(number, row, schools.get(row["urn"]), times[row["urn"]]) for number, row in lines]


def template(schools: Iterable[School]) -> Iterator[tuple[str, ...]]:
    """Rows to fill in: a school each, with what is usual for its kind."""
    for school in schools:
        paid, route, name = suggested(school)
        yield (school.urn, paid.words, name, route.words, "", "", "", "", "")


def _lines(text: str) -> list[tuple[int, dict[str, str]]]:
    if len(text) > MOST_CHARACTERS:
        raise WrongPayeesFile(f"The file is too large. Send {MOST_ROWS:,} rows or fewer at once.")
    try:
        table = list(csv.reader(StringIO(text.replace("\0", ""), newline=""), strict=True))
    except csv.Error:
        raise WrongPayeesFile(
            "The file can’t be read as CSV. Save it as CSV from your spreadsheet."
        ) from None
    header = [searchable(cell) for cell in table[0]] if table else []
    missing = [words for words in COLUMNS.values() if searchable(words) not in header]
    if missing:
        raise WrongPayeesFile(f"The file lacks these columns: {', '.join(missing)}. Start from the template.")
    places = {name: header.index(searchable(words)) for name, words in COLUMNS.items()}
    filled = [(n, cells) for n, cells in enumerate(table[1:], 2) if any(cell.strip() for cell in cells)]
    if not filled:
        raise WrongPayeesFile("The file has no rows below its headings.")
    if len(filled) > MOST_ROWS:
        raise WrongPayeesFile(f"The file has {len(filled):,} rows. Send {MOST_ROWS:,} or fewer at once.")
    rows = [(n, {name: _cell(cells, place) for name, place in places.items()}) for n, cells in filled]
    return [(n, {**row, "urn": row["urn"].upper()}) for n, row in rows]


def _cell(cells: list[str], place: int) -> str:
    """A cell's text, without the apostrophe by which our own files keep codes as text."""
    text = str(one_line(cells[place])) if place < len(cells) else ""
    return text[1:] if text[:1] == "'" and text[1:2].isdigit() else text


def _schools(urns: set[str]) -> Iterable[School]:
    return db.session.query(School).filter(School.urn.in_(urns)).all()


def _row(number: int, texts: dict[str, str], school: School | None, times: int) -> Row:
    wrong = [*_wrong_school(texts["urn"], school, times), *_wrong_cells(texts)]
    said = {"paid": _member(Paid, texts["paid"]), "route": _member(Route, texts["route"])}
    wrong += [
        f"{COLUMNS[name]}: “{texts[name]}” is none of {', '.join(one.words for one in kind)}"
        for name, kind in (("paid", Paid), ("route", Route))
        if texts[name] and said[name] is None
    ]
    day = _day(texts["valid_from"])
    if texts["valid_from"] and day is None:
        wrong.append(f"{COLUMNS['valid_from']}: “{texts['valid_from']}” is no date, like 2026-09-01")
    values: dict[str, Any] = {**texts, **said, "valid_from": day}
    del values["urn"]
    whole = all(values[name] for name in values if name not in MAY_BE_EMPTY)
    proposal = Proposal(**values) if whole else None
    if proposal:
        wrong += [f"{COLUMNS[name]}: {why}" for name, why in wrong_together(proposal)]
    return Row(number, texts, school, proposal, wrong)


def _wrong_school(urn: str, school: School | None, times: int) -> Iterator[str]:
    if school is None:
        if urn:
            yield f"URN: we hold no school with “{urn[:20]}”"
        return
    if times > 1:
        yield f"URN: {urn} stands in {times} rows"
    if why := why_not_proposed(school):
        yield why.removesuffix(".")


def _wrong_cells(texts: Mapping[str, str]) -> Iterator[str]:
    for name, words in COLUMNS.items():
        if not texts[name] and name not in MAY_BE_EMPTY:
            yield f"{words}: it is empty"
        if texts[name].startswith(DANGEROUS):
            yield f"{words}: it begins like a formula, with {texts[name][0]}"
        if len(texts[name]) > MOST.get(name, 200):
            yield f"{words}: it has more than {MOST.get(name, 200):,} characters"
    yield from (f"{COLUMNS[name]}: {why}" for name, why in wrong_texts(dict(texts)))


def _member(kind: type[Worded], text: str) -> Enum | None:
    """By its words or its value, however they are written."""
    wanted = searchable(text)
    return next((one for one in kind if wanted in (searchable(one.words), searchable(one.value))), None)


def _day(text: str) -> date | None:
    try:
        day = read_date(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
