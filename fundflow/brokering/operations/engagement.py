"""The engagement log: written by officers, never changed."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.brokering.queries import require_broker
from fundflow.extensions import db
from fundflow.models.engagement import ContactWay, Engagement
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.steps import lock_row
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


class ContactSaid(NamedTuple):
    """One contact: when, how, with whom, what came of it, and when the next is due."""

    on: date
    how: ContactWay
    with_whom: str
    said: str
    next_on: date | None = None


def log(fund: Fund, school: School, line: ContactSaid, *, user: User, now: datetime) -> Engagement:
    """Write a line; another line puts a mistake right. A second click returns the first one's line.
    Raises Refused."""
    require_broker(user, now, fund.id)
    if not fund.shares_practice:
        raise Refused(f"{fund.name} keeps no engagement log. An administrator can switch it on.")
    if school.la_code != fund.la_code:
        raise Refused(f"{fund.name} does not serve {school.name}.")
    if line.on > london_date(now):
        raise Refused("The contact can’t lie in the future.")
    if line.next_on and line.next_on <= line.on:
        raise Refused("The next contact must be after this one.")
    if bar := OwnBodies.of(user, london_date(now)).bar_from([school]):
        raise Refused(f"You can’t log this: {bar_to_you(bar)}. A colleague can.")
    lock_row(fund)  # one at a time, so that a second click finds the line of the first
    known = db.session.scalar(
        select(Engagement)
        .where(Engagement.fund_id == fund.id, Engagement.school_id == school.id)
        .order_by(Engagement.id.desc())
        .limit(1)
    )
    if known is not None and known.by_id == user.id and _says(known) == line:
        return known
    made = Engagement(fund=fund, school=school, at=now, by=user, **line._asdict())
    db.session.add(made)
    db.session.commit()
    return made


def _says(line: Engagement) -> ContactSaid:
    return ContactSaid(*(getattr(line, name) for name in ContactSaid._fields))
