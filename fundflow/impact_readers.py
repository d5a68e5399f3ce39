"""Who reads a school's reports on impact, and what follows them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.actors import actors_for
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.models.visit import Visit
from fundflow.permissions import sees_money
from fundflow.workflow.actors import Actor
from fundflow.workflow.working_days import london_date


def sees_follow_up(user: User, bid: Bid, now: datetime) -> bool:
    """Whether the Follow-up tab shows this person anything: those who see the bid's money, and people of
    another school of the bid that is visited."""
    if sees_money(user, bid, now):
        return True
    ours = {school.id for school in bid.schools} & set(user.school_ids(london_date(now)))
    session = object_session(bid)
    if not ours or session is None:
        return False
    visited = select(Visit.id).where(Visit.bid_id == bid.id, Visit.school_id.in_(ours)).limit(1)
    return session.scalar(visited) is not None


def sees_report(user: User, report: ImpactReturn, now: datetime) -> bool:
    """A school's report on impact: its own school always; those who see the money once it is sent; partners
    once it is accepted."""
    bid = report.bid
    if report.is_accepted or Actor.SCHOOL_TEAM in actors_for(user, bid, now):
        return True
    return report.submitted_at is not None and sees_money(user, bid, now)
