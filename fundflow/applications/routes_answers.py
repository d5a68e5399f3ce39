"""Where others give their word on a bid: a partner's head, and an approver through a link."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.applications import answering, queries, reading
from fundflow.applications.forms import DeclineForm, SignatureForm
from fundflow.applications.routes import rooms
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.steps import require_step
from fundflow.web.access import ANYONE, SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.errors import page as message
from fundflow.web.forms import AgreementForm, ConfirmForm, Form, ReasonForm, carried_out
from fundflow.workflow.approval import ApprovalState

WORD = "/bids/<reference>/confirmations/<id:number>"
SIGNATURE = "/bids/<reference>/approvals/<id:number>"


@rooms.route(WORD)
@access(SIGNED_IN)
def confirmation(reference: str, number: int) -> Any:
    """The bid in brief, for the head of a school that takes part."""
    asked = _confirmation(reference, number)
    return _show(asked, _confirming(asked), DeclineForm.on(asked)), 200


@rooms.route(WORD + "/confirm", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirmation_confirm(reference: str, number: int) -> Any:
    asked = _confirmation(reference, number)
    form = _confirming(asked)
    if not form.is_submitted():
        return redirect(url_for("applications.confirmation", reference=reference, number=number))
    if form.validate() and carried_out(
        form,
        lambda: answering.confirm(
            asked, user=me(), now=now(), version=form.version.data, agreement=asked.for_lead
        ),
        asked,
    ):
        return _thanks(asked.bid, "Thank you. The liaison officer is being told that you confirm.")
    return _show(asked, form, DeclineForm(formdata=None)), form.status


@rooms.route(WORD + "/decline", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirmation_decline(reference: str, number: int) -> Any:
    asked = _confirmation(reference, number)
    form = DeclineForm.on(asked)
    if not form.is_submitted():
        return redirect(url_for("applications.confirmation", reference=reference, number=number))
    if form.validate() and carried_out(
        form,
        lambda: answering.decline(
            asked, reason=form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        asked,
    ):
        return _thanks(asked.bid, "Thank you. The school that leads the bid is being told.")
    return _show(asked, _confirming(asked, formdata=None), form), form.status


@rooms.route(WORD + "/ask-again", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirmation_ask_again(reference: str, number: int) -> Any:
    asked = _confirmation(reference, number)
    return _again(asked, "ask_again", answering.ask_school_again, f"Ask {asked.school.name} again")


@rooms.route(WORD + "/cancel", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirmation_cancel(reference: str, number: int) -> Any:
    asked = _confirmation(reference, number)
    return _again(asked, "cancel", answering.cancel_confirmation, f"No longer ask {asked.school.name}")


@rooms.route(SIGNATURE + "/ask-again", methods=["GET", "POST"])
@access(SIGNED_IN)
def approval_ask_again(reference: str, number: int) -> Any:
    asked = visible_part(Approval, number, visible_bid(reference))
    return _again(asked, "ask_again", answering.ask_approver_again, f"Ask {asked.name} again")


def _again(asked: Confirmation | Approval, step: str, act: Callable[..., None], heading: str) -> Any:
    """A page that asks for a reason and takes a step of a confirmation or an approval."""
    bid, form = asked.bid, ReasonForm.on(asked)
    if not form.is_submitted():
        require_step(asked, step, me(), now())
    if form.validate_on_submit() and carried_out(
        form,
        lambda: act(asked, reason=form.reason.data, user=me(), now=now(), version=form.version.data),
        asked,
    ):
        return _thanks(bid, "Done. They are being told.")
    return render_template(
        "step.html", bid=bid, form=form, heading=heading, button=heading, warning=step == "cancel"
    ), form.status


def _confirming(asked: Confirmation, **options: Any) -> Form:
    """What confirming asks for: the head of the lead school agrees to the whole bid."""
    return (AgreementForm if asked.for_lead else ConfirmForm).on(asked, **options)


def _confirmation(reference: str, number: int) -> Confirmation:
    found: Confirmation = visible_part(Confirmation, number, visible_bid(reference))
    return found


def _thanks(bid: Bid, text: str) -> Any:
    flash(text, "success")
    return redirect(url_for("desk.bid", reference=bid.reference))


def _show(asked: Confirmation, confirm: Form, decline: Form) -> str:
    for form in (confirm, decline):  # the form that was not sent starts from the record as it is
        form.version.data = asked.version if not form.version.data else form.version.data
    data = queries.agreed_answers(asked.bid)
    costs = reading.costs_in_words(data)
    sent = decline if decline.has_errors else confirm
    return render_template(
        "applications/confirmation.html",
        bid=asked.bid,
        asked=asked,
        confirm=confirm,
        decline=decline,
        form=sent,
        brief=reading.brief(data),
        costs=costs,
        sections=reading.in_words(data) if asked.for_lead else [],
        lines=costs.of_school(asked.school.urn),
        may_answer=queries.may_answer(me(), asked, now()),
    )


@rooms.route("/approve/<token>", methods=["GET", "POST"])
@access(ANYONE)
def approve(token: str) -> Any:
    """One bid, read-only, for its approver, who signs or refuses. Reading does not spend the link."""
    asked, link = queries.approval_by(token) or abort(404)
    if link.expires_at <= now():
        return message("This link has expired", "Ask the school to have a new one sent to you.", 410)
    form = SignatureForm.on(asked)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: answering.sign(
            asked,
            link=link,
            decision=form.decision.data,
            signed_name=form.signed_name.data,
            reason=form.reason.data or "",
            now=now(),
            version=form.version.data,
        ),
        asked,
    ):
        return redirect(request.path)
    data = queries.agreed_answers(asked.bid)
    return (
        render_template(
            "applications/approve.html",
            form=form,
            bid=asked.bid,
            asked=asked,
            brief=reading.brief(data),
            sections=reading.in_words(data),
            costs=reading.costs_in_words(data),
            open=asked.state is ApprovalState.ASKED,
        ),
        form.status,
        {"Cache-Control": "no-store"},
    )
