"""Where a head answers about days of the log through an emailed link. Reading spends no link."""

from typing import Any

from flask import abort, make_response, redirect, render_template, request

from fundflow.payments import asking_days
from fundflow.payments.asking_days import AskedByLink
from fundflow.payments.blueprint import blueprint
from fundflow.payments.forms import DaysByLinkForm
from fundflow.web.access import ANYONE, access, now
from fundflow.web.errors import page as message
from fundflow.web.forms import carried_out
from fundflow.workflow.days_ask import DaysAskState

CUT = (
    "This link is not whole",
    "Part of it may have been left out. Go back to the email and use the link there, or copy all of it.",
)


@blueprint.route("/days/<token>", methods=["GET", "POST"])
@access(ANYONE)
def days_by_link(token: str) -> Any:
    by = asking_days.asked_by(token)
    if by is None:
        abort(make_response(message(*CUT, 404)))
    days = asking_days.days_of(by.ask)
    form = DaysByLinkForm.on(by.ask)
    form.offer(days)
    if form.validate_on_submit() and carried_out(form, lambda: _answer(by, form), by.ask):
        return redirect(request.path)
    asked = by.ask.state is DaysAskState.ASKED and days
    if asked and by.link.expires_at <= now():
        return message("This link has ended", asking_days.ENDED, 410)
    page = render_template("payments/days_by_link.html", ask=by.ask, bid=by.ask.bid, form=form, asked=asked)
    return page, form.status if asked or form.problem else 200, {"Cache-Control": "no-store"}


def _answer(by: AskedByLink, form: DaysByLinkForm) -> None:
    asking_days.answer(
        by,
        {int(day) for day in form.days.data or ()},
        signed_name=form.signed_name.data,
        reason=form.reason.data or "",
        now=now(),
        version=form.version.data,
    )
