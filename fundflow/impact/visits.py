"""Visits: planned, moved, recorded with what was seen, or missed."""

from datetime import date, datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.visit import Visit
from fundflow.permissions import sees_as_staff, sees_money, sees_notes
from fundflow.rules.visiting import why_not_visit_on
from fundflow.steps import lock, lock_to_make, require_step, take_step, why_no_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.visit import VISIT
from fundflow.workflow.working_days import london_date


def why_not_plan(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may plan a visit for the bid now, else the sentence."""
    return why_no_step(Visit(bid=bid), "plan", user, now)


def plan(
    bid: Bid,
    *,
    school_id: int,
    planned_on: date,
    half_days: int,
    purpose: str,
    user: User,
    now: datetime,
    version: int | None,
) -> Visit:
    """A visit by this person to a school of the bid.

    Raises AlreadyTaken at the second click, Refused for a day in the past or off, or another school.
    """
    lock_to_make(bid, VISIT.name, user, version)
    refuse_if(why_not_visit_on(bid.fund, planned_on, london_date(now)))
    if school_id not in {school.id for school in bid.schools}:
        raise Refused("That school takes no part in this bid.")
    said = {"school_id": school_id, "planned_on": planned_on, "half_days": half_days, "purpose": purpose}
    visit = Visit(bid=bid, planned_at=now, planned_by=user, **said)
    db.session.add(visit)
    db.session.flush()  # the step locks its row
    take_step(visit, "plan", user=user, now=now, given={**said, "made_from": version})
    db.session.commit()
    return visit


def move(
    visit: Visit, *, planned_on: date, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """To another day. Raises Refused for one in the past or off."""
    lock(visit, version, step="move", user=user)
    require_step(visit, "move", user, now)
    refuse_if(why_not_visit_on(visit.bid.fund, planned_on, london_date(now)))
    given = {"planned_on": planned_on, "reason": reason}
    take_step(visit, "move", user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def record(
    visit: Visit,
    *,
    visited_on: date,
    half_days: int,
    note: str,
    shared: bool,
    teaching: int | None,
    teaching_note: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """It took place: what was seen, and whether the school reads it. Raises Refused for a day ahead."""
    lock(visit, version, step="done", user=user)
    require_step(visit, "done", user, now)
    if visited_on > london_date(now):
        raise Refused("A visit can’t have taken place in the future.")
    seen = {"note": note, "teaching": teaching, "teaching_note": teaching_note}
    facts = {"visited_on": visited_on, "half_days": half_days, "shared": shared}
    # What is kept for the council stands in the visit alone, not in the history that schools read.
    given = {**facts, **seen} if shared else {**facts, "note": "kept"}
    take_step(visit, "done", user=user, now=now, version=version, given=given, also={**facts, **seen})
    db.session.commit()


def miss(visit: Visit, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """It did not take place."""
    lock(visit, version, step="miss", user=user)
    require_step(visit, "miss", user, now)
    given = {"reason": reason}
    take_step(visit, "miss", user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def visits_for(user: User, bid: Bid, now: datetime) -> list[Visit]:
    """The visits of a bid that this person may see, the latest day first: all for those who see its money,
    those to their own school for people of another school."""
    query = select(Visit).where(Visit.bid_id == bid.id).order_by(Visit.planned_on.desc(), Visit.id.desc())
    if not sees_money(user, bid, now):
        query = query.where(Visit.school_id.in_(user.school_ids(london_date(now))))
    return list(db.session.scalars(query))


def reads_note(user: User, visit: Visit, now: datetime) -> bool:
    """Whether this person reads what was seen: one that is shared, people of the school that was visited
    and those who see the bid's money for the council; one that is kept, who reads its notes."""
    if sees_notes(user, visit.bid, now):
        return True
    own = visit.school_id in user.school_ids(london_date(now))
    return visit.shared and (own or sees_as_staff(user, visit.bid, now))
