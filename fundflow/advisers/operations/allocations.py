"""An adviser is allocated to a school, with a plan of visits; the allocation ends."""

from datetime import date, datetime

from sqlalchemy import select

from fundflow.advisers import queries
from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import addressees
from fundflow.models.adviser import Adviser, AdviserAllocation, AdviserVisit
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.advising import visits_of_year, why_not_advise
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.steps import lock, note, take_step
from fundflow.workflow.adviser_visit import ADVISER_VISIT, AHEAD
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date, school_year

FURTHEST = 366  # days ahead that an allocation may begin


def allocate(
    adviser: Adviser,
    school: School,
    *,
    starts_on: date,
    visits: int,
    why: str,
    user: User,
    now: datetime,
    version: int | None,
) -> AdviserAllocation:
    """One open allocation a school, with the plan of this school year’s visits. Raises Refused for the
    adviser’s own school or trust, the officer’s own, and more visits than the adviser’s half days."""
    lock(adviser, version, step="allocate", user=user)
    queries.require_keeper(adviser, user, now)
    _require_unbarred(school, user, now)
    if adviser.account and OwnBodies.of(adviser.account, london_date(now)).bar_from([school]):
        raise Refused(f"{adviser.name} belongs to {school.name} or its trust, so can’t advise it.")
    refuse_if(why_not_advise(adviser, school, visits, queries.visits_promised(adviser)))
    if abs((starts_on - london_date(now)).days) > FURTHEST:
        raise Refused("An allocation begins within a year from now.")
    if other := _open_allocation(adviser.fund_id, school):
        raise Refused(f"{other.adviser.name} advises {school.name} already. End that allocation first.")
    allocation = AdviserAllocation(
        fund=adviser.fund, adviser=adviser, school=school, starts_on=starts_on, visits=visits, why=why
    )
    db.session.add(allocation)
    year = school_year(max(starts_on, london_date(now)))[0].year
    plan_year(allocation, year, now)
    note(
        adviser,
        "allocate",
        f"Allocated to {school.name}"[:200],
        user=user,
        now=now,
        version=version,
        given={"school_id": school.id, "visits": visits},
    )
    entry = note(allocation, "allocate", "Allocated an adviser", user=user, now=now)
    _tell("allocated", allocation, entry)
    db.session.commit()
    return allocation


def plan_year(allocation: AdviserAllocation, year: int, now: datetime) -> int:
    """The visits of one school year; how many there are. Commits nothing."""
    plan = list(visits_of_year(allocation, year))
    for visit in plan:
        visit.state_since = now
    db.session.add_all(plan)
    db.session.flush()
    return len(plan)


def plan_next_year(allocation: AdviserAllocation, *, now: datetime) -> int:
    """The clock plans the visits of a school year that has begun; how many. Commits."""
    lock(allocation, None)
    year = school_year(london_date(now))[0].year
    if allocation.ends_on or any(visit.school_year >= year for visit in allocation.plan):
        return 0
    planned = plan_year(allocation, year, now)
    db.session.commit()
    return planned


def end(
    allocation: AdviserAllocation, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """From today nobody advises the school; visits that have not taken place are cancelled.

    Raises Refused.
    """
    lock(allocation, version, step="end", user=user)
    queries.require_keeper(allocation.adviser, user, now)
    _require_unbarred(allocation.school, user, now)
    if allocation.ends_on:
        raise Refused("This allocation has ended already.")
    for visit in allocation.plan:
        if visit.state in AHEAD:
            take_step(
                visit,
                "cancel",
                user=user,
                now=now,
                given={"reason": reason},
                also={"reason": reason},
                unwritten=_of("cancel"),
            )
    allocation.ends_on = max(london_date(now), allocation.starts_on)
    allocation.end_reason = reason
    entry = note(
        allocation, "end", "Ended an adviser’s allocation", user=user, now=now, reason=reason, version=version
    )
    _tell("ended", allocation, entry)
    db.session.commit()


def _require_unbarred(school: School, user: User, now: datetime) -> None:
    if bar := OwnBodies.of(user, london_date(now)).bar_from([school]):
        raise Refused(f"You can’t choose an adviser for this school: {bar_to_you(bar)}. A colleague can.")


def _of(step: str) -> tuple[str, ...]:
    """The recipients of a step, who get one letter about the whole allocation instead."""
    return tuple(name for row in ADVISER_VISIT.rows(step) for name in row.emails)


def _open_allocation(fund_id: int, school: School) -> AdviserAllocation | None:
    return db.session.scalar(
        select(AdviserAllocation).where(
            AdviserAllocation.fund_id == fund_id,
            AdviserAllocation.school_id == school.id,
            AdviserAllocation.ends_on.is_(None),
        )
    )


def _tell(what: str, allocation: AdviserAllocation, entry: HistoryEntry) -> None:
    plan: list[AdviserVisit] = sorted(allocation.plan, key=lambda visit: visit.due_on)
    for recipient in ("school", "adviser"):
        for who in addressees(recipient, allocation, entry.at):
            write_letter(
                f"advisers/{what}.txt",
                recipient,
                who,
                key=f"adviser_allocation:{allocation.id}:{what}:{recipient}:{who.email.lower()}",
                now=entry.at,
                entry=entry,
                path=allocation.path,
                context={"record": allocation, "plan": plan},
            )
