"""A CSV file of payees: what each row says, and everything that is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fundflow.extensions import db
from fundflow.models.payee import Paid, Route
from fundflow.models.school import School
from fundflow.payments.payees.proposals import (
    MOST,
    Proposal,
    why_not_proposed,
    wrong_texts,
    wrong_together,
)
from fundflow.rules.payees import suggested
from fundflow.rules.school_queries import is_code
from fundflow.web.csv_rows import filled_rows, member, read_cell_day, why_not_cell

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


class Row(NamedTuple):
    """A row of the file: its number there, what it says, and what is wrong."""

    number: int
    texts: Mapping[str, str]
    school: School | None
    proposal: Proposal | None
    wrong: list[str]


def read(text: str) -> list[Row]:
    """Every row with a school; raises WrongFile for what is no such file."""
    lines = [(n, {**row, "urn": row["urn"].upper()}) for n, row in filled_rows(text, COLUMNS)]
    found = {row["urn"] for _, row in lines if is_code(row["urn"])}
    schools = {school.urn: school for school in _schools(found)}
    times = Counter(row["urn"] for _, row in lines)
    return [_row(number, row, schools.get(row["urn"]), times[row["urn"]]) for number, row in lines]


def template(schools: Iterable[School]) -> Iterator[tuple[str, ...]]:
    """Rows to fill in: a school each, with what is usual for its kind."""
    for school in schools:
        paid, route, name = suggested(school)
        yield (school.urn, paid.words, name, route.words, "", "", "", "", "")


def _schools(urns: set[str]) -> Iterable[School]:
    return db.session.query(School).filter(School.urn.in_(urns)).all()


def _row(number: int, texts: dict[str, str], school: School | None, times: int) -> Row:
    wrong = [*_wrong_school(texts["urn"], school, times), *_wrong_cells(texts)]
    said = {"paid": member(Paid, texts["paid"]), "route": member(Route, texts["route"])}
    wrong += [
        f"{COLUMNS[name]}: “{texts[name]}” is none of {', '.join(one.words for one in kind)}"
        for name, kind in (("paid", Paid), ("route", Route))
        if texts[name] and said[name] is None
    ]
    day = read_cell_day(texts["valid_from"])
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
        if why := why_not_cell(texts[name], MOST.get(name, 200)):
            yield f"{words}: {why}"
    yield from (f"{COLUMNS[name]}: {why}" for name, why in wrong_texts(dict(texts)))
