"""The demonstration loads on an awkward day, and holds what its first page promises."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from fundflow import create_app
from fundflow.checking import everything_wrong
from fundflow.demo.load import load
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.adviser import AdviserVisit
from fundflow.models.area import Cluster, Patch, Succession, TierEntry
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Outcome
from fundflow.models.case_study import CaseStudy
from fundflow.models.caseload import (
    Caseload,
    CaseloadEntry,
    Concern,
    FocusEntry,
    ReviewOutcome,
    TermReview,
)
from fundflow.models.change import ChangeRequest
from fundflow.models.condition import AwardCondition
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.day_log import WorkedDay
from fundflow.models.decision import CriterionFeedback, Decision, LateInterest
from fundflow.models.desk import Cover, Mention, StaffNote
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.files import Attachment, LateEvidence, Viewing
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import Fund, StaffGrade
from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.models.interest import RegisteredInterest
from fundflow.models.late_entry import LateEntry
from fundflow.models.minutes import Minutes
from fundflow.models.opening import Opening
from fundflow.models.panel import AgendaItem, AttendanceEvent, Meeting, Vote
from fundflow.models.panel_settings import PanelRules
from fundflow.models.payee import Payee, PayeeBatch, Route
from fundflow.models.payment import Claim
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import SCHOOL_SECTORS, Seat
from fundflow.models.practice import PracticeEntry
from fundflow.models.provider import Provider
from fundflow.models.quality_check import QualityCheck
from fundflow.models.recovery import Recovery
from fundflow.models.reversal import Reversal
from fundflow.models.review import ReviewRequest, Submission, SubmissionKind
from fundflow.models.round import Round, RoundQuestion
from fundflow.models.school import School
from fundflow.models.scores import Moderation, ScoreSheet
from fundflow.models.visit import Visit
from fundflow.rules.payees import award_waits
from fundflow.workflow.application import BidState
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.condition import ConditionState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.earned_correction import EarnedCorrectionState
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.minutes import MinutesState
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.payee_batch import BatchState
from fundflow.workflow.payment_block import BlockState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.reversal import ReversalState
from fundflow.workflow.terms import term_on
from fundflow.workflow.visit import VisitState
from fundflow.workflow.working_days import london_date
from tests.conftest import settings_for
from tests.demo.try_first import not_there, unplaced
from tests.reports.crawling import public_pages, told_too_much

pytestmark = [pytest.mark.thorough, pytest.mark.both_databases]  # it takes nearly every step there is

BETWEEN_THE_YEARS = datetime(2026, 12, 29, 9, 0, tzinfo=UTC)  # after four days that are no working days

PROMISED = {
    "grades": select(StaffGrade.id),
    "a round that is open": select(Round.id).where(Round.closes_at > BETWEEN_THE_YEARS),
    "a round’s own question": select(RoundQuestion.id),
    "a school let in late": select(LateEntry.id).where(LateEntry.until > BETWEEN_THE_YEARS),
    "patches with link officers": select(Patch.id).where(Patch.officer_id.is_not(None)),
    "clusters": select(Cluster.id),
    "accepted results by a measure of the fund": select(Actual.id)
    .join(Outcome, Outcome.id == Actual.outcome_id)
    .join(ImpactReturn, ImpactReturn.id == Actual.report_id)
    .where(Outcome.measure_id.is_not(None), ImpactReturn.state == ReturnState.ACCEPTED),
    "tiers": select(TierEntry.id),
    "schools in the traded caseload": select(CaseloadEntry.id).where(
        CaseloadEntry.caseload == Caseload.TRADED
    ),
    "a review that raised a tier": select(TermReview.id).where(TermReview.outcome == ReviewOutcome.RAISED),
    "a focus on looked-after children": select(FocusEntry.id).where(FocusEntry.review_on.is_not(None)),
    "a bid of what is no school": select(Bid.id)
    .join(School, School.id == Bid.lead_school_id)
    .where(School.is_organisation.is_(True)),
    "a bid entered for a school": select(Bid.id)
    .join(Confirmation)
    .where(
        Bid.origin == Origin.ENTERED, Confirmation.for_lead, Confirmation.state == ConfirmationState.ASKED
    ),
    "commissioned support": select(Bid.id).where(
        Bid.origin == Origin.COMMISSIONED, Bid.state == BidState.DRAFT
    ),
    "a signature asked for anew": select(Approval.id).where(Approval.state == ApprovalState.ASKED),
    "evidence that came late": select(LateEvidence.id),
    "a note that waits": select(Mention.id).where(Mention.read_at.is_(None)),
    "a note that was sent": select(StaffNote.id).where(StaffNote.sent_at.is_not(None)),
    "cover to come": select(Cover.id).where(Cover.starts_on > BETWEEN_THE_YEARS.date()),
    "a school with a successor": select(Succession.id),
    "a payment to the old school": select(Claim.id)
    .join(Bid)
    .join(School, School.id == Bid.lead_school_id)
    .where(Claim.payee_urn == "899019", School.urn == "899021"),
    "a file of payees that was confirmed": select(PayeeBatch.id).where(
        PayeeBatch.state == BatchState.CONFIRMED
    ),
    "a payee to confirm": select(Payee.id).where(Payee.state == PayeeState.PROPOSED),
    "an award of a school that converted, without a payee": select(Bid.id)
    .join(School, School.id == Bid.lead_school_id)
    .where(award_waits(BETWEEN_THE_YEARS.date()), School.urn == "899021"),
    "a payment to a trust": select(Claim.id).where(Claim.route == Route.BACS_TRUST),
    "a seat that ends": select(Seat.id).where(Seat.ends_on < BETWEEN_THE_YEARS.date()),
    "a substitute": select(Seat.id).where(Seat.stands_in_for_id.is_not(None)),
    "a second version of the rules": select(PanelRules.id).where(
        PanelRules.number == 2, PanelRules.reason != ""
    ),
    "ties in the register of interests": select(RegisteredInterest.id).where(RegisteredInterest.bars),
    "minutes agreed": select(Minutes.id).where(Minutes.state == MinutesState.AGREED),
    "minutes to be finished": select(Minutes.id).where(Minutes.state == MinutesState.DRAFT),
    "a meeting with its papers out": select(Meeting.id).where(
        Meeting.state == MeetingState.PAPERS_ISSUED, Meeting.starts_at > BETWEEN_THE_YEARS
    ),
    "a condition met": select(AwardCondition.id).where(AwardCondition.state == ConditionState.DISCHARGED),
    "a condition overdue": select(AwardCondition.id).where(
        AwardCondition.state == ConditionState.OUTSTANDING, AwardCondition.due_on < BETWEEN_THE_YEARS.date()
    ),
    "a condition to come": select(AwardCondition.id).where(AwardCondition.due_on > BETWEEN_THE_YEARS.date()),
    "a decision corrected": select(Decision.id).where(Decision.corrects_id.is_not(None)),
    "a decision by email": select(Decision.id).where(Decision.by_email),
    "a tie settled": select(AgendaItem.id).where(AgendaItem.casting_reason != ""),
    "a vote that no longer counts": select(Vote.id).where(Vote.voided_at.is_not(None)),
    "an interest to settle": select(LateInterest.id).where(LateInterest.settled_at.is_(None)),
    "an award of less": select(Decision.id)
    .join(AgendaItem, AgendaItem.id == Decision.item_id)
    .where(AgendaItem.proposed_pence.is_not(None), Decision.pence == AgendaItem.proposed_pence),
    "a deferred bid brought back": select(Bid.id)
    .join(AgendaItem)
    .where(Bid.state == BidState.AT_PANEL, AgendaItem.was_deferred),
    "a deferred bid to answer": select(Bid.id).where(Bid.state == BidState.DEFERRED, Bid.panel_answer == ""),
    "feedback on a refusal": select(CriterionFeedback.id).join(Decision).where(Decision.pence.is_(None)),
    "a review asked for": select(ReviewRequest.id).where(ReviewRequest.heard_at.is_(None)),
    "a bid tried again": select(Bid.id).where(Bid.resubmits_id.is_not(None), Bid.state == BidState.AT_PANEL),
    "scores talked about": select(Moderation.id),
    "scores begun": select(ScoreSheet.id).where(ScoreSheet.submitted_at.is_(None)),
    "a letter to read over": select(Decision.id).where(
        Decision.letters_sent_at.is_(None), Decision.letters_due_on >= BETWEEN_THE_YEARS.date()
    ),
    "reasons in the register of awards": select(Decision.id).where(Decision.published_at.is_not(None)),
    "a summary in the register of awards": select(ImpactReturn.id).where(
        ImpactReturn.summary_published_at.is_not(None)
    ),
    "a file that somebody opened": select(Viewing.id).where(Viewing.what.startswith("File:")),
    "a bid that was answered": select(Submission.id).where(Submission.kind == SubmissionKind.SENT_BACK),
}


# What is paid, and every state of it that the demonstration has no row in: what is new is kept nowhere.
MONEY: dict[Any, set[Any]] = {
    Claim: {ClaimState.DRAFT},  # a claim is sent at once
    Recovery: {RecoveryState.UNDO_ASKED},
    PaymentRun: {RunState.NEW, RunState.APPROVED, RunState.ANSWERED},  # on the way to those it has
    Payee: set(),
    PayeeBatch: {BatchState.PROPOSED},  # a payee waits by itself
    Reversal: {ReversalState.NEW},
    ChangeRequest: {ChangeState.NEW, ChangeState.WITH_SCHOOLS, ChangeState.WITH_DECIDER},
    Opening: set(),
    EarnedCorrection: {EarnedCorrectionState.NEW},
    AwardCondition: {ConditionState.REPORTED},  # a school is asked to report one
    PaymentBlock: {BlockState.NEW},
    Visit: {VisitState.NEW},
    AdviserVisit: set(),
    FollowUp: {FollowUpState.NEW},
    QualityCheck: set(),
    Provider: set(),
    PracticeEntry: {PracticeState.NEW},
    Concern: {ConcernState.NEW},
    # no more bids are closed than have one
    CaseStudy: {
        CaseState.NEW,
        CaseState.AGREED,
        CaseState.REFUSED,
        CaseState.WITHDRAWN,
        CaseState.TAKEN_DOWN,
    },
}


def states_held(model: Any) -> set[Any]:
    return set(db.session.scalars(select(model.state).distinct()))


def meetings_without_a_school() -> list[object]:
    """Meetings on a day off, and those that were held without anybody who speaks for schools."""
    joined = select(AttendanceEvent.meeting_id).join(Seat).where(Seat.sector.in_(SCHOOL_SECTORS))
    with_a_school = set(db.session.scalars(joined))
    return [
        meeting.starts_at
        for meeting in db.session.scalars(select(Meeting))
        if meeting.fund.why_off(london_date(meeting.starts_at))
        or (meeting.state is MeetingState.CLOSED and meeting.id not in with_a_school)
    ]


def dates_without_school():
    """Days of meetings, of support, of results and of visits on which no school is open."""
    fund = db.session.scalars(select(Fund)).one()
    bids = db.session.scalars(select(Bid)).all()
    days = {
        "meetings": [london_date(one) for one in db.session.scalars(select(Meeting.starts_at))],
        "support": [day for bid in bids for day in (bid.start_on, bid.end_on) if day],
        "activities": [day for bid in bids for one in bid.activities for day in (one.starts_on, one.ends_on)],
        "results": [day for bid in bids for one in bid.outcomes for day in (one.baseline_on, one.target_on)],
        "days logged": [*db.session.scalars(select(WorkedDay.day))],
        "visits": [*db.session.scalars(select(Visit.planned_on))],
    }
    return [(what, day) for what, found in days.items() for day in found if day and fund.why_off(day)]


def visits_of_another_term():
    """Visits of advisers on a day outside the term that they are of, but for those that make up for one."""
    return [
        (visit.term_words, visit.planned_on)
        for visit in db.session.scalars(select(AdviserVisit).where(AdviserVisit.planned_on.is_not(None)))
        if visit.makes_up_for is None and term_on(visit.planned_on) != (visit.school_year, visit.term)
    ]


def checks_out_of_order():
    """Quality checks that are due before an earlier one of their bid, or late already."""
    checks = db.session.scalars(select(QualityCheck).order_by(QualityCheck.bid_id, QualityCheck.id)).all()
    swapped = [b for a, b in pairwise(checks) if a.bid_id == b.bid_id and b.due_on < a.due_on]
    return swapped + [check for check in checks if check.is_late(BETWEEN_THE_YEARS.date())]


def test_the_demonstration_holds_what_there_is_to_try(new_database, template_url, tmp_path):
    app = create_app(settings_for(new_database(template_url), DEMO=True, DATA=tmp_path))
    with app.app_context():
        load(BETWEEN_THE_YEARS)
        missing = [what for what, query in PROMISED.items() if db.session.scalar(query.limit(1)) is None]
        assert not missing
        for model, absent in MONEY.items():
            assert set(model.workflow.words) - states_held(model) == absent, model.__name__
        corrected = select(func.count()).where(Submission.kind == SubmissionKind.CORRECTED)
        assert db.session.scalar(corrected) == 2
        for attached in db.session.scalars(select(Attachment)):
            with files().fetch(attached.store_key, attached.sha256) as stored:
                assert len(stored.read()) == attached.size
        assert list(everything_wrong()) == []
        db.session.rollback()  # a PDF that is ordered is added beside this session
        said = public_pages(app.test_client())
        assert {"/register", "/transparency.csv"} <= set(said)
        assert told_too_much(said) == []
        assert unplaced() == []
        with time_machine.travel(BETWEEN_THE_YEARS, tick=False):
            assert not_there(app) == []
        assert meetings_without_a_school() == []
        assert dates_without_school() == []
        assert visits_of_another_term() == []
        assert checks_out_of_order() == []
        assert load() == "The demonstration is there already; its data are kept."
        db.session.remove()
        db.engine.dispose()


def test_visits_are_of_the_term_of_their_day_early_in_december(new_database, template_url, tmp_path):
    """Advisers came into the register in summer then."""
    app = create_app(settings_for(new_database(template_url), DEMO=True, DATA=tmp_path))
    with app.app_context():
        load(datetime(2026, 12, 3, 9, 0, tzinfo=UTC))
        assert visits_of_another_term() == []
        db.session.remove()
        db.engine.dispose()
