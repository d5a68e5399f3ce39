"""The standing register: people keep their own lines, the clerk those of the members of a panel.

A line takes effect at once, everywhere. What its person voted and scored on bids of the school or
trust no longer counts, where the line keeps them from it (`interests.late`).
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.interests.late import void_for_registered_interest
from fundflow.interests.register import may_record_for
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.models.school import School, Trust
from fundflow.steps import lock_row
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

KEEPS_OUT = (
    "This line keeps you from something that is before the panel now. Ask the panel’s clerk to "
    "end it, with the reason."
)


class Where(NamedTuple):
    """What a line is about: one of the three."""

    school: School | None = None
    trust: Trust | None = None
    body: str = ""


def register_interest(
    person: User,
    sort: InterestSort,
    where: Where,
    *,
    bars: bool,
    text: str,
    from_on: date | None,
    user: User,
    now: datetime,
    worked_until: int | None = None,
) -> RegisteredInterest:
    """Add a line to somebody's register; the same line twice is one. Raises Refused.

    bars          without effect for a body that is no school or trust, and for a former employer
    from_on       since when there is this tie
    worked_until  of a former employer: the year in which that ended
    """
    _require_may(person, user, now)
    if sum(map(bool, where)) != 1:
        raise Refused("Enter a school, a trust or another body: one of them.")
    if from_on and from_on > london_date(now):
        raise Refused("The first day of this tie can’t be in the future.")
    lock_row(person)
    said = {
        "sort": sort,
        "school_id": where.school.id if where.school else None,
        "trust_id": where.trust.id if where.trust else None,
        "body": where.body,
        "bars": bars and not where.body and worked_until is None,
        "worked_until": worked_until,
        "text": text,
        "from_on": from_on,
    }
    known = db.session.scalars(
        select(RegisteredInterest)
        .filter_by(user_id=person.id, ended_on=None, **{k: v for k, v in said.items() if v is not None})
        .limit(1)
    ).first()
    if known is not None:
        db.session.commit()  # a second click
        return known
    line = RegisteredInterest(user=person, registered_at=now, registered_by_id=user.id, **said)
    db.session.add(line)
    record_event(
        person,
        "register_interest",
        f"Registered an interest in {line_words(where)}: {line.effect.lower()}",
        user=user,
        now=now,
    )
    db.session.flush()
    void_for_registered_interest(line, user=user, now=now)
    db.session.commit()
    return line


def line_words(where: Where) -> str:
    return where.school.name if where.school else where.trust.name if where.trust else where.body


def end_interest(line: RegisteredInterest, *, last_day: date, reason: str, user: User, now: datetime) -> None:
    """End a line after its last day; it stays to be read. Raises Refused.

    Who is barred by it from something before the panel can't end it themselves.
    """
    person = line.user
    _require_may(person, user, now)
    lock_row(line)
    if line.ended_on is not None:
        raise Refused("This line has ended already.")
    if last_day > london_date(now) or (line.from_on and last_day < line.from_on):
        raise Refused("The last day can’t be in the future, or before the tie began.")
    if user.id == person.id and line.bars and _is_before_a_panel(line):
        raise Refused(KEEPS_OUT)
    line.ended_on = last_day
    record_event(
        person,
        "end_interest",
        f"Interest in {line.where} ended on {day_words(last_day)}",
        user=user,
        now=now,
        reason=reason,
    )
    db.session.commit()


def _require_may(person: User, user: User, now: datetime) -> None:
    if not may_record_for(user, person, now):
        raise Refused("Only the person, and the clerk of a panel they sit on, can change these lines.")


def _is_before_a_panel(line: RegisteredInterest) -> bool:
    """Whether a bid in which the line's school or trust takes part is before a panel now."""
    theirs = _schools_of(line)
    partner = select(Partner.bid_id).where(Partner.school_id.in_(theirs))
    query = (
        select(AgendaItem.id)
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(Meeting)
        .where(AgendaItem.outcome.is_(None), Meeting.state != MeetingState.CANCELLED)
        .where(or_(Bid.lead_school_id.in_(theirs), Bid.id.in_(partner)))
        .limit(1)
    )
    return db.session.scalar(query) is not None


def _schools_of(line: RegisteredInterest) -> list[int]:
    """The school with its successor, or the trust's schools."""
    if line.trust_id:
        return list(db.session.scalars(select(School.id).where(School.trust_id == line.trust_id)))
    school = line.school
    return [number for number in (school.id, school.succeeded_by_id) if number] if school else []
