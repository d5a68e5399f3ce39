"""What a recovery waits for."""

from fundflow.models.recovery import Recovery
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.payment_runs import why_in_run
from fundflow.rules.recoveries import (
    payments_to_set_against,
    why_above_small_sum,
    why_not_owed_again,
    why_still_owed,
)
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def barred_from_recovery(recovery: Recovery, ask: Ask) -> str | None:
    bar = bar_of(recovery.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t handle this recovery: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def opened_it(recovery: Recovery, ask: Ask) -> str | None:
    if ask.user and recovery.opened_by_id == ask.user.id:
        return "You opened this recovery, so another person must decide about it."
    return None


@guard
def above_small_sum(recovery: Recovery, _ask: Ask) -> str | None:
    return why_above_small_sum(recovery)


@guard
def still_owed(recovery: Recovery, _ask: Ask) -> str | None:
    return why_still_owed(recovery)


@guard
def no_payment_to_set_against(recovery: Recovery, ask: Ask) -> str | None:
    if ask.user and payments_to_set_against(recovery, ask.user, ask.now):
        return None
    return f"No checked claim of {recovery.school.name} in this fund is large enough."


@guard
def came_off_payment(recovery: Recovery, _ask: Ask) -> str | None:
    if recovery.claim_id is None:
        return None
    return "It was taken off a payment. Reverse that payment instead, on the page of its claim."


@guard
def asked_to_undo(recovery: Recovery, ask: Ask) -> str | None:
    if ask.user and recovery.undo_asked_by_id == ask.user.id:
        return "You asked to undo this, so another finance officer must agree."
    return None


@guard
def bid_closed_since(recovery: Recovery, _ask: Ask) -> str | None:
    if recovery.bid.state is not BidState.CLOSED:
        return None
    return "The bid is closed. Ask an administrator to reopen it first."


@guard
def not_owed_again(recovery: Recovery, _ask: Ask) -> str | None:
    return why_not_owed_again(recovery)


@guard
def payment_not_made(recovery: Recovery, _ask: Ask) -> str | None:
    made = recovery.claim is not None and recovery.claim.state is ClaimState.PAID
    return None if made else "The payment is not made yet."


@guard
def payment_in_run(recovery: Recovery, _ask: Ask) -> str | None:
    return why_in_run(recovery.claim) if recovery.claim else None
