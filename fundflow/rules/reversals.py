"""What keeps a payment from being reversed (docs/rules.md, "Reversals")."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, object_session

from fundflow.models.payment import Claim
from fundflow.models.reversal import Reversal
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
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


def why_bid_closed(claim: Claim) -> str | None:
    """Why the claim could not be paid again: its bid is closed."""
    if claim.bid.state is not BidState.CLOSED:
        return None
    return "The bid is closed, so the claim could not be paid again. Ask an administrator to reopen it first."
