"""Where one thing is answered through an emailed link, without an account. Reading spends no link."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for

from fundflow.applications import answering_by_link, queries, reading
from fundflow.applications.answering_by_link import ByLink
from fundflow.applications.blueprint import blueprint
from fundflow.applications.forms import ConfirmByLinkForm, SignatureForm
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.web.access import ANYONE, access, now
from fundflow.web.errors import page as message
from fundflow.web.forms import ConfirmForm, carried_out

CUT = (
    "This link is not whole",
    "Part of it may have been left out. Go back to the email and use the link there, or copy all of it.",
)


@blueprint.route("/approve/<token>", methods=["GET", "POST"])
@access(ANYONE)
def approve(token: str) -> Any:
    """One bid, read-only, for its approver, who signs or refuses."""
    by = _asked(token, Approval)
    return _answer(by, SignatureForm.on(by.asked), "applications/approve.html")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@access(ANYONE)
def confirm_by_link(token: str) -> Any:
    """One bid, read-only, for the head of a school that takes part, who confirms or declines."""
    by = _asked(token, Confirmation)
    form = ConfirmByLinkForm.on(by.asked)
    form.say(by.asked)
    return _answer(by, form, "applications/confirm_by_link.html")


@blueprint.route("/confirm/<token>/account", methods=["POST"])
@access(ANYONE)
def ask_for_account(token: str) -> Any:
    """The person who answered would like an account; the officer invites them."""
    by = _asked(token, Confirmation)
    form = ConfirmForm()
    if form.validate_on_submit() and carried_out(form, lambda: answering_by_link.ask_for_account(by)):
        flash("Thank you. The liaison officer sees that you would like an account.", "success")
    return redirect(url_for("applications.confirm_by_link", token=token))


def _asked(token: str, kind: type[Approval] | type[Confirmation]) -> ByLink:
    """What the link asks; a page that says why where no such link was ever sent."""
    by = answering_by_link.asked_by(token, kind)
    if by is None:
        abort(make_response(message(*CUT, 404)))
    return by


def _answer(by: ByLink, form: Any, template: str) -> Any:
    """The page with the bid and the form; without the bid where nothing is asked any more."""
    asked, headers = by.asked, {"Cache-Control": "no-store"}
    if form.validate_on_submit() and carried_out(
        form,
        lambda: answering_by_link.answer(
            by,
            form.decision.data,
            signed_name=form.signed_name.data,
            reason=form.reason.data or "",
            now=now(),
            version=form.version.data,
        ),
        asked,
    ):
        return redirect(request.path)
    if not asked.is_open:  # also where that changed while the page was open
        status = form.status if form.is_submitted() else 200
        page = render_template(template, asked=asked, bid=asked.bid, form=form, open=False)
        return page, status, headers
    if by.link.expires_at <= now():
        return message("This link has ended", answering_by_link.ENDED, 410)
    return _whole_page(by, form, template), form.status, headers


def _whole_page(by: ByLink, form: Any, template: str) -> str:
    asked = by.asked
    data = queries.agreed_answers(asked.bid)
    costs = reading.costs_in_words(data)
    return render_template(
        template,
        asked=asked,
        bid=asked.bid,
        form=form,
        open=True,
        brief=reading.brief(data),
        sections=reading.in_words(reading.without_group_counts(data)),
        costs=costs,
        lines=costs.of_school(asked.school.urn) if isinstance(asked, Confirmation) else [],
    )
