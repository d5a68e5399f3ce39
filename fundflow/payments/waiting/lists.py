"""The list behind a heading of the desk, and what each claim on it waits for."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import case, exists, select

from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.payee import Payee
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.school import CLOSED, School
from fundflow.payments.waiting.headings import FACTS, PAID_OUT, UNANSWERED, Heading, Of, late_before, rows_of
from fundflow.rules.asker import Asker
from fundflow.rules.claims import CLAIMED_IN
from fundflow.rules.invoices import lacks_invoice
from fundflow.rules.payees import in_force, payable
from fundflow.rules.payment_blocks import condition_is_unmet, is_blocked, is_standing, report_is_overdue
from fundflow.rules.recoveries import pence_to_take_off
from fundflow.web.paging import Page, page_of_rows
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.recovery import OWED, RecoveryState
from fundflow.workflow.working_days import london_date

PAGE = 50


class ClaimRow(NamedTuple):
    """A claim that waits, and what it waits for."""

    id: int
    reference: str
    number: int
    school: str
    school_code: int
    kind: ClaimKind
    state: ClaimState
    pence: int  # paid out for it
    vat: int  # that comes on top of what is due
    taken_off: int
    submitted_at: datetime | None
    certified_at: datetime | None
    waits: bool  # a day of it is not confirmed
    blocked: bool
    bid_state: BidState
    without_invoice: bool
    block_kind: BlockKind | None
    block_reason: str | None
    condition_due: bool
    report_overdue: bool
    is_payable: bool
    hold_reason: str | None  # of the payee
    rejected: str | None  # why the last run that was to pay it did not

    @property
    def since(self) -> datetime | None:
        return self.certified_at if self.state is ClaimState.CERTIFIED else self.submitted_at

    @property
    def is_paused(self) -> bool:
        return self.bid_state is BidState.SUSPENDED

    @property
    def is_over(self) -> bool:
        """Whether its award can no longer be claimed on."""
        return not self.is_paused and self.bid_state not in CLAIMED_IN

    @property
    def without_payee(self) -> bool:
        """Whether it is checked and nobody can be paid for its school today."""
        return self.state is ClaimState.CERTIFIED and not self.is_payable

    @property
    def is_closed(self) -> bool:
        """Whether its school has closed."""
        return self.school_code == CLOSED


class RunRow(NamedTuple):
    id: int
    prefix: str
    number: int
    state: RunState
    gathered_at: datetime
    gathered_by: str
    pence: int  # not answered yet

    @property
    def reference(self) -> str:
        return f"{self.prefix}-RUN-{self.number}"


class RecoveryRow(NamedTuple):
    id: int
    reference: str
    number: int
    school: str
    ground: Ground
    state: RecoveryState
    pence: int
    due_on: date | None
    opened_at: datetime

    @property
    def to_pay_by(self) -> date | None:
        """By when the school is to pay it back, where it is asked to."""
        return self.due_on if self.state in OWED else None


def _claim_columns(day: date) -> tuple[Any, ...]:
    block = (
        select(PaymentBlock.id)
        .where(PaymentBlock.bid_id == Claim.bid_id, is_standing())
        .order_by(PaymentBlock.id)
        .limit(1)
        .correlate(Claim)
        .scalar_subquery()
    )
    held = Payee.school_id == Claim.school_id, in_force(day), Payee.hold_since.is_not(None)
    not_paid = RunLine.claim_id == Claim.id, RunLine.outcome.in_((Outcome.REJECTED, Outcome.RETURNED))
    return (
        Claim.id,
        Bid.reference,
        Claim.number,
        School.name,
        School.status_code,
        Claim.kind,
        Claim.state,
        PAID_OUT,
        case((Claim.vat_recovered, Claim.vat_pence), else_=0),
        pence_to_take_off(),
        Claim.submitted_at,
        Claim.certified_at,
        exists().where(WorkedDay.claim_id == Claim.id, WorkedDay.is_unsettled),
        is_blocked(),
        Bid.state,
        lacks_invoice(),
        select(PaymentBlock.kind).where(PaymentBlock.id == block).scalar_subquery(),
        select(PaymentBlock.reason).where(PaymentBlock.id == block).scalar_subquery(),
        condition_is_unmet(day),
        report_is_overdue(day),
        payable(day),
        select(Payee.hold_reason).where(*held).limit(1).correlate(Claim).scalar_subquery(),
        select(RunLine.why)
        .where(*not_paid)
        .order_by(RunLine.id.desc())
        .limit(1)
        .correlate(Claim)
        .scalar_subquery(),
    )


_RUN_COLUMNS = (
    PaymentRun.id,
    select(Fund.prefix).where(Fund.id == PaymentRun.fund_id).scalar_subquery(),
    PaymentRun.number,
    PaymentRun.state,
    PaymentRun.gathered_at,
    select(User.name).where(User.id == PaymentRun.gathered_by_id).scalar_subquery(),
    UNANSWERED,
)
_RECOVERY_COLUMNS = (
    Recovery.id,
    Bid.reference,
    Recovery.number,
    School.name,
    Recovery.ground,
    Recovery.state,
    Recovery.pence,
    Recovery.due_on,
    Recovery.opened_at,
)


def page_of_heading(heading: Heading, fund: Fund, user: User, now: datetime, after: int | None) -> Page[Any]:
    """One page of what stands under a heading of a fund, in the order in which it was begun; rows of the
    kind that `heading.of` says."""
    day = london_date(now)
    asked: dict[Of, tuple[Any, tuple[Any, ...], Any]] = {
        Of.CLAIMS: (Claim, _claim_columns(day), ClaimRow),
        Of.RUNS: (PaymentRun, _RUN_COLUMNS, RunRow),
        Of.RECOVERIES: (Recovery, _RECOVERY_COLUMNS, RecoveryRow),
    }
    table, columns, make = asked[heading.of]
    who = Asker.of(user, day)
    facts = FACTS[heading.of](who, late_before(fund, day))
    query = rows_of(heading.of, who, fund.id, *columns).where(heading.when(facts)).order_by(table.id)
    return page_of_rows(query if after is None else query.where(table.id > after), PAGE, make)
