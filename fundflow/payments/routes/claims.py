"""A claim's page: its log of days, what was decided about it, and the confirmation of its days."""

from typing import Any

from flask import abort, flash, redirect, request, url_for

from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.models.unfinished import Unfinished
from fundflow.payments import claim_queries, day_log, operations
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import CLAIM_STEPS, PATH, claim_caption, claim_parts, visible_claim
from fundflow.payments.forms import DayForm, InvoiceForm, RemoveForm
from fundflow.permissions import actors_for, sees_money
from fundflow.rules.awards import sum_of
from fundflow.rules.claims import why_condition_unmet, why_days_unconfirmed
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_form_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import ConfirmForm, Form, carried_out
from fundflow.web.unfinished import may_be_kept_for_later, row_as_typed, say_saved, show_unfinished
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


@blueprint.route("/bids/<reference>/claims/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_claim(reference: str) -> Any:
    bid = visible_bid(reference)
    if not sees_money(me(), bid, now()):
        abort(404)
    form = ConfirmForm.on(bid)
    if not form.is_submitted() and (why := operations.why_no_claim(bid, me(), now())):
        raise Refused(why)
    started: list[Claim] = []
    if form.validate_on_submit() and carried_out(
        form, lambda: started.append(operations.start_claim(bid, user=me(), now=now())), bid
    ):
        return redirect(_url("claim", started[0]))
    return bid_page("payments/new_claim.html", bid, form=form), form.status


@blueprint.route(PATH, methods=["GET", "POST"])
@access(SIGNED_IN)
def claim(reference: str, number: int) -> Any:
    """A POST adds a day to the log, or keeps one that is not finished."""
    claim = visible_claim(reference, number)
    form = DayForm.on(claim)
    form.offer_lines(claim.bid)
    if not form.is_submitted():
        _show_begun(form, claim)
    elif "forget" in request.form:
        if _kept(form, claim, None):
            flash("What was begun is removed.", "success")
            return redirect(f"{_url('claim', claim)}#log")
    elif form.validate_on_submit() and carried_out(
        form,
        lambda: day_log.add_day(
            claim,
            line_id=int(form.line.data),
            day=form.worked_on.data,
            half_days=int(form.half_days.data),
            activity=form.activity.data,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        claim,
    ):
        flash("The day is in the log.", "success")
        return redirect(_money(claim) if "later" in request.form else f"{_url('claim', claim)}#log")
    elif not form.problem and may_be_kept_for_later(form):
        entry = None if form.is_blank else row_as_typed(form, "day")
        if _kept(form, claim, entry):
            say_saved(entry, before="the claim is sent", otherwise="Nothing was entered.")
            return redirect(_money(claim))
    return _claim_page(claim, form), form.status


def _show_begun(form: DayForm, claim: Claim) -> None:
    """The day that was begun and not finished, as it was typed."""
    if (begun := claim.bid.unfinished.get(claim.begun_day)) and _may_edit(claim):
        show_unfinished(form, begun)


def _kept(form: DayForm, claim: Claim, entry: Unfinished | None) -> bool:
    return carried_out(
        form,
        lambda: day_log.keep_begun_day(claim, entry, version=form.version.data, user=me(), now=now()),
        claim,
    )


@blueprint.route(f"{PATH}/days/<id:day>/remove", methods=["POST"])
@access(SIGNED_IN)
def remove_day(reference: str, number: int, day: int) -> Any:
    claim = visible_claim(reference, number)
    form = RemoveForm.on(claim)
    if form.validate_on_submit() and carried_out(
        form, lambda: day_log.remove_day(claim, day, version=form.version.data, user=me(), now=now()), claim
    ):
        flash("The day is out of the log.", "success")
        return redirect(f"{_url('claim', claim)}#log")
    log = DayForm(formdata=None)
    log.offer_lines(claim.bid)
    _show_begun(log, claim)
    log.version.data, log.problem = claim.version, form.problem
    return _claim_page(claim, log), form.status


@blueprint.route(f"{PATH}/invoice", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_invoice(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = InvoiceForm.on(claim)
    if not form.is_submitted():
        form.reference.data = claim.invoice_reference
    if form.validate_on_submit() and carried_out(
        form,
        lambda: day_log.set_invoice(
            claim, reference=form.reference.data or "", version=form.version.data, user=me(), now=now()
        ),
        claim,
    ):
        flash("The invoice reference is saved.", "success")
        return redirect(_url("claim", claim))
    return bid_form_page(
        claim.bid,
        form,
        heading="Your invoice reference",
        button="Save",
        explain=(
            "If your school sends an invoice with this claim, enter its "
            "reference. Each one can be used once.",
        ),
        caption=claim_caption(claim),
        back=_url("claim", claim),
        back_text="Back to the claim",
    )


@blueprint.route(f"{PATH}/confirm-days", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirm_days(reference: str, number: int) -> Any:
    """For the head of a supported school, who sees the days but not the money."""
    bid = visible_bid(reference)
    claim: Claim = visible_part(Claim, number, bid)
    if not operations.leads_a_supported_school(bid, me(), now()):
        abort(404)
    form = ConfirmForm.on(claim)
    if not form.is_submitted() and (why := operations.why_not_to_confirm(claim, me(), now())):
        raise Refused(why)
    if form.validate_on_submit() and carried_out(
        form, lambda: operations.confirm_days(claim, version=form.version.data, user=me(), now=now()), claim
    ):
        flash("Thank you. The days are confirmed.", "success")
        return redirect(url_for("desk.bid", reference=bid.reference))
    return bid_page(
        "payments/confirm_days.html", bid, claim=claim, form=form, days=claim_queries.days_of(claim)
    ), form.status


def _claim_page(claim: Claim, form: Form) -> str:
    bid: Bid = claim.bid
    at = now()
    return bid_page(
        "payments/claim.html",
        bid,
        claim=claim,
        form=form,
        may_edit=_may_edit(claim),
        begun=claim.begun_day in bid.unfinished,
        log=claim_queries.days_of(claim),
        lines=claim_queries.lines_left(claim),
        steps=CLAIM_STEPS.links(claim),
        sum=sum_of(claim.bid, with_claim=claim),
        history=claim_queries.history_of(claim),
        unconfirmed=why_days_unconfirmed(claim),
        payee=payee_on(claim.school, london_date(at)) if claim.is_open else None,
        held=why_no_payee(claim.school, london_date(at)) if claim.is_open else None,
        condition_unmet=why_condition_unmet(claim.bid, london_date(at)) if claim.is_open else None,
    )


def _may_edit(claim: Claim) -> bool:
    return claim.is_editable and Actor.SCHOOL_TEAM in actors_for(me(), claim, now())


def _money(claim: Claim) -> str:
    return url_for("payments.bid_money", reference=claim.bid.reference)


def _url(endpoint: str, claim: Claim) -> str:
    return url_for(f"payments.{endpoint}", **claim_parts(claim))
