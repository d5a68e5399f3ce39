"""What an award still pays, and what keeps a claim on it from being sent, checked or paid."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.condition import OPEN_CONDITIONS, AwardCondition
from fundflow.models.decision import Decision
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.money import pounds
from fundflow.models.payment import LIVE_CLAIMS, Claim, ClaimKind
from fundflow.models.unfinished import wrong_under
from fundflow.workflow.application import BidState


def why_not_claimable(bid: Bid) -> str | None:
    """None while an award can be claimed on and paid, else the sentence that says why not."""
    if bid.state in (BidState.IN_DELIVERY, BidState.IN_MONITORING):
        return None
    if bid.state is BidState.SUSPENDED:
        return "Payments on this bid are paused."
    return "This award can no longer be claimed on."


def left_to_claim(bid: Bid, *, besides: Claim | None = None) -> int:
    """Pence of the award that no live claim has taken and nobody released.

    besides  a claim that is not counted, because the question is asked for it
    """
    session = object_session(bid)
    if session is None:
        return bid.awarded_pence or 0
    claimed = select(func.coalesce(func.sum(Claim.pence), 0)).where(
        Claim.bid_id == bid.id, Claim.state.in_(LIVE_CLAIMS)
    )
    if besides is not None:
        claimed = claimed.where(Claim.id != besides.id)
    released = select(func.coalesce(func.sum(LedgerEntry.pence), 0)).where(
        LedgerEntry.bid_id == bid.id, LedgerEntry.kind == EntryKind.RELEASED
    )
    taken = int(session.scalar(claimed) or 0) + int(session.scalar(released) or 0)
    return (bid.awarded_pence or 0) - taken


def why_above_balance(claim: Claim) -> str | None:
    """The sentence where a claim is more than what is left for it of the award."""
    left = left_to_claim(claim.bid, besides=claim)
    if claim.pence <= left:
        return None
    return f"The claim is {pounds(claim.pence)}; {pounds(left)} of the award is left to claim."


def why_days_unconfirmed(claim: Claim) -> str | None:
    """Who has yet to confirm the days of a claim's log, as a sentence, or None."""
    if claim.kind is ClaimKind.ADVANCE or claim.days_confirmed_at:
        return None
    names = " or ".join(school.name for school in claim.bid.supported)
    return f"Waiting for the head of {names} to confirm the days."


def why_log_unfinished(claim: Claim) -> str | None:
    """What must be put right in a day of the log that was begun, or None."""
    wrong = wrong_under(claim.bid, claim.begun_day)
    return f"{wrong[0]}." if wrong else None


def why_condition_unmet(bid: Bid, day: date) -> str | None:
    """The first of an award's conditions that was due by a day and is neither met nor let go, as a
    sentence; None where payments need not wait. Asked of the database: another may just have met it."""
    session = object_session(bid)
    if session is None:
        return None
    found = session.scalar(
        select(AwardCondition)
        .join(Decision, Decision.id == AwardCondition.decision_id)
        .where(
            AwardCondition.bid_id == bid.id,
            AwardCondition.due_on <= day,
            AwardCondition.state.in_(OPEN_CONDITIONS),
            Decision.undone_at.is_(None),
        )
        .order_by(AwardCondition.due_on, AwardCondition.id)
        .limit(1)
    )
    return found.why_unpaid if found else None
