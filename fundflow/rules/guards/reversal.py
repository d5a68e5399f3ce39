"""What a reversal waits for."""

from fundflow.models.reversal import Reversal
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.reversals import why_bid_closed, why_payment_stays
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def barred_from_reversal(reversal: Reversal, ask: Ask) -> str | None:
    bar = bar_of(reversal.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t reverse this payment: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def requested_reversal(reversal: Reversal, ask: Ask) -> str | None:
    if ask.user and reversal.requested_by_id == ask.user.id:
        return "You asked for this reversal, so another finance officer must approve it."
    return None


@guard
def not_paid_now(reversal: Reversal, _ask: Ask) -> str | None:
    if reversal.claim.state is ClaimState.PAID:
        return None
    return "This claim is not paid, so there is no payment to reverse."


@guard
def closed_with_payment(reversal: Reversal, _ask: Ask) -> str | None:
    return why_bid_closed(reversal.claim)


@guard
def payment_stays(reversal: Reversal, _ask: Ask) -> str | None:
    return why_payment_stays(reversal.claim)
