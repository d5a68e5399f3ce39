"""Meetings: the list, a new one, its agenda and attendance, its steps."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.models.panel import Meeting
from fundflow.panel import pages, queries
from fundflow.panel.blueprint import blueprint
from fundflow.panel.forms import ChangeMeetingForm, MeetingForm, MoveForm
from fundflow.panel.meetings.steps import MEETING_STEPS, place_after
from fundflow.panel.meetings.waiting import wait_of
from fundflow.panel.operations import agenda, ordering
from fundflow.panel.operations import meetings as meetings_operations
from fundflow.panel.operations.attendance import record_attendance
from fundflow.panel.operations.meetings import (
    When,
    cancel,
    close_session,
    issue_papers,
    open_session,
    plan_meeting,
)
from fundflow.panel.routes.common import CLERKS, MEMBERS, READERS, visible_item, visible_meeting
from fundflow.web.access import access, me, now
from fundflow.web.fields import choices_of
from fundflow.web.forms import Form, carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.date_words import clock_time
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

Answer = str | tuple[str, int] | Response


@blueprint.route("/meetings")
@access(READERS)
def meetings() -> str:
    """Meetings to come, and those that are over, a page at a time."""
    after = row_id(request.args.get("after"))
    return render_template(
        "panel/meetings.html",
        planned=queries.planned_meetings(me(), now()),
        past=queries.past_meetings(me(), now(), after),
        after=after,
        may_plan=bool(queries.clerks_funds(me(), now())),
    )


@blueprint.route("/meetings/new", methods=["GET", "POST"])
@access(CLERKS)
def new_meeting() -> Answer:
    form = MeetingForm()
    funds = {fund.id: fund for fund in queries.clerks_funds(me(), now())}
    form.offer_funds((fund.id, fund.name) for fund in funds.values())
    made: list[Meeting] = []
    if form.validate_on_submit() and carried_out(
        form,
        lambda: made.append(
            plan_meeting(
                funds[form.fund_id],
                form.moment,
                form.place.data,
                user=me(),
                now=now(),
                minutes_long=form.length,
            )
        ),
    ):
        flash("The meeting is planned.", "success")
        if made[0].papers_are_late(london_date(now())):
            flash(pages.late_papers(made[0]), "warning")
        return redirect(url_for("panel.meeting", meeting_id=made[0].id))
    return render_template("panel/new_meeting.html", form=form), form.status


@blueprint.route("/meetings/<id:meeting_id>/change", methods=["GET", "POST"])
@access(CLERKS)
def change_meeting(meeting_id: int) -> Answer:
    """Another date, time, length or place, until the meeting starts."""
    found = visible_meeting(meeting_id)
    form = ChangeMeetingForm.on(
        found,
        data={
            "day": london_date(found.starts_at),
            "time": clock_time(found.starts_at),
            "minutes_long": found.minutes_long,
            "place": found.place,
        },
    )
    if form.validate_on_submit() and carried_out(
        form,
        lambda: meetings_operations.change_meeting(
            found,
            When(form.moment, form.length, form.place.data),
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        found,
    ):
        flash("The meeting is changed. The people concerned are being told.", "success")
        return redirect(url_for("panel.meeting", meeting_id=meeting_id))
    return render_template("panel/change_meeting.html", form=form, meeting=found), form.status


@blueprint.route("/meetings/<id:meeting_id>/no-interests", methods=["POST"])
@access(MEMBERS)
def own_interests(meeting_id: int) -> Answer:
    """A member has no interest in the bids they ticked."""
    found = visible_meeting(meeting_id)
    form = pages.interests_form_of(found)
    if form.validate_on_submit() and carried_out(
        form, lambda: agenda.declare_no_interests(found, form.chosen, user=me(), now=now())
    ):
        return redirect(url_for("panel.meeting", meeting_id=meeting_id, _anchor="interests"))
    return pages.meeting_page(found, form)


@blueprint.route("/meetings/<id:meeting_id>")
@access(READERS)
def meeting(meeting_id: int) -> Answer:
    """The agenda; for the clerk also attendance, the order and the meeting's steps."""
    return pages.meeting_page(visible_meeting(meeting_id))


@blueprint.route("/meetings/<id:meeting_id>/attendance", methods=["POST"])
@access(CLERKS)
def attendance(meeting_id: int) -> Answer:
    found = visible_meeting(meeting_id)
    form = pages.attendance_form(found)
    if form.validate_on_submit() and carried_out(
        form, lambda: record_attendance(found, form.present, form.before, user=me(), now=now())
    ):
        return redirect(place_after(found, "attendance"))
    return pages.meeting_page(found, form)


@blueprint.route("/meetings/<id:meeting_id>/items/<id:item_id>/up", methods=["POST"])
@access(CLERKS)
def move_up(meeting_id: int, item_id: int) -> Answer:
    item = visible_item(meeting_id, item_id)
    form = Form()
    if form.validate_on_submit() and carried_out(
        form, lambda: agenda.move_up(item, version=form.version.data, user=me(), now=now()), item.meeting
    ):
        return redirect(url_for("panel.meeting", meeting_id=meeting_id, _anchor="agenda"))
    return pages.meeting_page(visible_meeting(meeting_id), form)


@blueprint.route("/meetings/<id:meeting_id>/order", methods=["GET", "POST"])
@access(CLERKS)
def order(meeting_id: int) -> Answer:
    """Order the agenda so that fewest people leave and return, until the meeting starts."""
    found = visible_meeting(meeting_id)
    form = Form.on(found)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: ordering.order_calmly(found, version=form.version.data, user=me(), now=now()),
        found,
    ):
        flash("The agenda is in the new order.", "success")
        return redirect(url_for("panel.meeting", meeting_id=meeting_id, _anchor="agenda"))
    return pages.order_page(found, form)


@blueprint.route("/meetings/<id:meeting_id>/waiting")
@access(MEMBERS)
def waiting(meeting_id: int) -> Answer:
    """When a member who waits outside comes back; a script asks for this page every ten seconds."""
    found = visible_meeting(meeting_id)
    if pages.my_seat(found) is None:
        abort(404)
    wait = wait_of(found, me(), now()) if found.state is MeetingState.IN_SESSION else None
    return render_template("panel/waiting.html", meeting=found, wait=wait)


@blueprint.route("/meetings/<id:meeting_id>/items/<id:item_id>/move", methods=["GET", "POST"])
@access(CLERKS)
def move_item(meeting_id: int, item_id: int) -> Answer:
    """Move an undecided item to another meeting."""
    item = visible_item(meeting_id, item_id)
    form = MoveForm()
    places = queries.meetings_taking(item)
    form.meeting.choices = choices_of((str(m.id), pages.meeting_words(m)) for m in places)
    if form.validate_on_submit() and carried_out(
        form, lambda: agenda.move_to(item, int(form.meeting.data), user=me(), now=now())
    ):
        flash("The item is on the other agenda. The school and the officer are being told.", "success")
        return redirect(url_for("panel.meeting", meeting_id=meeting_id))
    return render_template("panel/move_item.html", form=form, item=item, places=places), form.status


# -- steps --------------------------------------------------------------------------------------

MEETING_STEPS.add(blueprint, "issue_papers", issue_papers)
MEETING_STEPS.add(blueprint, "open_session", open_session)
MEETING_STEPS.add(blueprint, "close_session", close_session)
MEETING_STEPS.add(blueprint, "cancel", cancel)
