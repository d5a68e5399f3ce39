"""The steps that nobody takes but the clock."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, or_, select

from fundflow.advisers.operations.allocations import plan_next_year
from fundflow.advisers.operations.visits import chase_feedback as chase_visit
from fundflow.clock.candidates import days_ahead
from fundflow.clock.one_by_one import one_by_one
from fundflow.extensions import db
from fundflow.impact.operations import chase_feedback, end_delivery
from fundflow.impact.quality_checks import begin_checks
from fundflow.models.adviser import AdviserAllocation, AdviserVisit
from fundflow.models.bid import Bid
from fundflow.models.decision import Offer
from fundflow.models.feedback import Feedback
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn
from fundflow.models.service import ServiceOrder
from fundflow.models.survey import Survey
from fundflow.panel.operations.letters_over import send_when_due
from fundflow.rules.quality_checks import to_begin
from fundflow.rules.returns import is_open
from fundflow.schools.operations.review_reminders import remind_of_reviews
from fundflow.services.operations.orders import begin, end
from fundflow.steps import lock, take_step
from fundflow.surveys.operations.surveys import chase_when_due, close
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.application import BidState
from fundflow.workflow.feedback import FeedbackState
from fundflow.workflow.impact_return import NOTICE, ReturnState
from fundflow.workflow.order import OrderState
from fundflow.workflow.survey import SurveyState
from fundflow.workflow.working_days import london_date, school_year


def take_timed_steps(now: datetime) -> int:
    """Send letters that were held to their last day, let offers lapse, end the support whose time is
    over, let reports fall due, chase feedback, plan the visits of a new school year, remind of reviews of
    schools; commits."""
    today = london_date(now)
    return sum(
        one_by_one(_numbers(find(today)), partial(take, now=now))
        for find, take in (
            (_letters_due, _send_letters),  # before offers lapse: the days to reply begin with them
            (_offers_past_reply_by, _lapse_offer),
            (_bids_past_their_end, _reach_end_date),
            (_reports_due_soon, _fall_due),
            (_feedback_asked, _chase_feedback),
            (_orders_to_begin, _begin_order),
            (_orders_over, _end_order),
            (_visits_to_rate, _chase_visit),
            (_allocations_to_plan, _plan_visits),
            (_support_to_check, _begin_checks),
            (_surveys_over, _close_survey),
            (_surveys_open, _chase_survey),
            (_funds_with_caseloads, _remind_of_reviews),
        )
    )


def _numbers(query: Select[int]) -> list[int]:
    numbers = list(db.session.scalars(query))
    db.session.commit()
    return numbers


def _letters_due(today: date) -> Select[int]:
    return select(Bid.id).where(Bid.decision_held_until <= today)


def _send_letters(bid_id: int, now: datetime) -> int:
    return send_when_due(db.session.get_one(Bid, bid_id), now)


def _offers_past_reply_by(today: date) -> Select[int]:
    late = Offer.ended_at.is_(None) & (Offer.reply_by < today)
    told = Bid.decision_held_until.is_(None)
    return select(Bid.id).join(Offer).where(Bid.state == BidState.OFFERED, told, late).distinct()


def _lapse_offer(bid_id: int, now: datetime) -> int:
    bid = db.session.get_one(Bid, bid_id)
    lock(bid, None)
    bid.offer.ended_at, bid.offer.ended_how, bid.due_on = now, "lapsed", None
    take_step(bid, "lapse_offer", user=None, now=now)
    return 1


def _bids_past_their_end(today: date) -> Select[int]:
    return select(Bid.id).where(Bid.state == BidState.IN_DELIVERY, Bid.end_on < today)


def _reach_end_date(bid_id: int, now: datetime) -> int:
    end_delivery(db.session.get_one(Bid, bid_id), "reach_end_date", user=None, now=now)
    return 1


def _feedback_asked(_today: date) -> Select[int]:
    """Feedback that is neither given nor given up; lead schools give theirs with the report. Of a closed
    bid, only what was chased twice, to record that none was given."""
    asked = Feedback.state.in_([FeedbackState.ASKED])
    to_end = and_(Bid.state == BidState.CLOSED, Feedback.chased_again_at.is_not(None))
    return (
        select(Feedback.id)
        .join(Bid)
        .where(asked, Feedback.school_id != Bid.lead_school_id)
        .where(or_(Bid.state == BidState.IN_MONITORING, to_end))
    )


def _chase_feedback(number: int, now: datetime) -> int:
    return chase_feedback(db.session.get_one(Feedback, number), now=now)


def _support_to_check(_today: date) -> Select[int]:
    return select(Bid.id).join(Fund).where(to_begin())


def _begin_checks(bid_id: int, now: datetime) -> int:
    return begin_checks(db.session.get_one(Bid, bid_id), now)


def _funds_with_caseloads(_today: date) -> Select[int]:
    return select(Fund.id).where(Fund.keeps_caseloads.is_(True))


def _remind_of_reviews(number: int, now: datetime) -> int:
    return remind_of_reviews(db.session.get_one(Fund, number), now)


def _reports_due_soon(today: date) -> Select[int]:
    return (
        select(ImpactReturn.id)
        .join(Bid)
        .where(is_open(), ImpactReturn.state == ReturnState.SCHEDULED)
        .where(ImpactReturn.due_on <= days_ahead(today, NOTICE + 1))
    )


def _fall_due(report_id: int, now: datetime) -> int:
    report: Any = db.session.get_one(ImpactReturn, report_id)
    take_step(report, "fall_due", user=None, now=now)
    return 1


def _orders_to_begin(today: date) -> Select[int]:
    due = ServiceOrder.begins_on <= today
    return _orders().where(ServiceOrder.state == OrderState.AGREED, due)


def _orders_over(today: date) -> Select[int]:
    over = ServiceOrder.ends_on < today
    return _orders().where(ServiceOrder.state == OrderState.IN_TERM, over)


def _orders() -> Select[int]:
    """Orders of funds that offer services."""
    return (
        select(ServiceOrder.id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .where(Fund.sells_services.is_(True))
        .order_by(ServiceOrder.id)
    )


def _begin_order(number: int, now: datetime) -> int:
    return begin(db.session.get_one(ServiceOrder, number), now)


def _end_order(number: int, now: datetime) -> int:
    return end(db.session.get_one(ServiceOrder, number), now)


def _visits_to_rate(_today: date) -> Select[int]:
    """Visits of advisers of which the school has not said how useful they were."""
    asked = AdviserVisit.state.in_([AdviserVisitState.DONE])
    return select(AdviserVisit.id).join(Fund).where(asked, Fund.has_advisers.is_(True))


def _chase_visit(number: int, now: datetime) -> int:
    return chase_visit(db.session.get_one(AdviserVisit, number), now=now)


def _allocations_to_plan(today: date) -> Select[int]:
    """Open allocations without a plan of this school year’s visits."""
    year = school_year(today)[0].year
    planned = select(AdviserVisit.allocation_id).where(AdviserVisit.school_year >= year)
    return (
        select(AdviserAllocation.id)
        .join(Fund)
        .where(AdviserAllocation.ends_on.is_(None), Fund.has_advisers.is_(True))
        .where(AdviserAllocation.starts_on <= today, AdviserAllocation.id.not_in(planned))
    )


def _plan_visits(number: int, now: datetime) -> int:
    return plan_next_year(db.session.get_one(AdviserAllocation, number), now=now)


def _surveys_open(_today: date) -> Select[int]:
    """Open surveys of funds that ask schools."""
    is_open = Survey.state == SurveyState.OPEN
    return select(Survey.id).join(Fund).where(is_open, Fund.asks_schools.is_(True)).order_by(Survey.id)


def _surveys_over(today: date) -> Select[int]:
    return _surveys_open(today).where(Survey.due_on < today)


def _close_survey(number: int, now: datetime) -> int:
    return close(db.session.get_one(Survey, number), now)


def _chase_survey(number: int, now: datetime) -> int:
    return chase_when_due(db.session.get_one(Survey, number), now)
