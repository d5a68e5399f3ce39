"""Writing what a file says: compared with what is there, in bulk, in one short transaction of the caller."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, insert, select, update

from fundflow.extensions import db
from fundflow.models.school import CLOSED, PupilPremium, School, Trust, own_trust_code
from fundflow.names import searchable
from fundflow.schools.importing.summary import Counts, Progress, silent

CHUNK = 1000  # rows between two signs of progress
Values = dict[str, Any]
Item = TypeVar("Item")

FROM_GIAS = (
    "name",
    "search_name",
    "la_code",
    "la_name",
    "establishment_number",
    "ukprn",
    "type_code",
    "type_name",
    "phase_code",
    "status_code",
    "trust_id",
    "postcode",
    "search_postcode",
    "street",
    "town",
    "website",
    "telephone",
    "opened_on",
    "closed_on",
    "pupils",
    "capacity",
    "free_school_meals_percent",
    "easting",
    "northing",
)
FROM_PREMIUM = (
    "urn",
    "name",
    "search_name",
    "la_code",
    "la_name",
    "establishment_number",
    "type_name",
    "pupils",
)
OF_A_PREMIUM = ("pupils", "eligible", "allocation_pence")


class Known(NamedTuple):
    """A school that is in the database: its id, and its values by their columns."""

    id: int
    values: Values


def save_gias(rows: list[Values], progress: Progress) -> Counts:
    """Make schools and trusts what GIAS says; schools the file doesn't name stay as they are."""
    trusts = _save_trusts(dict(filter(None, (row.get("trust") for row in rows))))
    new: list[Values] = []
    changed: list[Values] = []
    closed = 0
    known = _known_schools(rows)
    for row in rows:
        values = {column: value for column, value in row.items() if column != "trust"}
        if "trust" in row:  # else the file says nothing of trusts
            values["trust_id"] = trusts[row["trust"][0]] if row["trust"] else None
        school = known.get(row["urn"])
        if school is None:
            new.append(values)
        elif any(school.values[column] != values[column] for column in FROM_GIAS if column in values):
            changed.append({**values, "id": school.id})
            closed += values["status_code"] == CLOSED != school.values["status_code"]
    _ids_of(School, "urn", new, progress)
    update_all(School, changed, progress)
    return Counts(len(new), len(changed), len(rows) - len(new) - len(changed), closed)


def save_premium(rows: list[Values], year: int, progress: Progress) -> Counts:
    """Keep a year's figures; add schools nobody has named yet, and leave the known ones alone."""
    known = ids_of_schools(rows)
    strangers = [row for row in rows if row["urn"] not in known]
    added = [{column: row[column] for column in FROM_PREMIUM} for row in strangers]
    ids = known | _ids_of(School, "urn", added, progress)
    held = _premiums(rows, year)
    new: list[Values] = []
    changed: list[Values] = []
    for row in rows:
        values = {"school_id": ids[row["urn"]], "year": year, **{c: row[c] for c in OF_A_PREMIUM}}
        before = held.get(values["school_id"])
        if before is None:
            new.append(values)
        elif before != tuple(values[column] for column in OF_A_PREMIUM):
            changed.append(values)
    insert_all(PupilPremium, new, progress, "Saving pupil premium")
    update_all(PupilPremium, changed, progress)
    updated = len(new) + len(changed) - len(strangers)
    return Counts(len(strangers), updated, len(rows) - len(strangers) - updated)


def _save_trusts(named: dict[str, str]) -> dict[str, int]:
    """Add or rename trusts; the ids by code. One that was entered by hand takes on GIAS's code."""
    if not named:
        return {}
    _take_over(named)
    rows = db.session.execute(select(Trust.code, Trust.id, Trust.name))
    held = {code: (number, name) for code, number, name in rows}
    new = [{"code": code, "name": name} for code, name in named.items() if code not in held]
    renamed = [
        {"id": held[code][0], "name": name, "search_name": searchable(name)[:200]}
        for code, name in named.items()
        if code in held and held[code][1] != name
    ]
    update_all(Trust, renamed)
    return {code: number for code, (number, _) in held.items()} | _ids_of(Trust, "code", new)


def _take_over(named: dict[str, str]) -> None:
    """Give trusts that were entered by hand, with a code of ours, the code that a file has for their name."""
    codes = {searchable(name)[:200]: code for code, name in named.items()}
    by_hand = [trust for trust in db.session.scalars(select(Trust)) if own_trust_code(trust.code)]
    held = set(db.session.scalars(select(Trust.code))) if by_hand else set()
    for trust in by_hand:
        code = codes.get(trust.search_name)
        if code and code not in held:
            trust.code = code
    db.session.flush()


def _known_schools(rows: list[Values]) -> dict[str, Known]:
    columns = [getattr(School, column) for column in FROM_GIAS]
    found = db.session.execute(select(School.urn, School.id, *columns).where(_among(rows)))
    return {urn: Known(number, dict(zip(FROM_GIAS, values, strict=True))) for urn, number, *values in found}


def ids_of_schools(rows: list[Values]) -> dict[str, int]:
    """The ids of the schools we hold of those the rows name, by URN."""
    return dict(db.session.execute(select(School.urn, School.id).where(_among(rows))).all())


def _premiums(rows: list[Values], year: int) -> dict[int, tuple[Any, ...]]:
    columns = [getattr(PupilPremium, column) for column in OF_A_PREMIUM]
    found = db.session.execute(
        select(PupilPremium.school_id, *columns).join(School).where(PupilPremium.year == year, _among(rows))
    )
    return {school: tuple(values) for school, *values in found}


def _among(rows: list[Values]) -> ColumnElement[bool]:
    """The schools between a file's lowest and highest URN: one statement, however long the file.

    A list of URNs would do on SQLite; PostgreSQL compares every row with every one of them.
    """
    urns = [row["urn"] for row in rows]
    return School.urn.between(min(urns, default=""), max(urns, default=""))


def _ids_of(table: Any, key: str, new: list[Values], progress: Progress = silent) -> dict[str, int]:
    """Insert rows; their ids by their key."""
    ids: dict[str, int] = {}
    added = _in_batches(insert(table).returning(getattr(table, key), table.id))
    for done, chunk in chunks(new):
        ids.update(dict(db.session.execute(added, chunk).all()))
        progress("Saving schools", done, len(new))
    return ids


def insert_all(table: Any, new: list[Values], progress: Progress, words: str) -> None:
    """Insert rows of a table that points at schools."""
    added = _in_batches(insert(table).returning(table.school_id))
    for done, chunk in chunks(new):
        db.session.execute(added, chunk).all()
        progress(words, done, len(new))


def _in_batches(added: Any) -> Any:
    """The statement once a batch, not once a row: because it returns something, and because an empty
    value is written as one. Left out, it would make rows with other gaps another statement."""
    return added.execution_options(render_nulls=True)


def update_all(table: Any, changed: list[Values], progress: Progress = silent) -> None:
    """Update by primary key, which stands among the values."""
    for done, chunk in chunks(changed):
        db.session.execute(update(table), chunk)
        progress("Saving changes", done, len(changed))


def chunks(rows: list[Item]) -> Iterator[tuple[int, Sequence[Item]]]:
    """Pieces of a list, each with the number of rows up to its end."""
    for start in range(0, len(rows), CHUNK):
        yield min(start + CHUNK, len(rows)), rows[start : start + CHUNK]
