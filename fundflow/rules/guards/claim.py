"""What a claim waits for."""

from fundflow.models.payment import Claim
from fundflow.rules.claims import (
    why_above_balance,
    why_condition_unmet,
    why_days_unconfirmed,
    why_not_claimable,
    why_nothing_claimed,
)
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.invoices import why_no_invoice
from fundflow.rules.payees import why_no_payee
from fundflow.rules.payment_blocks import why_blocked
from fundflow.rules.payment_runs import why_in_run, why_paid_in_runs
from fundflow.rules.recoveries import why_set_against
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def nothing_claimed(claim: Claim, _ask: Ask) -> str | None:
    return why_nothing_claimed(claim)


@guard
def one_entry_claimed(claim: Claim, _ask: Ask) -> str | None:
    return None if claim.asks_for > 1 else "This claim has fewer than two days or costs to choose from."


@guard
def payments_paused(claim: Claim, _ask: Ask) -> str | None:
    return why_not_claimable(claim.bid)


@guard
def payments_blocked(claim: Claim, _ask: Ask) -> str | None:
    return why_blocked(claim.bid)


@guard
def above_balance(claim: Claim, _ask: Ask) -> str | None:
    return why_above_balance(claim)


@guard
def days_not_confirmed(claim: Claim, _ask: Ask) -> str | None:
    return why_days_unconfirmed(claim)


@guard
def condition_unmet(claim: Claim, ask: Ask) -> str | None:
    return why_condition_unmet(claim.bid, london_date(ask.now))


@guard
def payee_unconfirmed(claim: Claim, ask: Ask) -> str | None:
    return why_no_payee(claim.school, london_date(ask.now))


@guard
def invoice_missing(claim: Claim, _ask: Ask) -> str | None:
    return why_no_invoice(claim)


@guard
def recovery_set_against(claim: Claim, _ask: Ask) -> str | None:
    return why_set_against(claim)


@guard
def barred_from_claim(claim: Claim, ask: Ask) -> str | None:
    bar = bar_of(claim.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t handle this claim: {bar_to_you(bar)}." if bar else None


@guard
def certified_it(claim: Claim, ask: Ask) -> str | None:
    if ask.user and claim.certified_by_id == ask.user.id:
        return "You checked this claim, so another finance officer must pay it."
    return None


@guard
def in_a_run(claim: Claim, _ask: Ask) -> str | None:
    return why_in_run(claim)


@guard
def paid_in_runs(claim: Claim, _ask: Ask) -> str | None:
    return why_paid_in_runs(claim)
