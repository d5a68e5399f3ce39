"""The steps of a claim, a page each."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from fundflow.models.payment import ROUTE_OF, Claim, ClaimKind
from fundflow.payments import operations
from fundflow.payments.claim_pages import PATH, visible_claim
from fundflow.payments.forms import AnswerForm, PayForm, QuestionForm, SendForm
from fundflow.payments.routes import rooms
from fundflow.steps import require_step
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.forms import ConfirmForm, Form, ReasonForm, carried_out


@rooms.route(f"{PATH}/steps/submit", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_submit(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = SendForm.on(claim)
    return _step(
        claim,
        "submit",
        form,
        lambda: operations.submit(claim, **_who(form)),
        "The claim is sent. The liaison officer checks it next.",
        *_confirmation_words(claim),
    )


@rooms.route(f"{PATH}/steps/query", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_query(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = QuestionForm.on(claim)
    return _step(
        claim,
        "query",
        form,
        lambda: operations.query(claim, question=form.reason.data, **_who(form)),
        "Your question is on its way to the school.",
        "The school can change the log of days and sends the claim back.",
    )


@rooms.route(f"{PATH}/steps/answer", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_answer(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = AnswerForm.on(claim)
    return _step(
        claim,
        "answer",
        form,
        lambda: operations.answer(claim, text=form.answer.data, **_who(form)),
        "The claim is on its way back.",
        f"The question was: {claim.question}",
    )


@rooms.route(f"{PATH}/steps/certify", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_certify(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = ConfirmForm.on(claim)
    return _step(
        claim,
        "certify",
        form,
        lambda: operations.certify(claim, **_who(form)),
        "The claim is checked. Finance is being told.",
        "You say that the claim agrees with the bid, its conditions and the log of days.",
        "Another person must pay it.",
    )


@rooms.route(f"{PATH}/steps/pay", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_pay(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = PayForm.on(claim)
    route = ROUTE_OF[claim.payee.kind].words
    return _step(
        claim,
        "pay",
        form,
        lambda: operations.pay(claim, payment_reference=form.payment_reference.data, **_who(form)),
        "The payment is in the ledger. The school is being told.",
        f"Pay {claim.payee_words} by this route: {route}.",
        "This records the payment in the ledger and can’t be taken back here.",
    )


@rooms.route(f"{PATH}/steps/refuse", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim_refuse(reference: str, number: int) -> Any:
    claim = visible_claim(reference, number)
    form = ReasonForm.on(claim)
    return _step(
        claim,
        "refuse",
        form,
        lambda: operations.refuse(claim, reason=form.reason.data, **_who(form)),
        "The claim is refused. The school is being told why.",
        "The school can claim the same days again in a new claim.",
    )


def _who(form: Form) -> dict[str, Any]:
    return {"version": form.version.data, "user": me(), "now": now()}


def _step(claim: Claim, name: str, form: Form, act: Callable[[], Any], done: str, *explain: str) -> Any:
    """Ask for what the step needs, take it, go back to the claim; refused (409) where closed."""
    if not form.is_submitted():
        require_step(claim, name, me(), now())
    if form.validate_on_submit() and carried_out(form, act, claim):
        flash(done, "success")
        return redirect(url_for("payments.claim", reference=claim.bid.reference, number=claim.id))
    step = next(step for step in claim.workflow.steps if step.name == name)
    return bid_page(
        "payments/claim_form.html",
        claim.bid,
        claim=claim,
        form=form,
        heading=step.button,
        button=step.button,
        warning=step.warning,
        explain=explain,
    ), form.status


def _confirmation_words(claim: Claim) -> tuple[str, ...]:
    if claim.kind is ClaimKind.ADVANCE or claim.bid.lead_school in claim.bid.supported:
        return ()
    names = " or ".join(school.name for school in claim.bid.supported)
    return (f"The head of {names} will be asked to confirm the days.",)
