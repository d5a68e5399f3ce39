"""Writing what a file says of inspections, in one short transaction of the caller."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import selectinload

from fundflow.extensions import db
from fundflow.models.inspection import Inspection, InspectionGrade, InspectionSource
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.schools.importing.saving import Values, chunks, ids_of_schools
from fundflow.schools.importing.summary import Counts, Progress

Key = tuple[int, str, date]  # school, regime, day
REPLACED = "A newer file of Ofsted says otherwise."


def save_inspections(rows: list[Values], progress: Progress, *, by: User | None, now: datetime) -> Counts:
    """Enter what a file has and we have not. What stands and differs is removed, and kept, and what the file
    lacks of it is taken over; what was removed before is not entered again. Inspections that the file lacks
    stay; schools we don't hold are left out.
    """
    schools = ids_of_schools(rows)
    ours = [{**row, "school_id": schools[row["urn"]]} for row in rows if row["urn"] in schools]
    held = _held(ours)
    new = [row for row in ours if _is_new(row, held[_key(row)])]
    new = [row for row in map(partial(_with_what_stands, held), new) if _is_new(row, held[_key(row)])]
    replaced = [one.id for row in new for one in held[_key(row)] if one.removed_at is None]
    gone = {"removed_at": now, "removed_by_id": by and by.id, "removal_reason": REPLACED}
    for _, chunk in chunks(replaced):
        db.session.execute(update(Inspection).where(Inspection.id.in_(chunk)).values(gone))
    _insert(new, {"source": InspectionSource.IMPORTED, "at": now, "by_id": by and by.id}, progress)
    unchanged, left_out = len(ours) - len(new), len(rows) - len(ours)
    return Counts(len(new) - len(replaced), len(replaced), unchanged, left_out=left_out)


def _insert(new: list[Values], of_all: Values, progress: Progress) -> None:
    names = ("school_id", "regime", "inspected_on", "published_on")
    added = insert(Inspection).returning(Inspection.id, sort_by_parameter_order=True)
    for done, chunk in chunks(new):
        values = [{**{name: row[name] for name in names}, "removal_reason": "", **of_all} for row in chunk]
        ids = db.session.scalars(added.execution_options(render_nulls=True), values).all()
        grades = [
            {"inspection_id": number, "area": area, "grade": grade}
            for number, row in zip(ids, chunk, strict=True)
            for area, grade in row["grades"].items()
        ]
        db.session.execute(insert(InspectionGrade), grades)
        progress("Saving inspections", done, len(new))


def _held(rows: list[Values]) -> dict[Key, list[Inspection]]:
    """What is kept of these schools, standing or removed, by key; locked, as staff may be removing one."""
    urns = [row["urn"] for row in rows]
    found = db.session.scalars(
        select(Inspection)
        .join(School)
        .where(School.urn.between(min(urns, default=""), max(urns, default="")))
        .order_by(Inspection.id)
        .options(selectinload(Inspection.grades))
        .with_for_update(of=Inspection, key_share=True)
        .execution_options(populate_existing=True)
    )
    held = defaultdict[Key, list[Inspection]](list)
    for one in found:
        held[(one.school_id, one.regime, one.inspected_on)].append(one)
    return held


def _is_new(row: Values, held: Iterable[Inspection]) -> bool:
    return all(_said(row) != _of(one) for one in held)


def _with_what_stands(held: Mapping[Key, Iterable[Inspection]], row: Values) -> Values:
    """The row with what it lacks of the entry that stands: a file without a column takes no grade away."""
    for one in held[_key(row)]:
        if one.removed_at is None:
            published = row["published_on"] or one.published_on
            row = {**row, "published_on": published, "grades": {**one.said, **row["grades"]}}
    return row


def _key(row: Values) -> Key:
    return row["school_id"], row["regime"], row["inspected_on"]


def _said(row: Values) -> tuple[Any, ...]:
    return row["published_on"], row["grades"]


def _of(one: Inspection) -> tuple[Any, ...]:
    return one.published_on, one.said
