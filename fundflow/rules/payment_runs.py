"""Which claims a payment run may pay, and what a run keeps a claim from (docs/rules.md, "Payment runs")."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import joinedload, object_session

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.recovery import Recovery
from fundflow.rules.payable_together import may_wait
from fundflow.rules.payees import payee_on
from fundflow.workflow.claim import CLAIM, ClaimState
from fundflow.workflow.engine import GUARDS, Ask
from fundflow.workflow.payment_run import FROZEN
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.working_days import london_date

# What a claim waits for before it is paid; the run itself, and whose run it is, are asked apart.
WAITS = tuple(
    name
    for name in CLAIM.find("pay", ClaimState.CERTIFIED).waits_while
    if name not in ("in_a_run", "certified_it", "barred_from_claim")
)


def run_line_of(claim: Claim) -> RunLine | None:
    """The line of the run that is to pay a claim, if it is in one. Asked of the database: another may just
    have gathered it."""
    session = object_session(claim)
    if session is None:
        return None
    query = select(RunLine).where(RunLine.claim_id == claim.id, RunLine.outcome == Outcome.WAITING)
    return session.scalar(query.options(joinedload(RunLine.run)))


def approved_on(claim: Claim) -> date | None:
    """The day on which the run that paid a claim was approved; None where none did."""
    session = object_session(claim)
    query = select(PaymentRun.approved_at).join(RunLine, RunLine.run_id == PaymentRun.id)
    query = query.where(RunLine.claim_id == claim.id, RunLine.outcome == Outcome.PAID)
    found = session and session.scalar(query.order_by(RunLine.id.desc()).limit(1))
    return london_date(found) if found else None


def in_approved_runs(bid: Bid) -> list[Claim]:
    """The claims on a bid's award that approved runs are to pay."""
    query = (
        select(Claim)
        .join(RunLine, RunLine.claim_id == Claim.id)
        .join(PaymentRun, PaymentRun.id == RunLine.run_id)
        .where(Claim.bid_id == bid.id, RunLine.outcome == Outcome.WAITING, PaymentRun.state.in_(FROZEN))
        .order_by(Claim.id)
    )
    session = object_session(bid)
    return list(session.scalars(query)) if session else []


def is_in_run() -> ColumnElement[bool]:
    """Whether a claim is in a run, as a condition on Claim."""
    waiting = exists().where(RunLine.claim_id == Claim.id, RunLine.outcome == Outcome.WAITING)
    return waiting.correlate(Claim)


def why_in_run(claim: Claim) -> str | None:
    """The run a claim is in, as a sentence; None where it is in none."""
    line = run_line_of(claim) if claim.state is ClaimState.CERTIFIED else None
    return f"This claim is in the payment run {line.run.reference}." if line else None


def why_paid_in_runs(claim: Claim) -> str | None:
    """Why a claim is not marked as paid by itself; None where it is. One of which nothing is left to pay out
    has no place in a run."""
    if not claim.bid.fund.pays_in_runs or not pence_out(claim):
        return None
    return "This fund pays its claims in payment runs."


def pence_out(claim: Claim) -> int:
    """Pence that are paid out for a claim, with VAT, less what is to be taken off its payment."""
    session = object_session(claim)
    taken = session and session.scalar(
        select(func.sum(Recovery.pence)).where(
            Recovery.claim_id == claim.id, Recovery.state == RecoveryState.SET_AGAINST
        )
    )
    return claim.gross_pence - int(taken or 0)  # PostgreSQL adds up to a Decimal


def why_not_in_run(claim: Claim, now: datetime) -> str | None:
    """Why a run can't pay a claim now, as a sentence; None where it can."""
    if claim.state is not ClaimState.CERTIFIED:
        return f"The claim is now “{CLAIM.words[claim.state]}”."
    if not pence_out(claim):
        return "Nothing of it is paid out: all of it is taken off for what comes back. Mark it as paid."
    ask = Ask(now)
    return next((why for name in WAITS if (why := GUARDS[name](claim, ask))), None)


def why_not_exported(run: PaymentRun, now: datetime) -> str | None:
    """Which payments of an approved run could not be made now, each with why; None where all could."""
    day, session = london_date(now), object_session(run)
    doubtful = may_wait(session, run.waiting, day) if session else set()
    found = []
    for line in run.waiting:
        if line.id not in doubtful:
            continue
        why = why_not_in_run(line.claim, now)
        if why is None and payee_on(line.claim.school, day) is not line.payee:
            why = "who is paid has changed since the run was approved."
        if why:
            found.append(f"{line.payment_id}, {line.claim.school.name}: {why}")
    if not found:
        return None
    return f"Not every payment could be made now. {' '.join(found)} Cancel this run and gather again."


def why_not_by(claim: Claim, user: User, now: datetime) -> str | None:
    """Why the run of this person can't pay a claim, in words for everybody who reads the run."""
    if claim.certified_by_id == user.id:
        return "The person who approved this run checked this claim. Another person must approve its payment."
    if GUARDS["barred_from_claim"](claim, Ask(now, user)):
        return "A school of this bid, or its trust, is that of the person who makes this run."
    return None


def why_nobody_approves(claim: Claim, others: Iterable[User], now: datetime) -> str | None:
    """Why none of those who may approve a run could approve this claim's payment; None where one could."""
    if any(why_not_by(claim, other, now) is None for other in others):
        return None
    return (
        "Nobody could approve it: every other finance officer checked this claim, or is barred. "
        "The person who checked it can gather it."
    )


def why_none_approved(run: PaymentRun, user: User, now: datetime) -> str | None:
    """Why this person could approve no payment of a run; None where there is one."""
    if not run.waiting or any(why_not_by(line.claim, user, now) is None for line in run.waiting):
        return None
    return (
        "You can approve no payment of this run: you checked its claims, or your school takes part in their "
        "bids. Another finance officer approves it, or cancel it."
    )


def claims_to_pay(fund: Fund) -> list[Claim]:
    """Checked claims of a fund that are in no run, those checked first before the others."""
    session = object_session(fund)
    if session is None:
        return []
    query = (
        select(Claim)
        .join(Claim.bid)
        .where(Claim.state == ClaimState.CERTIFIED, ~is_in_run())
        .where(Claim.bid.has(fund_id=fund.id))
        .order_by(Claim.certified_at, Claim.id)
        .options(joinedload(Claim.bid), joinedload(Claim.school))
    )
    return list(session.scalars(query).unique())
