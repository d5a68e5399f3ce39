"""Meetings in people's own calendars: one to add, and an address to subscribe to."""

from flask import abort, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundflow.panel.blueprint import blueprint
from fundflow.panel.meetings import calendar
from fundflow.panel.routes.common import READERS, visible_meeting
from fundflow.web.access import ANYONE, access, me, now
from fundflow.web.forms import ConfirmForm, carried_out


@blueprint.route("/meetings/<id:meeting_id>/meeting.ics")
@access(READERS)
def meeting_ics(meeting_id: int) -> Response:
    found = visible_meeting(meeting_id)
    return _calendar_file(calendar.one_meeting(found, now()), f"panel-meeting-{found.id}.ics")


@blueprint.route("/calendar")
@access(READERS)
def my_calendar() -> str:
    """The address of one's own calendar, and how to use it."""
    return _my_calendar(ConfirmForm())


@blueprint.route("/calendar/new-address", methods=["POST"])
@access(READERS)
def new_calendar_address() -> str | tuple[str, int] | Response:
    form = ConfirmForm()
    if form.validate_on_submit() and carried_out(form, lambda: calendar.make_new_address(me())):
        flash("This is your new address. The old one has stopped working.", "success")
        return redirect(url_for("panel.my_calendar"))
    return _my_calendar(form), form.status


@blueprint.route("/calendar/<signed>.ics")
@access(ANYONE)
def subscribed(signed: str) -> Response:
    """The calendar of the person who holds the address; it is empty once they work for no panel."""
    holder, at = calendar.holder_of(signed) or abort(404), now()
    meetings = calendar.meetings_for(holder, at) if READERS.allows(holder, at) else []
    return _calendar_file(calendar.feed(meetings, at))


def _my_calendar(form: ConfirmForm) -> str:
    path = url_for("panel.subscribed", signed=calendar.token_of(me()))
    address = f"{current_app.config['BASE_URL']}{path}"
    return render_template(
        "panel/calendar.html", form=form, address=address, opens="webcal:" + address.partition(":")[2]
    )


def _calendar_file(data: bytes, name: str = "") -> Response:
    """A calendar, to be kept by nobody but whom it is for; `name`, where it is to be downloaded."""
    answer = Response(data, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=300"
    if name:
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
