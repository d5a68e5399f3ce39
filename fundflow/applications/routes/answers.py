"""Where people with an account answer what is asked about a bid; by link: `by_link`."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow.applications import answering, queries, reading
from fundflow.applications.asked import APPROVAL_STEPS, CONFIRMATION_STEPS, visible_confirmation
from fundflow.applications.blueprint import blueprint
from fundflow.applications.forms import DeclineForm
from fundflow.models.confirmation import Confirmation
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.forms import AgreementForm, ConfirmForm, Form, carried_out


@blueprint.route(CONFIRMATION_STEPS.path)
@access(SIGNED_IN)
def confirmation(reference: str, number: int) -> Any:
    """The bid in brief, for the head of a school that takes part."""
    asked = visible_confirmation(reference, number)
    return _show(asked, _confirming(asked), DeclineForm.on(asked)), 200


@CONFIRMATION_STEPS.own(blueprint, "confirm")
def confirmation_confirm(reference: str, number: int) -> Any:
    asked = visible_confirmation(reference, number)
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
        return _thanks(asked, "confirm")
    return _show(asked, form, DeclineForm(formdata=None)), form.status


@CONFIRMATION_STEPS.own(blueprint, "decline")
def confirmation_decline(reference: str, number: int) -> Any:
    asked = visible_confirmation(reference, number)
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
        return _thanks(asked, "decline")
    return _show(asked, _confirming(asked, formdata=None), form), form.status


CONFIRMATION_STEPS.add(
    blueprint, "ask_again", answering.ask_school_again, heading=lambda asked: f"Ask {asked.school.name} again"
)
CONFIRMATION_STEPS.add(
    blueprint,
    "cancel",
    answering.cancel_confirmation,
    heading=lambda asked: f"No longer ask {asked.school.name}",
)
APPROVAL_STEPS.add(blueprint, "agree_approver", answering.agree_approver)
APPROVAL_STEPS.add(blueprint, "turn_down_approver")
APPROVAL_STEPS.add(
    blueprint, "ask_again", answering.ask_approver_again, heading=lambda asked: f"Ask {asked.name} again"
)


def _confirming(asked: Confirmation, **options: Any) -> Form:
    """What confirming asks for: the head of the lead school agrees to the whole bid."""
    return (AgreementForm if asked.for_lead else ConfirmForm).on(asked, **options)


def _thanks(asked: Confirmation, step: str) -> Any:
    flash(CONFIRMATION_STEPS.done(asked, step), "success")
    return redirect(CONFIRMATION_STEPS.back(asked))


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
