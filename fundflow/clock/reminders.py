"""Reminders: one table, a row a reminder, in working days before (−) or after its day.

The clock runs all the time, reminders go out on working days in office hours. Where the clock
was stopped for a while only the latest reminder that is due is written, not all that were missed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from fundflow.clock import candidates as find
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.condition import AwardCondition
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.data_protection import DataComplaint
from fundflow.models.day_log import WorkedDay
from fundflow.models.days_off import Whose, days_for
from fundflow.models.decision import Offer
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import ImpactReturn
from fundflow.models.late_entry import LateEntry
from fundflow.models.payee import NoFund
from fundflow.models.payment import Claim
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.quality_check import QualityCheck
from fundflow.models.recovery import Recovery
from fundflow.rules.claims import is_all_in_advance
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import OWED, RecoveryState
from fundflow.workflow.working_days import add_working_days, london_date


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is reminded of (`emails/reminders/<name>.txt`), when, and whom.

    day    the day it is about, from the record
    stages working days from that day → the recipients of the letter due then
    find   the ids of the records it may be about, as a query
    since  when the person who is reminded knew of the day: what fell due before is not written any more
    ends   the moment with which it all ends, where a day has one
    whose  whose working days count: the schools', unless the council is to act
    """

    name: str
    kind: Any
    day: Callable[[Any], date | None]
    stages: Mapping[int, tuple[str, ...]]
    find: Callable[[date], Any]
    since: Callable[[Any], datetime | None] = lambda _record: None
    ends: Callable[[Any], datetime | None] = lambda _record: None
    whose: Whose = Whose.SCHOOLS

    def stage(self, record: Any, day: date, today: date) -> int | None:
        """The latest stage that is due, or None. What lies before the day ends with the day."""
        due = [n for n in self.stages if self._on(record, day, n) <= today and (n >= 0 or today <= day)]
        return max(due, default=None)

    def _on(self, record: Any, day: date, stage: int) -> date:
        return add_working_days(day, stage, days_for(days_off_of(record), self.whose))

    def is_pointless(self, record: Any, day: date, stage: int, now: datetime) -> bool:
        """Whether it came to nothing: told when it was due already, or all is over."""
        since, ends = self.since(record), self.ends(record)
        told = since is not None and london_date(since) >= self._on(record, day, stage)
        return told or (ends is not None and now >= ends)


def days_off_of(record: Any) -> Any:
    """The days off of its fund, as they are stored; what is no fund's has none."""
    if isinstance(record, NoFund):
        return ()
    fund: Fund = (record.round if isinstance(record, LateEntry) else record.bid).fund
    return fund.days_off


def _due_on(record: Any) -> date | None:
    return record.due_on  # type: ignore[no-any-return]


def _reply_by(offer: Offer) -> date:
    return offer.reply_by


def _officer_days_over(bid: Bid) -> date:
    return add_working_days(london_date(bid.state_since), bid.fund.officer_days, bid.fund.council_off)


def _report_wanted(report: ImpactReturn) -> date:
    return report.wanted_on


def _closes_at(bid: Bid) -> datetime | None:
    return bid.round.closes_at


def _closing(bid: Bid) -> date | None:
    return london_date(bid.round.closes_at) if bid.round.closes_at else None


def _created_at(bid: Bid) -> datetime:
    return bid.created_at


def _until(entry: LateEntry) -> datetime:
    return entry.until


def _last_day(entry: LateEntry) -> date:
    return london_date(entry.until)


def _let_in_at(entry: LateEntry) -> datetime:
    return entry.at


def _accepted_at(condition: AwardCondition) -> datetime | None:
    """When the school accepted the offer, and its conditions began to run."""
    return condition.bid.offers[-1].ended_at if condition.bid.offers else None


def _sent_on(claim: Claim) -> date:
    return london_date(claim.submitted_at or claim.created_at)


def _certified_on(claim: Claim) -> date | None:
    return london_date(claim.certified_at) if claim.certified_at else None


def _put_on(block: PaymentBlock) -> date:
    return london_date(block.put_at)


def _answer_by(claim: Claim) -> date:
    """When the answer to the last question about a claim is due."""
    asked = select(func.max(HistoryEntry.at)).where(
        HistoryEntry.process == claim.workflow.name,
        HistoryEntry.record_id == claim.id,
        HistoryEntry.step == "query",
    )
    fund, at = claim.bid.fund, db.session.scalar(asked) or claim.created_at
    return add_working_days(london_date(at), fund.answer_days, fund.schools_off)


def _opened_on(recovery: Recovery) -> date:
    return london_date(recovery.opened_at)


def _action_due_on(check: QualityCheck) -> date | None:
    return check.action_due_on


def _waits_since(change: ChangeRequest) -> date:
    return london_date(change.waits_since)


def _first_logged(bid: Bid) -> date | None:
    """When the first day of a log was logged that still waits. None where all is paid in advance: such
    days are settled with the report."""
    if is_all_in_advance(bid):
        return None
    waiting = select(func.min(WorkedDay.logged_at)).where(WorkedDay.bid_id == bid.id, WorkedDay.is_unsettled)
    first = db.session.scalar(waiting)
    return london_date(first) if first else None


REMINDERS = (
    Reminder(
        "round_closing",
        Bid,
        _closing,
        {-5: ("school",), -1: ("school",)},
        find.drafts_in_dated_rounds,
        since=_created_at,
        ends=_closes_at,
    ),
    Reminder(
        "round_closing_entered",
        Bid,
        _closing,
        {-5: ("officer",), -1: ("officer",)},
        find.drafts_begun_for_schools,
        since=_created_at,
        ends=_closes_at,
    ),
    Reminder(
        "round_late",
        LateEntry,
        _last_day,
        {-1: ("school",)},
        find.schools_let_in_late,
        since=_let_in_at,
        ends=_until,
    ),
    Reminder("confirmation", Confirmation, _due_on, {-3: ("partner",)}, find.confirmations_waited_for),
    Reminder("confirmation_overdue", Confirmation, _due_on, {1: ("officer",)}, find.confirmations_waited_for),
    Reminder("approval", Approval, _due_on, {-3: ("approver",)}, find.signatures_waited_for),
    Reminder("approval_overdue", Approval, _due_on, {1: ("officer",)}, find.signatures_waited_for),
    Reminder("answer", Bid, _due_on, {-3: ("school",)}, find.returned_bids),
    Reminder("answer_overdue", Bid, _due_on, {1: ("officer",)}, find.returned_bids),
    Reminder("panel_question", Bid, _due_on, {-3: ("school",), 1: ("officer",)}, find.questions_of_the_panel),
    Reminder(
        "waiting_for_officer",
        Bid,
        _officer_days_over,
        {0: ("officer",)},
        find.bids_with_the_officer,
        whose=Whose.COUNCIL,
    ),
    Reminder("offer", Offer, _reply_by, {-5: ("school",), -1: ("school",)}, find.offers_out),
    Reminder(
        "condition", AwardCondition, _due_on, {-5: ("school",)}, find.conditions_to_meet, since=_accepted_at
    ),
    Reminder(
        "condition_overdue",
        AwardCondition,
        _due_on,
        {1: ("school", "officer")},
        find.conditions_to_meet,
        since=_accepted_at,
    ),
    Reminder(
        "claim_to_check",
        Claim,
        _sent_on,
        {10: ("officer",)},
        find.claims_held_by_nobody(ClaimState.SUBMITTED),
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "claim_to_pay",
        Claim,
        _certified_on,
        {10: ("finance",)},
        find.claims_held_by_nobody(ClaimState.CERTIFIED),
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "payments_blocked",
        PaymentBlock,
        _put_on,
        {10: ("officer",)},
        find.blocks_that_stand,
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "change_with_officer",
        ChangeRequest,
        _waits_since,
        {10: ("officer",)},
        find.changes_in(ChangeState.WITH_OFFICER),
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "change_with_decider",
        ChangeRequest,
        _waits_since,
        {10: ("decision_maker",)},
        find.changes_in(ChangeState.WITH_DECIDER),
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "change_to_agree",
        ChangeRequest,
        _waits_since,
        {5: ("school", "concerned"), 10: ("officer",)},
        find.changes_in(ChangeState.TO_CONFIRM, ChangeState.WITH_SCHOOLS),
    ),
    Reminder(
        "claim_question",
        Claim,
        _answer_by,
        {-3: ("school",), 1: ("school", "officer")},
        find.claims_in(ClaimState.QUERIED),
    ),
    Reminder(
        "recovery_to_approve",
        Recovery,
        _opened_on,
        {10: ("finance",)},
        find.recoveries_in(RecoveryState.REQUESTED),
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "recovery",
        Recovery,
        _due_on,
        {-5: ("payee",), 1: ("payee", "finance")},
        find.recoveries_in(*OWED),
    ),
    Reminder(
        "days_to_confirm",
        Bid,
        _first_logged,
        {n: ("confirms",) for n in range(5, 200, 20)} | {10: ("officer",)},  # heads once a month
        find.logs_to_settle,
    ),
    Reminder(
        "report_overdue",
        ImpactReturn,
        _report_wanted,
        {
            1: ("school", "impact_officer"),
            10: ("school", "approver"),
            20: ("school", "approver", "impact_officer"),
            **{n: ("impact_officer",) for n in range(40, 200, 20)},  # about once a month
        },
        find.reports_wanted,
    ),
    Reminder(
        "follow_up",
        FollowUp,
        _due_on,
        {-5: ("school",), 1: ("school", "impact_officer")},
        find.follow_ups_due,
    ),
    Reminder(
        "quality_check",
        QualityCheck,
        _due_on,
        {1: ("officer",), 20: ("officer", "impact_officer")},
        find.checks_to_do,
        whose=Whose.COUNCIL,
    ),
    Reminder(
        "quality_action",
        QualityCheck,
        _action_due_on,
        {-5: ("school", "support_from"), 1: ("officer",), 20: ("officer", "impact_officer")},
        find.actions_after_checks,
    ),
    Reminder(
        "data_complaint",
        DataComplaint,
        _due_on,
        {-10: ("administrator",), -3: ("administrator",), 1: ("administrator",)},
        find.complaints_to_acknowledge,
        whose=Whose.COUNCIL,
    ),
)
