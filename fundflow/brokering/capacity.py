"""How many days a school has promised in this school year, from bids that were awarded or offered."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, or_, select

from fundflow.extensions import db
from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine
from fundflow.models.school import School
from fundflow.workflow.application import BidState as S
from fundflow.workflow.working_days import london_date, school_year

PROMISED = (S.OFFERED, S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING)
ASKED_FOR = (S.AT_PANEL,)


class Days(NamedTuple):
    """Half days of a school's released staff in this school year."""

    promised: int = 0
    asked_for: int = 0  # in bids before the panel


def days_of(school_ids: Collection[int], now: datetime) -> dict[int, Days]:
    """Each school's days, with those of the schools it came from; a bid whose project runs in this
    school year counts in full."""
    start, end = school_year(london_date(now))
    untold = Bid.decision_held_until.is_not(None)  # decided, and the schools don't know yet
    promised = and_(Bid.state.in_(PROMISED), ~untold)
    half_days = func.sum(case((promised, BackfillLine.half_days), else_=0))
    asked = func.sum(case((or_(Bid.state.in_(ASKED_FOR), untold), BackfillLine.half_days), else_=0))
    rows = db.session.execute(
        select(SCHOOL_TODAY, half_days, asked)
        .join(School, School.id == BackfillLine.school_id)
        .join(Bid, Bid.id == BackfillLine.bid_id)
        .where(SCHOOL_TODAY.in_(school_ids), or_(Bid.state.in_((*PROMISED, *ASKED_FOR)), untold))
        .where(or_(Bid.start_on.is_(None), Bid.start_on <= end))
        .where(or_(Bid.end_on.is_(None), Bid.end_on >= start))
        .group_by(SCHOOL_TODAY)
    )
    return {school_id: Days(int(promised), int(asked_for)) for school_id, promised, asked_for in rows}
