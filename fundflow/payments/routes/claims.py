"""Asking for payment, and a claim's page: the days and costs it asks for, and what was decided about it."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.actors import actors_for
from fundflow.history import history_of
from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.payments import claim_queries, cost_log, invoices, operations
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import CLAIM_STEPS, PATH, claim_parts, visible_claim
from fundflow.payments.forms import PaymentForm
from fundflow.payments.reversals import why_no_reversal
from fundflow.payments.runs.pages import REVERSAL_STEPS
from fundflow.permissions import sees_as_staff, sees_money
from fundflow.rules.award_sums import sum_of
from fundflow.rules.awards import unclaimed_costs, unclaimed_days
from fundflow.rules.claims import (
    why_condition_unmet,
    why_days_unconfirmed,
    why_days_unsettled,
    why_log_unfinished,
    why_nothing_due,
)
from fundflow.rules.invoices import needs_invoice, order_of, why_no_invoice
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.rules.payment_blocks import standing_blocks, why_report_overdue
from fundflow.rules.payment_runs import run_line_of, why_paid_in_runs
from fundflow.rules.recoveries import taken_off
from fundflow.rules.reversals import reversals_of
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.actors import Actor
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.working_days import london_date


@blueprint.route("/bids/<reference>/claims/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_claim(reference: str) -> Any:
    """What is due now, and the head's request to be paid it."""
    bid = visible_bid(reference)
    if not sees_money(me(), bid, now()):
        abort(404)
    form = PaymentForm.on(bid)
    if not form.is_submitted() and (why := operations.why_no_claim(bid, me(), now())):
        raise Refused(why)
    if form.validate_on_submit() and carried_out(form, lambda: _ask(bid, form), bid):
        flash("The claim is sent. The liaison officer checks it next.", "success")
        sent = operations.claims_made_from(bid, me(), form.version.data)
        return redirect(
            _url(sent[0]) if len(sent) == 1 else url_for("payments.bid_money", reference=reference)
        )
    return _payment_page(bid, form), form.status


def _ask(bid: Bid, form: PaymentForm) -> None:
    operations.ask_for_payment(
        bid,
        agreement=form.agreement.data,
        invoice_reference=form.invoice_reference.data or "",
        version=form.version.data,
        user=me(),
        now=now(),
    )


def _payment_page(bid: Bid, form: PaymentForm) -> str:
    found = sum_of(bid)
    return bid_page(
        "payments/new_claim.html",
        bid,
        form=form,
        sum=found,
        queried=claim_queries.queried_on(bid),
        nothing_due=why_nothing_due(found),
        days=unclaimed_days(bid),
        costs=unclaimed_costs(bid),
        unsettled=why_days_unsettled(bid),
        unfinished=why_log_unfinished(bid),
        order_of=order_of,
        leads=Actor.SCHOOL_LEADER in actors_for(me(), bid, now()),
    )


@blueprint.route(PATH)
@access(SIGNED_IN)
def claim(reference: str, number: int) -> Any:
    claim, day = visible_claim(reference, number), london_date(now())
    costs, off = claim_queries.costs_of(claim), taken_off(claim)
    return bid_page(
        "payments/claim.html",
        claim.bid,
        claim=claim,
        log=claim_queries.days_of(claim),
        costs=costs,
        used=cost_log.receipts_used(costs, me(), now()),
        steps=CLAIM_STEPS.links(claim),
        sum=sum_of(claim.bid, with_claim=claim, requested=sees_as_staff(me(), claim.bid, now())),
        queried=claim_queries.queried_on(claim.bid, but=claim),
        to_take_off=sum(one.pence for one in off if one.state is RecoveryState.SET_AGAINST),
        history=history_of(claim),
        blocks=standing_blocks(claim.bid) if claim.is_open else [],
        report_overdue=why_report_overdue(claim.bid, day) if claim.is_open else None,
        unconfirmed=why_days_unconfirmed(claim),
        payee=payee_on(claim.school, day) if claim.is_open else None,
        held=why_no_payee(claim.school, day) if claim.is_open else None,
        taken_off=off,
        needs_invoice=needs_invoice(claim),
        no_invoice=why_no_invoice(claim),
        may_invoice=needs_invoice(claim) and invoices.why_not_entered(claim, me(), now()) is None,
        order_of=order_of,
        **_in_runs(claim),
        condition_unmet=why_condition_unmet(claim.bid, day) if claim.is_open else None,
    )


def _in_runs(claim: Claim) -> dict[str, Any]:
    """The run that is to pay a checked claim, and what became of its payments; for the council alone."""
    paid, checked = claim.state is ClaimState.PAID, claim.state is ClaimState.CERTIFIED
    staff = sees_as_staff(me(), claim.bid, now())
    return {
        "run_line": run_line_of(claim) if staff and checked else None,
        "next_run": staff and checked and why_paid_in_runs(claim) is not None,
        "reversals": reversals_of(claim) if staff and (paid or checked) else [],
        "reversal_steps": REVERSAL_STEPS,
        "may_reverse": staff and paid and why_no_reversal(claim, me(), now()) is None,
    }


def _url(claim: Claim) -> str:
    return url_for("payments.claim", **claim_parts(claim))
