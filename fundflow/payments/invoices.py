"""Entering the order of an award, and the invoice of a claim, where a fund pays by order and invoice."""

from datetime import date, datetime

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.payments.day_log import lock_schools
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.invoices import has_invoice, invoice_lines, needs_invoice, why_number_used
from fundflow.steps import lock, note
from fundflow.workflow.actors import Actor
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused, only, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.vat import sums
from fundflow.workflow.working_days import london_date

TAKES_INVOICE = (ClaimState.SUBMITTED, ClaimState.QUERIED)


def enter_invoice(
    claim: Claim, *, number: str, day: date, user: User, now: datetime, version: int | None
) -> None:
    """Keep the invoice of a claim; its VAT is worked out at the rates of its date. Entered again it takes the
    place of the one before. Raises Refused where the school used the number before."""
    about = {"number": number, "day": day.isoformat()}
    lock(claim, version, step="enter_invoice", user=user, about=about)
    refuse_if(why_not_entered(claim, user, now))
    lock_schools([claim.school_id])
    refuse_if(why_number_used(claim, number))
    refuse_if(why_not_kept(number, is_code=True))
    if day > london_date(now):
        raise Refused("The invoice’s date is in the future.")
    lines, recovered = invoice_lines(claim, day), claim.bid.fund.vat_recoverable
    claim.invoice_reference, claim.invoice_school_id, claim.invoiced_on = number, claim.school_id, day
    claim.invoice_lines, claim.vat_recovered = list(lines), recovered
    claim.vat_pence = sums(lines, recoverable=recovered).vat
    words = f"Entered the invoice {number}"
    note(claim, "enter_invoice", words, user=user, now=now, version=version, facts=about)
    db.session.commit()


def why_not_entered(claim: Claim, user: User, now: datetime) -> str | None:
    """None where this person may enter the claim's invoice now, else the sentence."""
    if why := why_not_yours(claim, user, now):
        return why
    if not needs_invoice(claim):
        return f"{claim.school.name} is paid without an invoice."
    if claim.state in TAKES_INVOICE or (claim.state is ClaimState.CERTIFIED and not has_invoice(claim)):
        return None
    return "The invoice of a claim that is checked or ended can’t be changed. Refuse the claim first."


def why_not_yours(claim: Claim, user: User, now: datetime) -> str | None:
    """None for the claim's school, the school that leads the bid, and finance; else the sentence."""
    own = {claim.school_id, claim.bid.lead_school_id}
    if own & user.school_ids(london_date(now)):
        return None
    return _why_not_finance(claim.bid, user, now, "The school that is paid, or finance, enters the invoice.")


def give_order(bid: Bid, *, number: str, user: User, now: datetime, version: int | None) -> None:
    """Give an award the order number of the council's finance system."""
    lock(bid, version, step="give_order", user=user, about={"number": number})
    refuse_if(why_no_order(bid, user, now))
    refuse_if(why_not_kept(number, is_code=True))
    bid.order_number = number
    words = f"Gave the award the order number {number}"
    note(bid, "give_order", words, user=user, now=now, version=version, facts={"number": number})
    db.session.commit()


def why_no_order(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may give the award its order number, else the sentence."""
    if why := _why_not_finance(bid, user, now, only((Actor.FINANCE,))):
        return why
    if not bid.fund.is_purchase:
        return "This fund pays grants, without orders."
    return None if bid.award else "There is no award yet, so no order."


def _why_not_finance(bid: Bid, user: User, now: datetime, words: str) -> str | None:
    if Actor.FINANCE not in actors_for(user, bid, now):
        return words
    bar = bar_of(bid, user, now)
    return f"You can’t do this: {bar_to_you(bar)}. Ask a colleague." if bar else None
