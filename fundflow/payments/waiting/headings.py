"""The headings of the finance officer's desk: a table, a row a heading.

A heading is a condition, asked once to be counted and once to be listed, so that its count is its list.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, case, cast, exists, func, or_, select, true, union_all

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.recovery import TO_COME, Recovery
from fundflow.models.school import School
from fundflow.payments.runs.queries import READERS as RUN_READERS
from fundflow.permissions import is_visible, roles_for
from fundflow.rules.asker import Asker
from fundflow.rules.claims import is_claimable
from fundflow.rules.invoices import lacks_invoice
from fundflow.rules.payees import payable
from fundflow.rules.payment_blocks import condition_is_unmet, is_blocked
from fundflow.rules.payment_runs import is_in_run
from fundflow.rules.recoveries import pence_to_take_off
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.recovery import OWED, RecoveryState
from fundflow.workflow.working_days import add_working_days, london_date, start_of

REMINDED = 10  # working days, as clock/reminders.py has it of claims and of recoveries to approve


class Of(Enum):
    """What stands under a heading."""

    CLAIMS = "claims"
    RUNS = "runs"
    RECOVERIES = "recoveries"


Condition = Callable[[Asker, Any], ColumnElement[bool]]


class Heading(NamedTuple):
    """`when` is asked of whoever looks, with the moment before which what still waits is late."""

    kind: str  # as it stands in the address
    title: str
    hint: str
    of: Of
    when: Condition


def _to_do(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Claims that are to be checked or paid. State by state: an index holds few of either."""
    states = ClaimState.SUBMITTED, ClaimState.CERTIFIED
    found = (select(Claim.id).where(Claim.state == state, which).correlate(None) for state in states)
    return Claim.id.in_(union_all(*found))


def _is_payable(who: Asker) -> ColumnElement[bool]:
    """`payable`, found once for each school with a claim that is checked instead of once a claim."""
    theirs = School.id.in_(select(Claim.school_id).where(Claim.state == ClaimState.CERTIFIED))
    return School.id.in_(select(School.id).where(theirs, payable(who.day)).correlate(None))


def _holds(who: Asker) -> ColumnElement[bool]:
    """What keeps a claim from being checked, and from being paid."""
    return or_(is_blocked(), ~is_claimable(), condition_is_unmet(who.day), lacks_invoice())


def _to_check(who: Asker, _late: Any) -> ColumnElement[bool]:
    return (Claim.state == ClaimState.SUBMITTED) & ~_holds(who)


def _to_pay(who: Asker, _late: Any) -> ColumnElement[bool]:
    return (Claim.state == ClaimState.CERTIFIED) & ~is_in_run() & _is_payable(who) & ~_holds(who)


def _rejected(_who: Asker, _late: Any) -> ColumnElement[bool]:
    sent_back = RunLine.outcome.in_((Outcome.REJECTED, Outcome.RETURNED))
    found = exists().where(RunLine.claim_id == Claim.id, sent_back).correlate(Claim)
    return (Claim.state == ClaimState.CERTIFIED) & ~is_in_run() & found


def _held(who: Asker, _late: Any) -> ColumnElement[bool]:
    return (
        _to_do(true())
        & ~is_in_run()
        & or_(_holds(who), (Claim.state == ClaimState.CERTIFIED) & ~_is_payable(who))
    )


def _late_claims(_who: Asker, late: Any) -> ColumnElement[bool]:
    since = case((Claim.state == ClaimState.CERTIFIED, Claim.certified_at), else_=Claim.submitted_at)
    return _to_do(since < late)


def _late_recoveries(who: Asker, late: Any) -> ColumnElement[bool]:
    unapproved = (Recovery.state == RecoveryState.REQUESTED) & (Recovery.opened_at < late)
    return Recovery.state.in_(TO_COME) & or_(
        unapproved, Recovery.state.in_(OWED) & (Recovery.due_on < who.day)
    )


def _run_in(*states: RunState) -> Condition:
    return lambda _who, _late: PaymentRun.state.in_(states)


def _recovery_in(state: RecoveryState) -> Condition:
    return lambda _who, _late: Recovery.state.in_(TO_COME) & (Recovery.state == state)


HEADINGS = (
    Heading("to-check", "Claims to check", "Sent, and nothing holds them.", Of.CLAIMS, _to_check),
    Heading("to-pay", "Claims due to pay", "Checked, and nothing holds them.", Of.CLAIMS, _to_pay),
    Heading(
        "runs-to-approve",
        "Payment runs to approve",
        "Another finance officer than the one who gathered it.",
        Of.RUNS,
        _run_in(RunState.GATHERED),
    ),
    Heading(
        "runs-to-export",
        "Payment runs to export",
        "Approved: their files go to the finance system.",
        Of.RUNS,
        _run_in(RunState.APPROVED),
    ),
    Heading(
        "answers-to-load",
        "Answers to load",
        "Payment runs that are out. The amount is not answered yet.",
        Of.RUNS,
        _run_in(RunState.EXPORTED, RunState.ANSWERED),
    ),
    Heading(
        "rejected",
        "Payments that were rejected or came back",
        "To be paid again once it is settled why.",
        Of.CLAIMS,
        _rejected,
    ),
    Heading(
        "held",
        "Claims that are held",
        "By a block or a pause, a condition that is due, a missing invoice, or because of who is paid.",
        Of.CLAIMS,
        _held,
    ),
    Heading(
        "late-claims",
        "Late: claims",
        f"Not checked, or not paid, for {REMINDED} working days.",
        Of.CLAIMS,
        _late_claims,
    ),
    Heading(
        "back-to-approve",
        "To recover: to approve",
        "Another person than the one who opened it asks for it, or lets it go.",
        Of.RECOVERIES,
        _recovery_in(RecoveryState.REQUESTED),
    ),
    Heading(
        "back-asked-for",
        "To recover: asked for",
        "The school is to pay it back.",
        Of.RECOVERIES,
        _recovery_in(RecoveryState.ASKED_FOR),
    ),
    Heading(
        "back-invoiced",
        "To recover: invoiced",
        "The school is to pay the invoice.",
        Of.RECOVERIES,
        _recovery_in(RecoveryState.INVOICED),
    ),
    Heading(
        "back-taken-off",
        "To recover: off a payment",
        "It comes back when that claim is paid.",
        Of.RECOVERIES,
        _recovery_in(RecoveryState.SET_AGAINST),
    ),
    Heading(
        "back-late",
        "Late: money to come back",
        f"Not approved for {REMINDED} working days, or not paid back by its date.",
        Of.RECOVERIES,
        _late_recoveries,
    ),
)
BY_KIND = {heading.kind: heading for heading in HEADINGS}


def headings_for(fund: Fund, user: User, now: datetime) -> tuple[Heading, ...]:
    """The headings whose lists this person reads of a fund."""
    reads_runs = roles_for(user, fund.id, london_date(now)) & set(RUN_READERS)
    return tuple(heading for heading in HEADINGS if reads_runs or heading.of is not Of.RUNS)


def late_before(fund: Fund, today: date) -> datetime:
    """The moment before which what waits since then has waited for `REMINDED` of the council's days."""
    return start_of(add_working_days(today + timedelta(days=1), -REMINDED, fund.council_off))


# What a run is to pay and is not answered yet.
UNANSWERED = (
    select(cast(func.coalesce(func.sum(RunLine.pence), 0), BigInteger))
    .where(RunLine.run_id == PaymentRun.id, RunLine.outcome == Outcome.WAITING)
    .correlate(PaymentRun)
    .scalar_subquery()
)
# What is paid out for a claim (`payment_runs.pence_out`).
PAID_OUT = Claim.pence + case((Claim.vat_recovered, Claim.vat_pence), else_=0) - pence_to_take_off()
PENCE: dict[Of, Any] = {Of.CLAIMS: PAID_OUT, Of.RECOVERIES: Recovery.pence, Of.RUNS: UNANSWERED}


def rows_of(heading: Heading, who: Asker, fund: Any, late: Any, *columns: Any) -> Any:
    """What stands under a heading and may be seen; `fund` is its id."""
    when = heading.when(who, late)
    if heading.of is Of.RUNS:
        return select(*columns).select_from(PaymentRun).where(PaymentRun.fund_id == fund, when)
    table = Claim if heading.of is Of.CLAIMS else Recovery
    return (
        select(*columns)
        .select_from(table)
        .join(Bid, Bid.id == table.bid_id)
        .join(School, School.id == table.school_id)
        .where(Bid.fund_id + 0 == fund)  # so that a database begins with what waits, not with the fund's bids
        .where(is_visible(who), when)
    )
