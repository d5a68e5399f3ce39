"""Two-year targets of a school: set, changed, measured and ended; what was said before is kept."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid_parts import range_of
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.target import SchoolTarget, TargetFigure, TargetTerms
from fundflow.schools.area_queries import link_officers
from fundflow.schools.rules import why_no_target, why_not_own, works_for
from fundflow.steps import AlreadyTaken, Stale, lock_row
from fundflow.web.jinja import number
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date, months_after

ENDED = "This target has ended."
MOST_MONTHS = 36  # a target lies about two years ahead


def set_target(
    school: School,
    measure: Measure,
    *,
    baseline: Decimal,
    baseline_on: date,
    target: Decimal,
    target_on: date,
    owner: User,
    reason: str,
    user: User,
    now: datetime,
) -> SchoolTarget:
    """Set a target for one measure of a fund, which no other target of the school runs for."""
    refuse_if(why_no_target(user, school, now))
    if not works_for(user, measure.fund_id, now):
        raise Refused("This measure belongs to a fund that you don’t work for. Select another.")
    if measure.retired:
        raise Refused("This measure is no longer offered. Select another.")
    refuse_if(_why_no_value(measure, baseline))
    if baseline_on > london_date(now):
        raise Refused("The baseline must have been measured: enter today’s date or an earlier one.")
    made = SchoolTarget(school=school, measure=measure, baseline=baseline, baseline_on=baseline_on)
    refuse_if(_why_not_terms(made, target, target_on, now))
    _refuse_owner(owner, school, measure, now)
    lock_row(school)
    running = db.session.scalar(
        select(SchoolTarget).where(
            SchoolTarget.school_id == school.id,
            SchoolTarget.measure_id == measure.id,
            SchoolTarget.ended_at.is_(None),
        )
    )
    if running is not None:
        said = (running.baseline, running.baseline_on, running.now.target, running.now.by_id)
        same = said == (baseline, baseline_on, target, user.id)
        raise AlreadyTaken if same else Refused("A target for this measure is set. Change that one instead.")
    db.session.add(made)
    made.terms.append(TargetTerms(**_terms(target, target_on, owner, reason, user), at=now))
    db.session.commit()
    return made


def change_target(
    record: SchoolTarget,
    *,
    target: Decimal,
    target_on: date,
    owner: User,
    reason: str,
    version: int,
    user: User,
    now: datetime,
) -> None:
    """Set where it is to come to, by when and with whom; what was set before is kept.

    Raises AlreadyTaken at the second click.
    """
    _hold(record, user, now)
    given = _terms(target, target_on, owner, reason, user)
    before = record.now
    _compare(record, version, is_second=_says(before, given))
    if (before.target, before.target_on, before.owner_id) == (target, target_on, owner.id):
        raise Refused("Nothing differs from what was set before.")
    refuse_if(_why_not_terms(record, target, target_on, now))
    if owner.id != before.owner_id:
        _refuse_owner(owner, record.school, record.measure, now)
    record.terms.append(TargetTerms(**given, at=now))
    record.touch()
    db.session.commit()


def add_figure(
    record: SchoolTarget,
    *,
    value: Decimal,
    measured_on: date,
    source: str,
    version: int,
    user: User,
    now: datetime,
) -> None:
    """Enter where it stood on a day after the baseline's, and who says so.

    Raises AlreadyTaken at the second click.
    """
    _hold(record, user, now)
    given = {"value": value, "measured_on": measured_on, "source": source, "by_id": user.id}
    is_second = any(one.removed_at is None and _says(one, given) for one in record.figures)
    _compare(record, version, is_second=is_second)
    refuse_if(_why_no_value(record.measure, value))
    if not record.baseline_on < measured_on <= london_date(now):
        raise Refused("The figure must be from a day after the baseline’s, and not from the future.")
    if any(one.measured_on == measured_on and one.removed_at is None for one in record.figures):
        raise Refused("There is a figure of that day. Remove it first if it is wrong.")
    record.figures.append(TargetFigure(**given, at=now))
    record.touch()
    db.session.commit()


def remove_figure(
    figure: TargetFigure, record: SchoolTarget, *, reason: str, user: User, now: datetime
) -> None:
    """Take back a figure that is wrong; it is kept, with the reason."""
    refuse_if(why_no_target(user, record.school, now))
    lock_row(record)
    db.session.refresh(figure)
    if figure.removed_at:
        same = (figure.removal_reason, figure.removed_by_id) == (reason, user.id)
        raise AlreadyTaken if same else Refused("Somebody removed this figure already.")
    if record.ended_at:
        raise Refused(ENDED)
    figure.removed_at, figure.removed_by_id, figure.removal_reason = now, user.id, reason
    record.touch()
    db.session.commit()


def end_target(record: SchoolTarget, *, reason: str, user: User, now: datetime) -> None:
    """End a target; it is kept, with the reason."""
    refuse_if(why_no_target(user, record.school, now))
    lock_row(record)
    if record.ended_at:
        same = (record.end_reason, record.ended_by_id) == (reason, user.id)
        raise AlreadyTaken if same else Refused(ENDED)
    record.ended_at, record.ended_by_id, record.end_reason = now, user.id, reason
    record.touch()
    db.session.commit()


def _hold(record: SchoolTarget, user: User, now: datetime) -> None:
    refuse_if(why_no_target(user, record.school, now))
    lock_row(record)
    if record.ended_at:
        raise Refused(ENDED)


def _compare(record: SchoolTarget, version: int, *, is_second: bool) -> None:
    """Raises Stale for the page of another version, AlreadyTaken where it said what was kept then."""
    if version != record.version:
        raise AlreadyTaken if is_second else Stale


def _says(kept: TargetTerms | TargetFigure, given: Mapping[str, Any]) -> bool:
    return all(getattr(kept, name) == value for name, value in given.items())


def _terms(target: Decimal, target_on: date, owner: User, reason: str, user: User) -> dict[str, Any]:
    return {
        "target": target,
        "target_on": target_on,
        "owner_id": owner.id,
        "reason": reason,
        "by_id": user.id,
    }


def _why_not_terms(record: SchoolTarget, target: Decimal, target_on: date, now: datetime) -> str | None:
    today = london_date(now)
    if why := _why_no_value(record.measure, target):
        return why
    if target == record.baseline:
        return "The target must differ from the baseline."
    if why := record.measure.why_not_better(record.baseline, target):
        return f"{why}."
    if not max(today, record.baseline_on) < target_on <= months_after(today, MOST_MONTHS):
        return "The target’s date must be after today, and at most three years ahead."
    return None


def _why_no_value(measure: Measure, value: Decimal) -> str | None:
    least, greatest = range_of(measure, measure.name, measure.unit, is_gap=False)
    if least <= value <= greatest:
        return None
    return f"A value of this measure lies between {number(least)} and {number(greatest)}."


def _refuse_owner(owner: User, school: School, measure: Measure, now: datetime) -> None:
    if owner not in link_officers(now, measure.fund_id):
        raise Refused("Select somebody who is a liaison officer of the measure’s fund today.")
    if why_not_own(owner, school, now):
        raise Refused(f"{owner.name} belongs to {school.name} or its trust. Select a colleague.")
