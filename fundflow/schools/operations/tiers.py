"""A school's tier of intervention: an entry more, never a changed one."""

from datetime import date, datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.area import Tier, TierEntry
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.schools.rules import why_no_tier
from fundflow.steps import AlreadyTaken, Stale, lock_row
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date


def record_tier(
    school: School, *, tier: Tier, reason: str, from_on: date, latest: int, user: User, now: datetime
) -> None:
    """Record which tier a school is in from a day on, and why; commits.

    latest  the id of the newest entry the page showed, 0 where there was none
    """
    add_tier(school, tier=tier, reason=reason, from_on=from_on, latest=latest, user=user, now=now)
    db.session.commit()


def add_tier(
    school: School, *, tier: Tier, reason: str, from_on: date, latest: int, user: User, now: datetime
) -> None:
    """`record_tier` for an operation that commits by itself."""
    refuse_if(why_no_tier(user, school, now))
    if from_on > london_date(now):
        raise Refused("The tier must have begun: enter today’s date or an earlier one.")
    lock_row(school)
    newest = db.session.scalar(
        select(TierEntry).where(TierEntry.school_id == school.id).order_by(TierEntry.id.desc()).limit(1)
    )
    if newest is not None and newest.id != latest:
        same = (newest.tier, newest.reason, newest.from_on, newest.by_id) == (tier, reason, from_on, user.id)
        raise AlreadyTaken if same else Stale
    db.session.add(
        TierEntry(school_id=school.id, tier=int(tier), reason=reason, from_on=from_on, at=now, by_id=user.id)
    )
