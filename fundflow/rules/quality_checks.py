"""Which support is checked for its quality and when (docs/rules.md, "Impact")."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid, Origin
from fundflow.models.fund import Fund
from fundflow.models.quality_check import CheckRating, QualityCheck
from fundflow.workflow.application import BidState
from fundflow.workflow.award import half_time
from fundflow.workflow.quality_check import CheckState, Stage
from fundflow.workflow.working_days import add_working_days

DAYS_TO_THE_FIRST = 20  # working days after the award is taken up
CHECKED_IN = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING, BidState.CLOSED)


def is_checked(bid: Bid) -> bool:
    """Whether the support of a bid with an award is checked: commissioned, or no longer on the lean path."""
    fund, pence = bid.fund, bid.awarded_pence or 0
    return fund.checks_support and (bid.origin is Origin.COMMISSIONED or pence >= fund.full_from_pence)


def to_begin() -> ColumnElement[bool]:
    """`is_checked` as a condition on a bid joined with its fund, of those in delivery without any check."""
    large = or_(Bid.origin == Origin.COMMISSIONED, Bid.awarded_pence >= Fund.full_from_pence)
    begun = select(QualityCheck.bid_id)
    return and_(
        Bid.state == BidState.IN_DELIVERY,
        Fund.checks_support,
        large,
        Bid.id.not_in(begun),
        Bid.removed_at.is_(None),
    )


def first_checks(bid: Bid, today: date) -> list[QualityCheck]:
    """The three checks of a bid that is taken up, or found in delivery, on a day, in the order of their days;
    none where it has none."""
    if not is_checked(bid):
        return []
    first = add_working_days(today, DAYS_TO_THE_FIRST, bid.fund.council_off)
    start, end = bid.start_on or today, bid.end_on or today
    midway = max(half_time(start, end), first)
    days = {Stage.PLAN: first, Stage.MIDWAY: midway, Stage.END: max(end, midway)}
    return [QualityCheck(bid=bid, stage=stage, due_on=day) for stage, day in days.items()]


def move_checks(bid: Bid, start: date | None, end: date) -> None:
    """Move the days of checks that are still to do to those of support from a day until a day."""
    for check in checks_of(bid):
        if check.state is CheckState.TO_DO and check.stage is not Stage.PLAN:
            check.due_on = end if check.stage is Stage.END else half_time(start or end, end)


def checks_of(bid: Bid) -> list[QualityCheck]:
    """The checks of a bid in the order of their stages; none while its fund checks nothing."""
    session = object_session(bid)
    if session is None or not bid.fund.checks_support:
        return []
    query = select(QualityCheck).where(QualityCheck.bid_id == bid.id).order_by(QualityCheck.id)
    return list(session.scalars(query))


def red_not_carried_out(bid: Bid) -> list[QualityCheck]:
    """The red checks of a bid whose action is not carried out."""
    return [c for c in checks_of(bid) if c.rating is CheckRating.RED and c.state is CheckState.TO_ACT]
