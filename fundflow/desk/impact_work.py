"""Which bids wait for somebody because of what changed: conditions for the table of My work."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from fundflow.desk.some import some
from fundflow.models.bid import Bid
from fundflow.models.columns import is_in
from fundflow.models.follow_up import FollowUp
from fundflow.models.impact import ImpactReturn
from fundflow.models.payment import OPEN_CLAIMS, Claim
from fundflow.models.visit import Visit
from fundflow.rules.asker import Asker
from fundflow.rules.follow_ups import WANTED
from fundflow.rules.interests.bars import is_hidden
from fundflow.rules.returns import is_late
from fundflow.workflow.application import BidState
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.visit import VisitState

PLANNED = is_in(Visit.state, [VisitState.PLANNED])
OPEN = is_in(FollowUp.state, [FollowUpState.OPEN])  # few, with an index of them


def follow_up_wanted(who: Asker) -> ColumnElement[bool]:
    """Bids rated red or amber with which nobody has agreed a follow-up action."""
    return and_(some(ImpactReturn.bid_id, WANTED), ~is_hidden(who))


def our_follow_up(who: Asker) -> ColumnElement[bool]:
    """Actions of this person's schools that are to be done."""
    return and_(Bid.lead_school_id.in_(who.schools), some(FollowUp.bid_id, OPEN))


def follow_up_overdue(who: Asker) -> ColumnElement[bool]:
    return and_(some(FollowUp.bid_id, OPEN, FollowUp.due_on < who.day), ~is_hidden(who))


def visit_to_record(who: Asker) -> ColumnElement[bool]:
    """Bids for which this person planned a visit whose day has come."""
    mine = (PLANNED, Visit.planned_by_id == who.id, Visit.planned_on <= who.day)
    return and_(some(Visit.bid_id, *mine), ~is_hidden(who))


def visit_day(who: Asker) -> Any:
    """The day of the first visit that this person has yet to record."""
    day = select(func.min(Visit.planned_on)).where(
        Visit.bid_id == Bid.id, PLANNED, Visit.planned_by_id == who.id
    )
    return day.correlate(Bid).scalar_subquery()


def follow_up_due(_who: Asker) -> Any:
    """When the first of a bid's open actions is due."""
    due = select(func.min(FollowUp.due_on)).where(FollowUp.bid_id == Bid.id, OPEN)
    return due.correlate(Bid).scalar_subquery()


def report_to_check(_who: Asker) -> ColumnElement[bool]:
    return some(ImpactReturn.bid_id, ImpactReturn.state == ReturnState.SUBMITTED)


def report_late(who: Asker) -> ColumnElement[bool]:
    """Bids with a report that is late."""
    its = aliased(Bid)
    return some(ImpactReturn.bid_id, its.id == ImpactReturn.bid_id, is_late(who.day, its))


def to_close(_who: Asker) -> ColumnElement[bool]:
    """Bids whose final report is accepted, and that no claim keeps from closing; of all whose report was ever
    accepted most are closed."""
    final = and_(ImpactReturn.kind == ReturnKind.FINAL, ImpactReturn.state == ReturnState.ACCEPTED)
    its = exists().where(ImpactReturn.bid_id == Bid.id, final).correlate(Bid)
    claimed = exists().where(Claim.bid_id == Bid.id, Claim.state.in_(OPEN_CLAIMS)).correlate(Bid)
    return and_(Bid.state == BidState.IN_MONITORING, its, ~claimed)
