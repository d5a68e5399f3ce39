"""Visits of advisers: planned, moved, recorded, missed and caught up; the school's feedback."""

from datetime import date, datetime, timedelta

from fundflow.extensions import db
from fundflow.letters import write_for_step
from fundflow.models.adviser import AdviserVisit
from fundflow.models.person import User
from fundflow.rules.advising import next_ask
from fundflow.rules.visiting import why_not_visit_on
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.adviser_visit import ADVISER_VISIT, AdviserVisitState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.inputs import yes_or_no
from fundflow.workflow.working_days import london_date

LATEST = timedelta(days=366)  # after its term, that a visit may be planned for


def plan(
    visit: AdviserVisit, *, planned_on: date, purpose: str, user: User, now: datetime, version: int | None
) -> None:
    """Raises Refused for a day in the past or off."""
    _require_on(visit, "plan", planned_on, user, now, version)
    given = {"planned_on": planned_on, "purpose": purpose}
    take_step(visit, "plan", user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def move(
    visit: AdviserVisit, *, planned_on: date, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """To another day. Raises Refused for one in the past or off."""
    _require_on(visit, "move", planned_on, user, now, version)
    given = {"planned_on": planned_on, "reason": reason}
    take_step(visit, "move", user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def _require_on(
    visit: AdviserVisit, step: str, day: date, user: User, now: datetime, version: int | None
) -> None:
    """Lock the visit; raises Refused where the step can't be taken, or not with this day."""
    lock(visit, version, step=step, user=user)
    require_step(visit, step, user, now)
    today, begins = london_date(now), visit.allocation.starts_on
    if today <= day < begins:
        raise Refused(f"{visit.adviser.name} advises the school from {day_words(begins)}.")
    if day > visit.due_on + LATEST:
        raise Refused(f"The visit is due by {day_words(visit.due_on)}. Choose a day within a year of that.")
    refuse_if(why_not_visit_on(visit.fund, day, today))


def record(
    visit: AdviserVisit,
    *,
    visited_on: date,
    note: str,
    actions: list[dict[str, str]],
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """It took place; `actions` as `AdviserVisit.actions`. Raises Refused for a day ahead."""
    lock(visit, version, step="done", user=user)
    require_step(visit, "done", user, now)
    if visited_on > london_date(now):
        raise Refused("A visit can’t have taken place in the future.")
    if visited_on < visit.allocation.starts_on:
        begins = day_words(visit.allocation.starts_on)
        raise Refused(f"{visit.adviser.name} advises the school from {begins}.")
    given = {"visited_on": visited_on, "note": note, "actions": actions}
    take_step(visit, "done", user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def with_reason(
    visit: AdviserVisit, *, step: str, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """A step that keeps its reason: it was missed, is not made up for, or is cancelled."""
    given = {"reason": reason}
    take_step(visit, step, user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def catch_up(
    visit: AdviserVisit, *, planned_on: date, purpose: str, user: User, now: datetime, version: int | None
) -> AdviserVisit:
    """Another visit that makes up for one that was missed; its letters lead to the new one.

    Raises Refused for a day in the past or off.
    """
    _require_on(visit, "catch_up", planned_on, user, now, version)
    given = {"planned_on": planned_on, "purpose": purpose}
    step = ADVISER_VISIT.find("catch_up", visit.state)
    entry = take_step(
        visit, "catch_up", user=user, now=now, version=version, given=given, unwritten=step.emails
    )
    another = AdviserVisit(
        allocation=visit.allocation,
        fund=visit.fund,
        adviser=visit.adviser,
        school=visit.school,
        school_year=visit.school_year,
        term=visit.term,
        due_on=planned_on,
        makes_up_for=visit,
        state_since=now,
    )
    db.session.add(another)
    db.session.flush()  # the step locks its row
    told = tuple(name for row in ADVISER_VISIT.rows("plan") for name in row.emails)
    take_step(another, "plan", user=user, now=now, given=given, also=given, unwritten=told)
    write_for_step(another, step, entry, given)
    db.session.commit()
    return another


def rate(
    visit: AdviserVisit,
    *,
    usefulness: int,
    helped: bool,
    feedback: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """The school’s head says how useful the visit was."""
    said = {"usefulness": usefulness, "helped": helped, "feedback": feedback}
    given = {**said, "helped": yes_or_no(helped)}
    also = {**said, "rated_at": now, "rated_by_id": user.id}
    take_step(visit, "rate", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def chase_feedback(visit: AdviserVisit, *, now: datetime) -> int:
    """The clock asks again, or records that nothing was given; 1 where it did. Commits."""
    lock(visit, None)
    if visit.state is not AdviserVisitState.DONE or london_date(now) < next_ask(visit):
        return 0
    if visit.chased_at:
        take_step(visit, "record_not_rated", user=None, now=now)
    else:
        take_step(visit, "chase", user=None, now=now, also={"chased_at": now})
    db.session.commit()
    return 1
