"""What keeps a payment from being reversed (docs/rules.md, "Reversals")."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, object_session

from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.recovery import Recovery
from fundflow.models.reversal import Reversal
from fundflow.models.school import School
from fundflow.rules.award_sums import sum_of
from fundflow.rules.payment_runs import run_line_of
from fundflow.rules.recoveries import taken_off
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import CAME_BACK, RecoveryState
from fundflow.workflow.reversal import ReversalState


def reversals_of(claim: Claim) -> Sequence[Reversal]:
    """Every reversal of a claim's payments, the oldest first."""
    session = object_session(claim)
    people = (joinedload(Reversal.requested_by), joinedload(Reversal.approved_by))
    query = select(Reversal).where(Reversal.claim_id == claim.id).order_by(Reversal.id).options(*people)
    return session.scalars(query).all() if session else []


def why_not_reversible(claim: Claim) -> str | None:
    """None where a claim's payment can be asked to be reversed, else the sentence."""
    if claim.state is not ClaimState.PAID:
        return "This claim is not paid, so there is no payment to reverse."
    if any(one.state is ReversalState.REQUESTED for one in reversals_of(claim)):
        return "A reversal of this payment waits for another finance officer already."
    return None


def why_came_back(claim: Claim) -> str | None:
    """Why a payment stays: without it the school would have paid back more than it was paid."""
    payee = sum_of(claim.bid).of(claim.school)
    if payee is None or claim.state is not ClaimState.PAID:
        return None
    undone = sum(
        recovery.pence
        for recovery in taken_off(claim)
        if recovery.state in CAME_BACK and recovery.bid_id == claim.bid_id
    )
    missing = claim.pence - payee.sum.paid - undone
    if missing <= 0:
        return None
    more = f"{pounds(missing)} more than it was paid"
    return f"Without this payment {payee.school.name} would have paid back {more}."


def why_bid_closed(claim: Claim) -> str | None:
    """Why the claim could not be paid again: its bid is closed."""
    if claim.bid.state is not BidState.CLOSED:
        return None
    return "The bid is closed, so the claim could not be paid again. Ask an administrator to reopen it first."


def why_payment_stays(claim: Claim) -> str | None:
    """Why a payment can't be reversed now, because of what comes back of the award; None where it can."""
    return why_to_take_off(claim) or why_came_back(claim)


def why_to_take_off(claim: Claim) -> str | None:
    """Why a payment stays: what comes back of it is to be taken off another, which then could not be paid."""
    session = object_session(claim)
    if session is None:
        return None
    query = (
        select(Recovery)
        .join(School, School.id == Recovery.school_id)
        .where(
            Recovery.bid_id == claim.bid_id,
            Recovery.state == RecoveryState.SET_AGAINST,
            SCHOOL_TODAY.in_([claim.school.today_id]),
        )
        .order_by(Recovery.id)
        .limit(1)
    )
    recovery = session.scalar(query)
    if recovery is None or recovery.claim is None:
        return None
    line = run_line_of(recovery.claim)
    first = (
        f"That claim is in {line.run.reference}. Load that run’s answer first."
        if line
        else f"Open {recovery.reference} and don’t take it off that payment first."
    )
    off = f"the payment of {recovery.claim.reference}"
    return f"{pounds(recovery.pence)} of this is to be taken off {off}. {first}"
