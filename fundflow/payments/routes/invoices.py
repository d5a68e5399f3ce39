"""The order of an award and the invoice of a claim, where a fund pays by order and invoice."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.payments import invoices
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import PATH, claim_parts, money_of_bid, visible_claim
from fundflow.payments.forms import InvoiceForm, OrderForm
from fundflow.rules.invoices import invoice_lines, order_of
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_form_page
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import Refused
from fundflow.workflow.vat import sums
from fundflow.workflow.working_days import london_date


@blueprint.route(f"{PATH}/invoice", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_invoice(reference: str, number: int) -> Any:
    """The invoice of a claim: what it must say, its number and date."""
    claim = visible_claim(reference, number)
    if not claim.bid.fund.is_purchase:
        abort(404)
    form, back = InvoiceForm.on(claim), url_for("payments.claim", **claim_parts(claim))
    if not form.is_submitted() and (why := invoices.why_not_entered(claim, me(), now())):
        raise Refused(why)
    if not form.is_submitted() and claim.invoice_lines:
        form.number.data, form.day.data = claim.invoice_reference, claim.invoiced_on

    def act() -> None:
        invoices.enter_invoice(
            claim,
            number=form.number.data,
            day=form.day.data,
            user=me(),
            now=now(),
            version=form.version.data,
        )

    if form.validate_on_submit() and carried_out(form, act, claim):
        flash("The invoice is entered.", "success")
        return redirect(back)
    lines = invoice_lines(claim, london_date(now()))
    recoverable = claim.bid.fund.vat_recoverable
    page = bid_page(
        "payments/invoice.html",
        claim.bid,
        claim=claim,
        form=form,
        lines=lines,
        sums=sums(lines, recoverable=recoverable),
        recoverable=recoverable,
        order=order_of(claim.bid),
        back_to=back,
    )
    return page, form.status


@blueprint.route("/bids/<reference>/order", methods=["GET", "POST"])
@access(SIGNED_IN)
def order(reference: str) -> Any:
    """Give an award the order number of the council's finance system."""
    bid = money_of_bid(reference)
    if not bid.fund.is_purchase:
        abort(404)
    form, back = OrderForm.on(bid), url_for("payments.bid_money", reference=reference)
    if not form.is_submitted() and (why := invoices.why_no_order(bid, me(), now())):
        raise Refused(why)
    if not form.is_submitted():
        form.number.data = bid.order_number

    def act() -> None:
        invoices.give_order(bid, number=form.number.data, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash("The order number is kept.", "success")
        return redirect(back)
    return bid_form_page(
        bid,
        form,
        heading="Order number",
        explain=("Until a number is given here, the bid’s reference is the order number.",),
        button="Keep the order number",
        back=back,
        back_text="Back to the bid’s money",
    )
