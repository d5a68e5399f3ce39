"""What the page of a bid's days shows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from fundflow.extensions import db
from fundflow.models.area import same_schools
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.person import User
from fundflow.permissions import sees_money
from fundflow.workflow.working_days import london_date


def log_of(bid: Bid, user: User, now: datetime) -> Sequence[WorkedDay]:
    """The log, newest day first: all of it to anyone who sees the money, else what is of their schools."""
    query = (
        select(WorkedDay)
        .join(WorkedDay.line)
        .where(WorkedDay.bid_id == bid.id)
        .order_by(WorkedDay.day.desc(), WorkedDay.id.desc())
        .options(
            contains_eager(WorkedDay.line).options(joinedload(AwardLine.school)),
            joinedload(WorkedDay.spent_at),
            joinedload(WorkedDay.confirms),
            joinedload(WorkedDay.logged_by),
            joinedload(WorkedDay.confirmed_by),
            joinedload(WorkedDay.struck_by),
            joinedload(WorkedDay.claim),
        )
    )
    if not sees_money(user, bid, now):
        mine = same_schools(user.school_ids(london_date(now)))
        columns = (WorkedDay.school_id, WorkedDay.where_id, WorkedDay.confirms_id, WorkedDay.by_school_id)
        query = query.where(or_(*(column.in_(mine) for column in columns)))
    return db.session.scalars(query).unique().all()
