"""Writing what GIAS's links file says, in one short transaction of the caller."""

from datetime import date
from typing import Any

from sqlalchemy import delete, select

from fundflow.extensions import db
from fundflow.models.area import SchoolLink
from fundflow.models.school import School
from fundflow.schools.importing.saving import Values, chunks, ids_of_schools, insert_all, update_all
from fundflow.schools.importing.summary import Counts, Progress

Key = tuple[int, str, str]  # school, linked URN, type of link


def save_links(rows: list[Values], progress: Progress) -> Counts:
    """Make the links of the schools named what the file says; other schools' stay as they are."""
    schools = ids_of_schools(rows)
    wanted = _by_key(rows, schools)
    held = _held(rows, {key[0] for key in wanted})
    new: list[Values] = []
    changed: list[Values] = []
    for key, values in wanted.items():
        before = held.pop(key, None)
        if before is None:
            new.append(values)
        elif any(before[1][name] != values[name] for name in before[1] if name in values):
            changed.append({**values, "id": before[0]})
    insert_all(SchoolLink, new, progress, "Saving links")
    update_all(SchoolLink, changed, progress)
    _remove([number for number, *_ in held.values()])
    left_out = sum(row["urn"] not in schools for row in rows)
    unchanged = len(wanted) - len(new) - len(changed)
    return Counts(len(new), len(changed), unchanged, removed=len(held), left_out=left_out)


def _by_key(rows: list[Values], schools: dict[str, int]) -> dict[Key, Values]:
    """The rows about schools we hold. GIAS repeats some links: the latest date counts."""
    wanted: dict[Key, Values] = {}
    for row in rows:
        if row["urn"] not in schools:
            continue
        values: dict[str, Any] = {name: value for name, value in row.items() if name != "urn"}
        key = (schools[row["urn"]], row["link_urn"], row["link_type"])
        before = wanted.get(key)
        if before is None or _day(before) <= _day(row):
            wanted[key] = {**values, "school_id": key[0]}
    return wanted


def _day(values: Values) -> date:
    return values.get("established_on") or date.min


def _held(rows: list[Values], schools: set[int]) -> dict[Key, tuple[int, Values]]:
    """The links we have of these schools, by key: their ids, their names and dates."""
    urns = [row["urn"] for row in rows]
    found = db.session.execute(
        select(
            SchoolLink.school_id,
            SchoolLink.link_urn,
            SchoolLink.link_type,
            SchoolLink.id,
            SchoolLink.link_name,
            SchoolLink.established_on,
        )
        .join(School)
        .where(School.urn.between(min(urns, default=""), max(urns, default="")))
    )
    return {
        (school, urn, kind): (number, {"link_name": name, "established_on": day})
        for school, urn, kind, number, name, day in found
        if school in schools
    }


def _remove(ids: list[int]) -> None:
    for _, chunk in chunks(ids):
        db.session.execute(delete(SchoolLink).where(SchoolLink.id.in_(chunk)))
