"""What public data say of a school, beside what it asks for: roll, pupil premium, phase, inspections.

Tiers, concerns and targets are no part of it: people of schools read it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.inspection import Inspection
from fundflow.models.school import PupilPremium, School


@dataclass(frozen=True, slots=True)
class SchoolStory:
    """One school, its newest pupil premium, and its latest inspection of each kind, the newest first."""

    school: School
    premium: PupilPremium | None
    inspections: tuple[Inspection, ...]


def stories_of(schools: Sequence[School]) -> list[SchoolStory]:
    """The story of each of these schools but organisations; three queries, however many they are."""
    told = [school for school in dict.fromkeys(schools) if not school.is_organisation]
    ids = [school.id for school in told]
    premiums = _newest_premiums(ids)
    latest = defaultdict[int, dict[str, Inspection]](dict)
    for one in inspections_of(ids):
        latest[one.school_id].setdefault(one.regime, one)
    return [SchoolStory(s, premiums.get(s.id), tuple(latest[s.id].values())) for s in told]


def inspections_of(school_ids: Sequence[int]) -> Sequence[Inspection]:
    """The inspections that stand of these schools, the newest first."""
    return db.session.scalars(
        select(Inspection)
        .where(Inspection.school_id.in_(school_ids), Inspection.removed_at.is_(None))
        .options(selectinload(Inspection.grades), joinedload(Inspection.by))
        .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
    ).all()


def _newest_premiums(school_ids: Sequence[int]) -> dict[int, PupilPremium]:
    newest = (
        select(PupilPremium.school_id, func.max(PupilPremium.year).label("year"))
        .where(PupilPremium.school_id.in_(school_ids))
        .group_by(PupilPremium.school_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(PupilPremium).join(
            newest, (newest.c.school_id == PupilPremium.school_id) & (newest.c.year == PupilPremium.year)
        )
    )
    return {row.school_id: row for row in rows}
