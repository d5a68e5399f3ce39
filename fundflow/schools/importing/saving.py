"""Writing what a file says: compared with what is there, in bulk, in one short transaction."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import insert, select, update

from fundflow.extensions import db
from fundflow.models.school import CLOSED, PupilPremium, School, Trust
from fundflow.schools.importing.summary import Counts, Progress

CHUNK = 500  # rows a statement; SQLite takes at most 32,766 values in one
Item = TypeVar("Item")
Values = dict[str, Any]

FROM_GIAS = (
    "name", "search_name", "la_code", "la_name", "establishment_number", "ukprn", "type_code",
    "type_name", "phase_code", "status_code", "trust_id", "postcode", "search_postcode", "street",
    "town", "website", "telephone", "opened_on", "closed_on", "pupils", "capacity",
    "free_school_meals_percent",
)  # fmt: skip
FROM_PREMIUM = (
    "urn", "name", "search_name", "la_code", "la_name", "establishment_number", "type_name",
    "pupils",
)  # fmt: skip
OF_A_PREMIUM = ("pupils", "eligible", "allocation_pence")


class Known(NamedTuple):
    """A school that is in the database: its id, and its values in the order of FROM_GIAS."""

    id: int
    values: tuple[Any, ...]


def save_gias(rows: list[Values], progress: Progress) -> Counts:
    """Make schools and trusts what GIAS says; schools the file doesn't name stay as they are."""
    trusts = _save_trusts(dict(filter(None, (row["trust"] for row in rows))))
    new: list[Values] = []
    changed: list[Values] = []
    closed = 0
    known = _known_schools(row["urn"] for row in rows)
    for row in rows:
        values = {**row, "trust_id": trusts[row["trust"][0]] if row["trust"] else None}
        del values["trust"]
        school = known.get(row["urn"])
        if school is None:
            new.append(values)
        elif school.values != tuple(values[column] for column in FROM_GIAS):
            changed.append({**values, "id": school.id})
            closed += values["status_code"] == CLOSED != school.values[_STATUS]
    _write(School, new, changed, progress)
    db.session.commit()
    return Counts(len(new), len(changed), len(rows) - len(new) - len(changed), closed)


def save_premium(rows: list[Values], year: int, progress: Progress) -> Counts:
    """Keep a year's figures; add schools nobody has named yet, and leave the known ones alone."""
    known = _school_ids(row["urn"] for row in rows)
    strangers = [row for row in rows if row["urn"] not in known]
    _write(School, [{c: row[c] for c in FROM_PREMIUM} for row in strangers], [], progress)
    ids = known | _school_ids(row["urn"] for row in strangers)
    held = _premiums(year, ids.values())
    new: list[Values] = []
    changed: list[Values] = []
    for row in rows:
        values = {"school_id": ids[row["urn"]], "year": year, **{c: row[c] for c in OF_A_PREMIUM}}
        before = held.get(values["school_id"])
        if before is None:
            new.append(values)
        elif before != tuple(values[column] for column in OF_A_PREMIUM):
            changed.append(values)
    _write(PupilPremium, new, changed, progress)
    db.session.commit()
    updated = len(new) + len(changed) - len(strangers)
    return Counts(len(strangers), updated, len(rows) - len(strangers) - updated)


_STATUS = FROM_GIAS.index("status_code")


def _save_trusts(named: dict[str, str]) -> dict[str, int]:
    """Add or rename trusts; the ids by code."""
    held: dict[str, tuple[int, str]] = {}
    for codes in _chunks(list(named)):
        rows = db.session.execute(select(Trust.code, Trust.id, Trust.name).where(Trust.code.in_(codes)))
        held.update({code: (number, name) for code, number, name in rows})
    new = [{"code": code, "name": name} for code, name in named.items() if code not in held]
    renamed = [
        {"id": held[code][0], "name": name}
        for code, name in named.items() if code in held and held[code][1] != name
    ]  # fmt: skip
    _insert(Trust, new)
    _update(Trust, renamed)
    ids = {code: number for code, (number, _) in held.items()}
    for codes in _chunks([row["code"] for row in new]):
        found = db.session.execute(select(Trust.code, Trust.id).where(Trust.code.in_(codes)))
        ids.update(dict(found.all()))
    return ids


def _known_schools(urns: Iterable[str]) -> dict[str, Known]:
    columns = [getattr(School, column) for column in FROM_GIAS]
    known: dict[str, Known] = {}
    for chunk in _chunks(list(urns)):
        rows = db.session.execute(select(School.urn, School.id, *columns).where(School.urn.in_(chunk)))
        known.update({urn: Known(number, tuple(values)) for urn, number, *values in rows})
    return known


def _school_ids(urns: Iterable[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for chunk in _chunks(list(urns)):
        rows = db.session.execute(select(School.urn, School.id).where(School.urn.in_(chunk)))
        ids.update(dict(rows.all()))
    return ids


def _premiums(year: int, school_ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    columns = [getattr(PupilPremium, column) for column in OF_A_PREMIUM]
    held: dict[int, tuple[Any, ...]] = {}
    for chunk in _chunks(list(school_ids)):
        rows = db.session.execute(
            select(PupilPremium.school_id, *columns)
            .where(PupilPremium.year == year, PupilPremium.school_id.in_(chunk))
        )  # fmt: skip
        held.update({school: tuple(values) for school, *values in rows})
    return held


def _write(table: Any, new: list[Values], changed: list[Values], progress: Progress) -> None:
    total, done = len(new) + len(changed), 0
    for act, rows in ((_insert, new), (_update, changed)):
        for chunk in _chunks(rows):
            act(table, chunk)
            done += len(chunk)
            progress("Saving", done, total)


def _insert(table: Any, rows: Sequence[Values]) -> None:
    if rows:
        db.session.execute(insert(table), rows)


def _update(table: Any, rows: Sequence[Values]) -> None:
    """Update by primary key, which stands among the values."""
    if rows:
        db.session.execute(update(table), rows)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
