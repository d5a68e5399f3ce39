"""Which bids wait for somebody: conditions of one query each, for the table of My work."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from fundflow.desk.some import has, some, the_one_bid
from fundflow.models.award import Award
from fundflow.models.bid import Bid, Origin
from fundflow.models.columns import BigId
from fundflow.models.condition import IN_FORCE, AwardCondition
from fundflow.models.confirmation import ASKING, Approval, Confirmation
from fundflow.models.day_log import WorkedDay
from fundflow.models.decision import Decision, LateInterest, Offer
from fundflow.models.desk import Cover
from fundflow.models.feedback import Feedback
from fundflow.models.fund import Decider, Fund
from fundflow.models.named_person import NamedPerson
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.payment import Claim
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition, User
from fundflow.models.plan import RevisedPlan
from fundflow.models.recovery import TO_COME, Recovery
from fundflow.models.review import ReviewRequest
from fundflow.models.school import School
from fundflow.review.rules import NOT_OVER
from fundflow.rules.asker import Asker
from fundflow.rules.claims import SETTLED_IN
from fundflow.rules.interests.bars import is_hidden
from fundflow.rules.payment_blocks import is_standing
from fundflow.workflow.application import UNDER_WAY
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.condition import ConditionState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.named_person import NamedState
from fundflow.workflow.plan import PlanState
from fundflow.workflow.recovery import OWED, RecoveryState

Condition = Callable[[Asker], ColumnElement[bool]]
Deadline = Callable[[Asker], Any]  # a column


def ours(*states: S) -> Condition:
    return lambda who: and_(Bid.lead_school_id.in_(who.schools), Bid.state.in_(states))


def ours_to_lead(*states: S) -> Condition:
    return lambda who: and_(Bid.lead_school_id.in_(who.leading), Bid.state.in_(states))


def ours_for_the_head(*states: S) -> Condition:
    """Bids of schools where this person is of the team: they prepare, the head submits."""
    return lambda who: and_(ours(*states)(who), ~ours_to_lead(*states)(who))


def offer_to_answer(who: Asker) -> ColumnElement[bool]:
    """Offers about which the school has its letter, whose decision nobody is checking, and which wait for
    no revised plan."""
    return and_(
        ours_to_lead(S.OFFERED)(who),
        Bid.decision_held_until.is_(None),
        ~_is_questioned(),
        ~_waits_for_a_plan(but=(PlanState.AGREED,)),
    )


def plan_to_send(who: Asker) -> ColumnElement[bool]:
    """Offers smaller than what was asked for, whose revised plan the school has yet to send."""
    waits = _waits_for_a_plan(but=(PlanState.PROPOSED, PlanState.AGREED))
    return and_(ours(S.OFFERED)(who), Bid.decision_held_until.is_(None), waits)


def _waits_for_a_plan(but: tuple[PlanState, ...]) -> ColumnElement[bool]:
    """Whether the offer that is out is a smaller one, without a plan in one of these states."""
    plan = select(RevisedPlan.id).where(RevisedPlan.offer_id == Offer.id, RevisedPlan.state.in_(but))
    smaller = Offer.pence < Bid.requested_pence
    return has(Offer.bid_id, Offer.ended_at.is_(None), smaller, ~plan.correlate(Offer).exists())


def plan_to_check(who: Asker) -> ColumnElement[bool]:
    its = aliased(Bid)
    requested = select(its.requested_pence).where(its.id == Offer.bid_id).scalar_subquery()
    proposed = select(RevisedPlan.offer_id).where(RevisedPlan.state == PlanState.PROPOSED)
    smaller = (Offer.ended_at.is_(None), Offer.pence < requested)
    return and_(Bid.state == S.OFFERED, some(Offer.bid_id, Offer.id.in_(proposed), *smaller), in_hand_of(who))


def letter_to_read_over(who: Asker) -> ColumnElement[bool]:
    """Decisions whose letters wait for this officer, or for any officer who is there."""
    its = aliased(Bid)
    held = some(its.id, its.decision_held_until.is_not(None))  # few, with an index of them
    return and_(held, in_hand_or_nobodys(who), ~is_hidden(who))


def letter_due(_who: Asker) -> Any:
    return Bid.decision_held_until


def decision_questioned(who: Asker) -> ColumnElement[bool]:
    """Decisions on which an interest was found late, for those who must say whether they still stand."""
    theirs = decides(who, SeatPosition.CHAIR, SeatPosition.DEPUTY)
    return and_(_is_questioned(), theirs, ~is_hidden(who))


def _is_questioned() -> ColumnElement[bool]:
    """Whether an interest was found late, and nobody has said yet whether the decision stands."""
    return some(
        Decision.bid_id,
        # Few, where there are any: a join would go through every decision while there are none.
        Decision.id.in_(select(LateInterest.decision_id).where(LateInterest.settled_at.is_(None))),
        Decision.undone_at.is_(None),
    )


def confirmation_asked(who: Asker) -> ColumnElement[bool]:
    return _asked_for_a_word(who, for_lead=False)


def confirmation_due(who: Asker) -> Any:
    """When this person's schools should have confirmed; asking again sets another day."""
    asked = _words_asked_of(who, for_lead=False)
    due = select(func.min(Confirmation.due_on)).where(Confirmation.bid_id == Bid.id, *asked)
    return due.correlate(Bid).scalar_subquery()


def agreement_asked(who: Asker) -> ColumnElement[bool]:
    """Bids that an officer entered for a school this person leads, and its head has not agreed to."""
    return _asked_for_a_word(who, for_lead=True)


def _asked_for_a_word(who: Asker, *, for_lead: bool) -> ColumnElement[bool]:
    asked = some(Confirmation.bid_id, *_words_asked_of(who, for_lead=for_lead))
    return and_(asked, Bid.state.in_((S.SUBMITTED, S.IN_REVIEW, S.RETURNED)))


def _words_asked_of(who: Asker, *, for_lead: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        Confirmation.state == ConfirmationState.ASKED,
        Confirmation.school_id.in_(who.leading),
        Confirmation.for_lead.is_(for_lead),
    )


def named_to_settle(who: Asker) -> ColumnElement[bool]:
    """Bids that name somebody of the council or the panel, for a colleague of theirs."""
    open_ = some(
        NamedPerson.bid_id,
        NamedPerson.state == NamedState.TO_SETTLE,
        NamedPerson.user_id != who.id,
    )
    return and_(open_, Bid.state.in_(ASKING), ~is_hidden(who))


def approver_proposed(who: Asker) -> ColumnElement[bool]:
    """Bids whose approver has another part in them, for the officer who decides whether they may sign."""
    proposed = some(Approval.bid_id, Approval.state == ApprovalState.PROPOSED)
    return and_(proposed, in_hand_or_nobodys(who), Bid.state.in_(ASKING), ~is_hidden(who))


def account_asked(who: Asker) -> ColumnElement[bool]:
    """Bids in which a head who answered by link would like an account and has none."""
    asked = some(
        Confirmation.bid_id,
        Confirmation.wants_account.is_(True),
        Confirmation.link_email.not_in(select(User.email)),
    )
    return and_(asked, in_hand_or_nobodys(who), Bid.state.in_(NOT_OVER), ~is_hidden(who))


def correction_open(who: Asker) -> ColumnElement[bool]:
    return and_(ours(S.SUBMITTED, S.IN_REVIEW)(who), Bid.correcting_since.is_not(None))


def begun_for_a_school(who: Asker) -> ColumnElement[bool]:
    """Drafts that this officer entered or commissioned, and nobody has submitted."""
    return and_(Bid.state == S.DRAFT, Bid.origin != Origin.SCHOOL, Bid.created_by_id == who.id)


def feedback_asked(who: Asker) -> ColumnElement[bool]:
    asked = some(
        Feedback.bid_id,
        Feedback.given_at.is_(None),
        Feedback.school_id.in_(who.schools),
    )
    return and_(asked, Bid.state == S.IN_MONITORING)


def question_of_the_panel(who: Asker) -> ColumnElement[bool]:
    return and_(ours(S.DEFERRED)(who), Bid.panel_answer == "")


def our_claim(state: ClaimState) -> Condition:
    return lambda who: and_(
        Bid.lead_school_id.in_(who.schools),
        claim_in(state),
        Bid.state.in_((S.IN_DELIVERY, S.IN_MONITORING)),
    )


def days_to_confirm(who: Asker) -> ColumnElement[bool]:
    """Days of the log that wait for the head of a school, which this person leads."""
    mine = or_(School.id.in_(who.leading), School.succeeded_by_id.in_(who.leading))
    schools = select(School.id).where(mine)
    return some(WorkedDay.bid_id, WorkedDay.is_unsettled, WorkedDay.confirms_id.in_(schools))


def days_for_the_officer(who: Asker) -> ColumnElement[bool]:
    """Days of the log that no head can confirm, or none has in ten working days."""
    wanted = or_(WorkedDay.confirms_id.is_(None), WorkedDay.logged_at < who.heads_late)
    waiting = some(WorkedDay.bid_id, WorkedDay.is_unsettled, wanted)
    return and_(waiting, in_hand_or_nobodys(who), Bid.state.in_(SETTLED_IN), ~is_hidden(who))


def payments_blocked(who: Asker) -> ColumnElement[bool]:
    """Awards of this officer, or of nobody, whose payments somebody blocked."""
    blocked = some(PaymentBlock.bid_id, is_standing())
    return and_(blocked, in_hand_or_nobodys(who), Bid.state.in_(SETTLED_IN), ~is_hidden(who))


def claim_in(state: ClaimState) -> ColumnElement[bool]:
    return some(Claim.bid_id, Claim.state == state)


def certified_by_another(who: Asker) -> ColumnElement[bool]:
    """In a fund that pays its claims one by one; the others are paid in runs."""
    certified = some(
        Claim.bid_id,
        Claim.state == ClaimState.CERTIFIED,
        or_(Claim.certified_by_id.is_(None), Claim.certified_by_id != who.id),
    )
    in_runs = exists().where(Fund.id == Bid.fund_id, Fund.pays_in_runs).correlate(Bid)
    return and_(certified, ~in_runs)


def recovery_to_approve(who: Asker) -> ColumnElement[bool]:
    """What was paid and not earned, opened by somebody else."""
    return some(
        Recovery.bid_id,
        Recovery.state == RecoveryState.REQUESTED,
        or_(Recovery.opened_by_id.is_(None), Recovery.opened_by_id != who.id),
    )


def recovery_in_doubt(who: Asker) -> ColumnElement[bool]:
    """What somebody else says has not come back after all."""
    asked = Recovery.state == RecoveryState.UNDO_ASKED
    return some(Recovery.bid_id, asked, Recovery.undo_asked_by_id != who.id)


def recovery_overdue(who: Asker) -> ColumnElement[bool]:
    """What was asked back and has not come in time."""
    few = Recovery.state.in_(TO_COME)  # of which there is an index
    return some(Recovery.bid_id, few, Recovery.state.in_(OWED), Recovery.due_on < who.day)


def in_hand_of(who: Asker, bid: Any = Bid) -> ColumnElement[bool]:
    """Bids that this officer handles, or covers for a colleague who is away; `bid` is Bid or an alias."""
    covered = select(Cover.away_id).where(Cover.covering_id == who.id, Cover.is_valid_on(who.day))
    me = select(type_coerce(who.id, BigId))
    return cast(ColumnElement[bool], bid.officer_id.in_(union_all(me, covered)))  # one list, for one index


def in_hand_or_nobodys(who: Asker) -> ColumnElement[bool]:
    """The same, and bids that nobody handles yet."""
    return or_(in_hand_of(who), Bid.officer_id.is_(None))


def handled(*states: S) -> Condition:
    """Bids in these states that this officer has in hand, or nobody has yet."""

    def when(who: Asker) -> ColumnElement[bool]:
        if the_one_bid() is not None:
            return and_(Bid.state.in_(states), in_hand_or_nobodys(who))
        its = aliased(Bid)
        here = select(its.id).where(its.state.in_(states))
        # Two ways along the index of officers: with OR, a database goes through everybody's.
        both = union_all(here.where(in_hand_of(who, its)), here.where(its.officer_id.is_(None)))
        return and_(Bid.id.in_(both), Bid.state.in_(states))

    return when


def answered_the_panel(who: Asker) -> ColumnElement[bool]:
    return and_(handled(S.DEFERRED)(who), Bid.panel_answer != "")


def not_answered_in_time(who: Asker) -> ColumnElement[bool]:
    """Questions to a school whose day has passed: nothing happens by itself."""
    asked = or_(Bid.state == S.RETURNED, and_(Bid.state == S.DEFERRED, Bid.panel_answer == ""))
    return and_(handled(S.RETURNED, S.DEFERRED)(who), asked, Bid.due_on < who.day)


def decides(who: Asker, *positions: SeatPosition) -> ColumnElement[bool]:
    """Whether this person, or the holder of such a seat, decides for the bid's fund."""
    chairs = sorted({fund for fund, position in who.shape.seats if position in positions})
    decides = and_(Fund.decider == Decider.PANEL, Fund.id.in_(chairs))
    if R.AUTHORISED_OFFICER in who.shape.roles:
        decides = or_(decides, Fund.decider == Decider.AUTHORISED_OFFICER)
    return Bid.fund_id.in_(select(Fund.id).where(decides))


def decision_due(who: Asker) -> ColumnElement[bool]:
    """Bids the panel can vote on now, or must decide again, for those who decide for their fund.

    In a meeting in session; by email between meetings; in one that is over, after a correction.
    """
    before_them = some(
        AgendaItem.bid_id,
        AgendaItem.outcome.is_(None),
        AgendaItem.meeting_id == Meeting.id,
        or_(
            Meeting.state.in_((MeetingState.IN_SESSION, MeetingState.CLOSED)),
            AgendaItem.email_vote_until.is_not(None),
        ),
    )
    theirs = decides(who, SeatPosition.CHAIR, SeatPosition.DEPUTY)
    return and_(Bid.state == S.AT_PANEL, theirs, before_them, ~is_hidden(who))


def termination_asked(who: Asker) -> ColumnElement[bool]:
    """Bids under way whose end the officer asked for."""
    its = aliased(Bid)
    asked = some(its.id, its.state.in_(UNDER_WAY), its.termination_asked_at.is_not(None))
    theirs = decides(who, SeatPosition.CHAIR, SeatPosition.DEPUTY)
    return and_(theirs, ~is_hidden(who), asked)


def review_asked(_who: Asker) -> ColumnElement[bool]:
    open_request = some(ReviewRequest.bid_id, ReviewRequest.heard_at.is_(None))
    return and_(Bid.state.in_((S.INELIGIBLE, S.NOT_FUNDED)), open_request)


def _binds(state: ConditionState, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a condition in a state binds while the award runs."""
    return and_(some(AwardCondition.bid_id, *_conditions(state), *more), Bid.state.in_(IN_FORCE))


def _conditions(state: ConditionState) -> tuple[ColumnElement[bool], ...]:
    """Conditions in a state that belong to a decision which holds."""
    return (
        AwardCondition.state == state,
        AwardCondition.decision_id == Decision.id,
        Decision.undone_at.is_(None),
    )


def condition_in(state: ConditionState) -> Condition:
    """Awards of this officer, or of nobody, with a condition in a state."""
    return lambda who: and_(_binds(state), in_hand_or_nobodys(who))


def condition_overdue(who: Asker) -> ColumnElement[bool]:
    overdue = _binds(ConditionState.OUTSTANDING, AwardCondition.due_on < who.day)
    return and_(overdue, in_hand_or_nobodys(who))


def our_condition(who: Asker) -> ColumnElement[bool]:
    lead = Bid.lead_school_id.in_(who.schools)
    return and_(lead, _binds(ConditionState.OUTSTANDING))


def condition_due(state: ConditionState) -> Deadline:
    """When the first of a bid's conditions in a state falls due."""
    due = select(func.min(AwardCondition.due_on)).where(
        AwardCondition.bid_id == Bid.id, *_conditions(state), Bid.state.in_(IN_FORCE)
    )
    return lambda _who: due.correlate(Bid).scalar_subquery()


def reasons_unread(who: Asker) -> ColumnElement[bool]:
    """Awards whose reasons nobody has read for the register."""
    unread = some(
        Decision.bid_id,
        Decision.pence.is_not(None),  # it was approved
        Decision.undone_at.is_(None),
        Decision.published_at.is_(None),
        Decision.change_id.is_(None),
        # Decisions whose offers were not taken up stay unread; their bids need not be looked at.
        exists().where(Award.bid_id == Decision.bid_id).correlate(Decision),
    )
    return and_(unread, in_hand_or_nobodys(who))
