"""The headings of the finance officer's desk: a table, a row a heading.

A heading is a condition on facts of what waits, asked once to be counted and once to be listed, so that its
count is its list. The facts are found once for all the headings that ask for them.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, or_, select, union_all

from fundflow.actors import roles_for
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.recovery import TO_COME, Recovery
from fundflow.models.school import School
from fundflow.payments.runs.queries import READERS as RUN_READERS
from fundflow.permissions import is_visible
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


class ClaimFacts(NamedTuple):
    """Of a claim that is to be checked or paid.

    held       something keeps it from being checked, or from being paid
    sent_back  a run was to pay it, and it was rejected or came back
    """

    state: Any
    in_run: Any
    held: Any
    sent_back: Any
    late: Any


class RecoveryFacts(NamedTuple):
    """Of a recovery that is not settled yet."""

    state: Any
    late: Any


class RunFacts(NamedTuple):
    """Of a payment run."""

    state: Any


def _of_claims(who: Asker, late: Any) -> ClaimFacts:
    certified = Claim.state == ClaimState.CERTIFIED
    sent_back = RunLine.outcome.in_((Outcome.REJECTED, Outcome.RETURNED))
    since = case((certified, Claim.certified_at), else_=Claim.submitted_at)
    return ClaimFacts(
        state=Claim.state,
        in_run=is_in_run(),
        held=or_(
            is_blocked(),
            ~is_claimable(),
            condition_is_unmet(who.day),
            lacks_invoice(),
            certified & ~_is_payable(who),
        ),
        sent_back=exists().where(RunLine.claim_id == Claim.id, sent_back).correlate(Claim),
        late=since < late,
    )


def _is_payable(who: Asker) -> ColumnElement[bool]:
    """`payable`, found once for each school with a claim that is checked instead of once a claim."""
    theirs = School.id.in_(select(Claim.school_id).where(Claim.state == ClaimState.CERTIFIED))
    return School.id.in_(select(School.id).where(theirs, payable(who.day)).correlate(None))


def _of_recoveries(who: Asker, late: Any) -> RecoveryFacts:
    unapproved = (Recovery.state == RecoveryState.REQUESTED) & (Recovery.opened_at < late)
    unpaid = Recovery.state.in_(OWED) & (Recovery.due_on < who.day)
    return RecoveryFacts(Recovery.state, late=or_(unapproved, unpaid))


# For the person who looks, with the moment before which what still waits is late.
FACTS: dict[Of, Callable[[Asker, Any], Any]] = {
    Of.CLAIMS: _of_claims,
    Of.RECOVERIES: _of_recoveries,
    Of.RUNS: lambda _who, _late: RunFacts(PaymentRun.state),
}


class Heading(NamedTuple):
    """`when` is asked of the facts of its kind: as expressions, or as columns of a query for them."""

    kind: str  # as it stands in the address
    title: str
    hint: str
    of: Of
    when: Callable[[Any], ColumnElement[bool]]


def _in(*states: RunState | RecoveryState) -> Callable[[Any], ColumnElement[bool]]:
    return lambda one: one.state.in_(states)


def _to_check(claim: ClaimFacts) -> Any:
    return and_(claim.state == ClaimState.SUBMITTED, ~claim.held)


def _to_pay(claim: ClaimFacts) -> Any:
    return and_(claim.state == ClaimState.CERTIFIED, ~claim.in_run, ~claim.held)


def _rejected(claim: ClaimFacts) -> Any:
    return and_(claim.state == ClaimState.CERTIFIED, ~claim.in_run, claim.sent_back)


HEADINGS = (
    Heading("to-check", "Claims to check", "Sent, and nothing holds them.", Of.CLAIMS, _to_check),
    Heading("to-pay", "Claims due to pay", "Checked, and nothing holds them.", Of.CLAIMS, _to_pay),
    Heading(
        "runs-to-approve",
        "Payment runs to approve",
        "Another finance officer than the one who gathered it.",
        Of.RUNS,
        _in(RunState.GATHERED),
    ),
    Heading(
        "runs-to-export",
        "Payment runs to export",
        "Approved: their files go to the finance system.",
        Of.RUNS,
        _in(RunState.APPROVED),
    ),
    Heading(
        "answers-to-load",
        "Answers to load",
        "Payment runs that are out. The amount is not answered yet.",
        Of.RUNS,
        _in(RunState.EXPORTED, RunState.ANSWERED),
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
        lambda claim: and_(~claim.in_run, claim.held),
    ),
    Heading(
        "late-claims",
        "Late: claims",
        f"Not checked, or not paid, for {REMINDED} working days.",
        Of.CLAIMS,
        lambda claim: claim.late,
    ),
    Heading(
        "back-to-approve",
        "To recover: to approve",
        "Another person than the one who opened it asks for it, or lets it go.",
        Of.RECOVERIES,
        _in(RecoveryState.REQUESTED),
    ),
    Heading(
        "back-asked-for",
        "To recover: asked for",
        "The school is to pay it back.",
        Of.RECOVERIES,
        _in(RecoveryState.ASKED_FOR),
    ),
    Heading(
        "back-invoiced",
        "To recover: invoiced",
        "The school is to pay the invoice.",
        Of.RECOVERIES,
        _in(RecoveryState.INVOICED),
    ),
    Heading(
        "back-taken-off",
        "To recover: off a payment",
        "It comes back when that claim is paid.",
        Of.RECOVERIES,
        _in(RecoveryState.SET_AGAINST),
    ),
    Heading(
        "back-late",
        "Late: money to come back",
        f"Not approved for {REMINDED} working days, or not paid back by its date.",
        Of.RECOVERIES,
        lambda recovery: recovery.late,
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


# What waits of a kind at all. Of claims state by state: an index holds few of either.
WAITING: dict[Of, Any] = {
    Of.CLAIMS: Claim.id.in_(
        union_all(
            *(
                select(Claim.id).where(Claim.state == state).correlate(None)
                for state in (ClaimState.SUBMITTED, ClaimState.CERTIFIED)
            )
        )
    ),
    Of.RECOVERIES: Recovery.state.in_(TO_COME),
    Of.RUNS: PaymentRun.state.in_(
        (RunState.GATHERED, RunState.APPROVED, RunState.EXPORTED, RunState.ANSWERED)
    ),
}


def rows_of(kind: Of, who: Asker, fund: Any, *columns: Any) -> Any:
    """What waits of a kind and may be seen; `fund` is its id."""
    if kind is Of.RUNS:
        return select(*columns).select_from(PaymentRun).where(PaymentRun.fund_id == fund, WAITING[kind])
    table = Claim if kind is Of.CLAIMS else Recovery
    return (
        select(*columns)
        .select_from(table)
        .join(Bid, Bid.id == table.bid_id)
        .join(School, School.id == table.school_id)
        .where(Bid.fund_id + 0 == fund)  # so that a database begins with what waits, not with the fund's bids
        .where(is_visible(who), WAITING[kind])
    )
