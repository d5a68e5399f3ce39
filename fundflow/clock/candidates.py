"""Which records a reminder may be about: ids, found by state and date alone."""

from collections.abc import Callable
from datetime import date, datetime, time

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.change import ChangeRequest
from fundflow.models.condition import IN_FORCE, AwardCondition
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.data_protection import DataComplaint
from fundflow.models.day_log import WorkedDay
from fundflow.models.days_off import Whose, days_for
from fundflow.models.decision import Decision, Offer
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn
from fundflow.models.late_entry import LateEntry
from fundflow.models.payment import Claim
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.quality_check import QualityCheck
from fundflow.models.recovery import Recovery
from fundflow.models.round import Round
from fundflow.rules.claims import SETTLED_IN
from fundflow.rules.payment_blocks import is_blocked, is_standing
from fundflow.rules.quality_checks import CHECKED_IN
from fundflow.rules.returns import is_late
from fundflow.workflow.application import UNDER_WAY
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.condition import ConditionState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.data_complaint import ComplaintState
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.quality_check import CheckState
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.working_days import LONDON, add_working_days

Numbers = Select[int]

WEEK = 5  # working days: no reminder is written earlier before its day
WITH_COUNCIL = (S.SUBMITTED, S.IN_REVIEW)


def days_ahead(today: date, days: int) -> date:
    """So many working days ahead, on the clock that stands still for longest: of any fund's schools."""
    funds = db.session.scalars(select(Fund.days_off))
    return max(
        (add_working_days(today, days, days_for(rows, Whose.SCHOOLS)) for rows in funds), default=today
    )


def _soon(today: date) -> date:
    return days_ahead(today, WEEK)


def _week_from(today: date) -> tuple[datetime, datetime]:
    """From the beginning of today to the end of the day a week of working days ahead."""
    opens = datetime.combine(today, time.min, LONDON)
    return opens, datetime.combine(days_ahead(today, WEEK + 1), time.min, LONDON)


def _in_closing_rounds(today: date) -> Numbers:
    """Drafts in rounds that close soon, but of schools that were given longer."""
    opens, closes = _week_from(today)
    longer = exists().where(
        LateEntry.round_id == Bid.round_id,
        LateEntry.school_id == Bid.lead_school_id,
        LateEntry.until > Round.closes_at,
        LateEntry.ended_at.is_(None),
    )
    return (
        select(Bid.id)
        .join(Round)
        .where(Bid.state == S.DRAFT, Round.closes_at >= opens, Round.closes_at < closes, ~longer)
    )


def drafts_in_dated_rounds(today: date) -> Numbers:
    return _in_closing_rounds(today).where(Bid.origin == Origin.SCHOOL)


def drafts_begun_for_schools(today: date) -> Numbers:
    return _in_closing_rounds(today).where(Bid.origin != Origin.SCHOOL)


def schools_let_in_late(today: date) -> Numbers:
    """Of schools let in, the latest deadline, unless a bid of theirs came in since and none is a draft."""
    opens, closes = _week_from(today)
    later, theirs = aliased(LateEntry), aliased(Bid)
    here = (theirs.round_id == LateEntry.round_id, theirs.lead_school_id == LateEntry.school_id)
    return (
        select(LateEntry.id)
        .join(Round)
        .where(LateEntry.until >= opens, LateEntry.until < closes, LateEntry.ended_at.is_(None))
        .where(Round.closes_at < LateEntry.until)
        .where(
            ~exists().where(
                later.round_id == LateEntry.round_id,
                later.ended_at.is_(None),
                later.school_id == LateEntry.school_id,
                later.until > LateEntry.until,
            )
        )
        .where(
            or_(
                exists().where(*here, theirs.state == S.DRAFT),
                ~exists().where(*here, theirs.submitted_at >= LateEntry.at),
            )
        )
    )


def confirmations_waited_for(today: date) -> Numbers:
    return (
        select(Confirmation.id)
        .join(Bid)
        .where(Bid.state.in_((*WITH_COUNCIL, S.RETURNED)))
        .where(Confirmation.state == ConfirmationState.ASKED, Confirmation.due_on <= _soon(today))
    )


def signatures_waited_for(today: date) -> Numbers:
    return (
        select(Approval.id)
        .join(Bid)
        .where(Bid.state.in_((*WITH_COUNCIL, S.RETURNED)))
        .where(Approval.state == ApprovalState.ASKED, Approval.due_on <= _soon(today))
    )


def returned_bids(today: date) -> Numbers:
    return select(Bid.id).where(Bid.state == S.RETURNED, Bid.due_on <= _soon(today))


def questions_of_the_panel(today: date) -> Numbers:
    return select(Bid.id).where(Bid.state == S.DEFERRED, Bid.panel_answer == "", Bid.due_on <= _soon(today))


def bids_with_the_officer(_today: date) -> Numbers:
    return select(Bid.id).where(Bid.state.in_(WITH_COUNCIL))


def offers_out(today: date) -> Numbers:
    return (
        select(Offer.id)
        .join(Bid)
        .where(Bid.state == S.OFFERED, Offer.ended_at.is_(None), Offer.reply_by <= _soon(today))
        .where(Bid.decision_held_until.is_(None))
    )


def reports_wanted(today: date) -> Numbers:
    return select(ImpactReturn.id).join(Bid).where(is_late(today))


def follow_ups_due(today: date) -> Numbers:
    return select(FollowUp.id).where(
        FollowUp.state.in_([FollowUpState.OPEN]), FollowUp.due_on <= _soon(today)
    )


def conditions_to_meet(today: date) -> Numbers:
    """Conditions of awards under way that nobody has said are met."""
    return (
        select(AwardCondition.id)
        .join(Bid, Bid.id == AwardCondition.bid_id)
        .join(Decision, Decision.id == AwardCondition.decision_id)
        .where(AwardCondition.state == ConditionState.OUTSTANDING, AwardCondition.due_on <= _soon(today))
        .where(Bid.state.in_(IN_FORCE), Decision.undone_at.is_(None))
    )


def claims_in(*states: ClaimState) -> Callable[[date], Numbers]:
    return lambda _today: select(Claim.id).join(Bid).where(Claim.state.in_(states), Bid.state.in_(SETTLED_IN))


def recoveries_in(*states: RecoveryState) -> Callable[[date], Numbers]:
    return lambda _today: select(Recovery.id).where(Recovery.state.in_(states))


def changes_in(*states: ChangeState) -> Callable[[date], Numbers]:
    """Changes of awards under way in these states."""
    query = select(ChangeRequest.id).join(Bid).where(Bid.state.in_(UNDER_WAY))
    return lambda _today: query.where(ChangeRequest.state.in_(states))


def claims_held_by_nobody(state: ClaimState) -> Callable[[date], Numbers]:
    """Claims in a state that can go on: while a block stands, they wait until it is lifted."""
    return lambda today: claims_in(state)(today).where(~is_blocked())


def blocks_that_stand(_today: date) -> Numbers:
    return select(PaymentBlock.id).join(Bid).where(is_standing(), Bid.state.in_(SETTLED_IN))


def logs_to_settle(_today: date) -> Numbers:
    """Bids with days of the log that are neither confirmed nor struck out."""
    waiting = select(WorkedDay.bid_id).where(WorkedDay.is_unsettled).correlate(None)
    return select(Bid.id).where(Bid.id.in_(waiting), Bid.state.in_(SETTLED_IN))


def complaints_to_acknowledge(_today: date) -> Numbers:
    return select(DataComplaint.id).where(DataComplaint.state.in_([ComplaintState.RECEIVED]))


def checks_to_do(today: date) -> Numbers:
    """Quality checks of support that are due about now."""
    return _checks().where(QualityCheck.state == CheckState.TO_DO, QualityCheck.due_on <= _soon(today))


def actions_after_checks(today: date) -> Numbers:
    """Quality checks whose action is to be carried out about now."""
    due = QualityCheck.action_due_on <= _soon(today)
    return _checks().where(QualityCheck.state == CheckState.TO_ACT, due)


def _checks() -> Numbers:
    bids = select(QualityCheck.id).join(Bid, Bid.id == QualityCheck.bid_id).join(Fund, Fund.id == Bid.fund_id)
    return bids.where(Bid.state.in_(CHECKED_IN), Fund.checks_support.is_(True))
