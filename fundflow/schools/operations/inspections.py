"""Inspections of a school, entered by the council: one is never changed, but removed, and another entered."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.inspection import Inspection, InspectionGrade, InspectionSource
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.schools.rules import why_no_inspection
from fundflow.steps import AlreadyTaken, lock_row
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.inspection import Regime
from fundflow.workflow.working_days import london_date

THERE = "An inspection of this kind and day is recorded already. Correct that one instead."
GONE = "Somebody removed or corrected this entry already. Nothing was saved; look at the school’s page."


def record_inspection(
    school: School,
    regime: Regime,
    *,
    inspected_on: date,
    published_on: date | None,
    grades: Mapping[str, str],
    user: User,
    now: datetime,
    instead_of: Inspection | None = None,
    reason: str = "",
) -> None:
    """Enter an inspection with the grade of each area that was judged.

    instead_of  the entry that this corrects: it is removed, for this reason
    """
    refuse_if(why_no_inspection(user, school, now))
    refuse_if(_why_wrong(regime, inspected_on, published_on, grades, london_date(now)))
    lock_row(school)
    if instead_of is not None:
        lock_row(instead_of)
    standing = _standing(school, regime, inspected_on)
    if standing is not None and standing is not instead_of:
        same = (standing.published_on, standing.said, standing.by_id) == (published_on, grades, user.id)
        # While the entry that this corrects stands, the other one is no first click of it.
        is_second = same and (instead_of is None or instead_of.removed_at is not None)
        raise AlreadyTaken if is_second else Refused(THERE)
    if instead_of is not None:
        _take_out(instead_of, reason, user, now)
    db.session.add(
        Inspection(
            school_id=school.id,
            regime=regime.slug,
            inspected_on=inspected_on,
            published_on=published_on,
            source=InspectionSource.TYPED,
            at=now,
            by_id=user.id,
            grades=[InspectionGrade(area=area, grade=grade) for area, grade in grades.items()],
        )
    )
    db.session.commit()


def remove_inspection(inspection: Inspection, *, reason: str, user: User, now: datetime) -> None:
    """Take an inspection off the school's page; it is kept, with the reason."""
    refuse_if(why_no_inspection(user, inspection.school, now))
    lock_row(inspection.school)
    lock_row(inspection)  # a file that is imported just now may replace it
    if inspection.removed_at and (inspection.removal_reason, inspection.removed_by_id) == (reason, user.id):
        raise AlreadyTaken
    _take_out(inspection, reason, user, now)
    db.session.commit()


def _standing(school: School, regime: Regime, inspected_on: date) -> Inspection | None:
    return db.session.scalar(
        select(Inspection)
        .where(
            Inspection.school_id == school.id,
            Inspection.regime == regime.slug,
            Inspection.inspected_on == inspected_on,
            Inspection.removed_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def _take_out(inspection: Inspection, reason: str, user: User, now: datetime) -> None:
    if not reason:
        raise Refused("Enter why it is wrong.")
    if inspection.removed_at:
        raise Refused(GONE)
    inspection.removed_at, inspection.removed_by_id, inspection.removal_reason = now, user.id, reason
    db.session.flush()  # before another of the same day is added


def _why_wrong(
    regime: Regime, inspected_on: date, published_on: date | None, grades: Mapping[str, str], today: date
) -> str | None:
    if inspected_on > today or not regime.holds(inspected_on):
        return f"There was no inspection of the kind “{regime.words}” on that day."
    if published_on and not inspected_on <= published_on <= today:
        return "The report is published on or after the day of the inspection, and not in the future."
    if not grades:
        return "Select the grade of at least one area."
    known = all((area := regime.area(name)) and grade in area.grades for name, grade in grades.items())
    return None if known else f"“{regime.words}” has no such area or grade."
