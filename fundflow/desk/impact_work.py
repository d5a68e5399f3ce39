"""Which bids wait for somebody because of what changed: conditions for the table of My work."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select, union_all
from sqlalchemy.orm import aliased

from fundflow.desk.conditions import Condition, Deadline, in_hand_or_nobodys
from fundflow.desk.some import some, the_one_bid
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.feedback import Feedback
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import Fund
from fundflow.models.impact import EDITABLE_RETURNS, ImpactReturn
from fundflow.models.payment import OPEN_CLAIMS, Claim
from fundflow.models.quality_check import QualityCheck
from fundflow.models.visit import Visit
from fundflow.rules.asker import Asker
from fundflow.rules.follow_ups import WANTED
from fundflow.rules.interests.bars import is_hidden
from fundflow.rules.returns import is_open, ways_to_be_late
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import OPEN as OPEN_CHANGES
from fundflow.workflow.feedback import FeedbackState
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.quality_check import CheckState
from fundflow.workflow.visit import VisitState

PLANNED = Visit.state.in_([VisitState.PLANNED])
OPEN = FollowUp.state.in_([FollowUpState.OPEN])  # few, with an index of them
TO_CHECK = QualityCheck.state.in_([CheckState.TO_DO])
TO_ACT = QualityCheck.state.in_([CheckState.TO_ACT])


def follow_up_wanted(who: Asker) -> ColumnElement[bool]:
    """Bids rated red or amber with which nobody has agreed a follow-up action."""
    return and_(some(ImpactReturn.bid_id, WANTED), ~is_hidden(who))


def summary_unread(who: Asker) -> ColumnElement[bool]:
    """Awards whose final report has a summary that nobody has read for the register."""
    unread = some(
        ImpactReturn.bid_id,
        ImpactReturn.kind == ReturnKind.FINAL,
        ImpactReturn.state == ReturnState.ACCEPTED,
        ImpactReturn.summary != literal_column("''"),
        ImpactReturn.summary_published_at.is_(None),
    )
    return and_(unread, in_hand_or_nobodys(who))


def our_follow_up(who: Asker) -> ColumnElement[bool]:
    """Actions of this person's schools that are to be done."""
    return and_(Bid.lead_school_id.in_(who.schools), some(FollowUp.bid_id, OPEN))


def follow_up_overdue(who: Asker) -> ColumnElement[bool]:
    return and_(some(FollowUp.bid_id, OPEN, FollowUp.due_on < who.day), ~is_hidden(who))


def _checked_here() -> ColumnElement[bool]:
    """Bids whose fund checks support, and that are under way."""
    funds = select(Fund.id).where(Fund.checks_support)
    under_way = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING)
    return and_(Bid.fund_id.in_(funds), Bid.state.in_(under_way))


def check_due(who: Asker) -> ColumnElement[bool]:
    """Bids with a quality check whose day has come."""
    due = some(QualityCheck.bid_id, TO_CHECK, QualityCheck.due_on <= who.day)
    return and_(due, _checked_here(), in_hand_or_nobodys(who))


def check_day(_who: Asker) -> Any:
    """The day of the first quality check that is to do."""
    due = select(func.min(QualityCheck.due_on)).where(QualityCheck.bid_id == Bid.id, TO_CHECK)
    return due.correlate(Bid).scalar_subquery()


def check_action_late(who: Asker) -> ColumnElement[bool]:
    """Bids with an action after a quality check that is past its day."""
    late = some(QualityCheck.bid_id, TO_ACT, QualityCheck.action_due_on < who.day)
    return and_(late, _checked_here(), in_hand_or_nobodys(who))


def check_action_day(_who: Asker) -> Any:
    due = select(func.min(QualityCheck.action_due_on)).where(QualityCheck.bid_id == Bid.id, TO_ACT)
    return due.correlate(Bid).scalar_subquery()


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


def report_to_write(kind: ReturnKind) -> Condition:
    """Final reports once the support has ended, the others once they have fallen due."""
    asked = [ReturnState.DUE, ReturnState.RETURNED]
    if kind is ReturnKind.FINAL:
        asked.append(ReturnState.SCHEDULED)

    def condition(who: Asker) -> ColumnElement[bool]:
        its = ImpactReturn.bid_id == Bid.id, ImpactReturn.kind == kind, ImpactReturn.state.in_(asked)
        return and_(Bid.lead_school_id.in_(who.schools), exists().where(*its, is_open()).correlate(Bid))

    return condition


def report_due(kind: ReturnKind) -> Deadline:
    """When the report of a kind is wanted that the school is to send."""

    def due(_who: Asker) -> Any:
        its = ImpactReturn.bid_id == Bid.id, ImpactReturn.kind == kind
        first = select(func.min(ImpactReturn.wanted_on)).where(
            *its, ImpactReturn.state.in_(EDITABLE_RETURNS), is_open()
        )
        return first.correlate(Bid).scalar_subquery()

    return due


def report_to_check(kind: ReturnKind) -> Condition:
    its = ImpactReturn.kind == kind, ImpactReturn.state == ReturnState.SUBMITTED
    return lambda _who: some(ImpactReturn.bid_id, *its)


def report_late(kind: ReturnKind) -> Condition:
    """Bids with a report of a kind that is late."""

    def condition(who: Asker) -> ColumnElement[bool]:
        its = aliased(Bid)
        of_kind = its.id == ImpactReturn.bid_id, ImpactReturn.kind == kind, is_open(its)
        late = ways_to_be_late(who.day)
        if the_one_bid() is not None:
            return some(ImpactReturn.bid_id, *of_kind, or_(*late))
        # Two ways along the index: with OR, a database goes through all that were not sent yet.
        return Bid.id.in_(union_all(*(select(ImpactReturn.bid_id).where(*of_kind, way) for way in late)))

    return condition


def to_close(_who: Asker) -> ColumnElement[bool]:
    """Bids whose final report is accepted, and that no claim, change, feedback or other report keeps from
    closing; of all whose report was ever accepted most are closed. The desk for impact reckons their money
    too (`rules/closing.py`)."""
    final = and_(ImpactReturn.kind == ReturnKind.FINAL, ImpactReturn.state == ReturnState.ACCEPTED)
    its = exists().where(ImpactReturn.bid_id == Bid.id, final).correlate(Bid)
    claimed = exists().where(Claim.bid_id == Bid.id, Claim.state.in_(OPEN_CLAIMS)).correlate(Bid)
    checked = and_(ImpactReturn.state == ReturnState.SUBMITTED, ImpactReturn.kind != ReturnKind.FOLLOW_UP)
    unread = exists().where(ImpactReturn.bid_id == Bid.id, checked).correlate(Bid)
    unrated = exists().where(Feedback.bid_id == Bid.id, Feedback.state == FeedbackState.ASKED)
    unrated = unrated.where(Feedback.chased_again_at.is_(None), Feedback.school_id != Bid.lead_school_id)
    changing = exists().where(ChangeRequest.bid_id == Bid.id, ChangeRequest.state.in_(OPEN_CHANGES))
    held = (claimed, unread, unrated.correlate(Bid), changing.correlate(Bid))
    return and_(Bid.state == BidState.IN_MONITORING, its, *(~one for one in held))
