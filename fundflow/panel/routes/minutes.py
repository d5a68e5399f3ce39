"""The minutes: read by those who may, drafted, edited and let out by the clerk, printed."""

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundflow.history import history_of
from fundflow.models.minutes import Minutes
from fundflow.models.panel import Meeting
from fundflow.panel.blueprint import blueprint
from fundflow.panel.meetings.prints import minutes_to_print
from fundflow.panel.minutes import reading
from fundflow.panel.minutes.forms import AgreeForm, MinutesSectionForm, RedraftForm
from fundflow.panel.operations.minutes import (
    agree_minutes,
    circulate,
    draft_again,
    draft_minutes,
    edit_section,
    take_back_minutes,
)
from fundflow.panel.routes.common import CLERKS, READERS, visible_meeting
from fundflow.pdfs.orders import find_or_order
from fundflow.permissions import is_clerk
from fundflow.web.access import access, me, now
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.pdf import pdf_answer
from fundflow.web.step_pages import StepPages
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.minutes import MINUTES as MINUTES_TABLE
from fundflow.workflow.minutes import MinutesState
from fundflow.workflow.working_days import london_date

Answer = str | tuple[str, int] | Response
MINUTES = "/meetings/<id:meeting_id>/minutes"

blueprint.add_app_template_filter(reading.blocks, "blocks")


def _visible(meeting_id: int) -> Minutes:
    """The minutes this person may read; else 404."""
    return reading.of_meeting(visible_meeting(meeting_id), me(), now()) or abort(404)


MINUTES_STEPS = StepPages(
    MINUTES_TABLE,
    path=f"{MINUTES}/steps",
    load=_visible,
    parts=lambda minutes: {"meeting_id": minutes.meeting_id},
    back=lambda minutes: url_for("panel.minutes", meeting_id=minutes.meeting_id),
    back_text="Back to the minutes",
    caption=lambda minutes: f"Minutes of {moment_words(minutes.meeting.starts_at)}",
    rule=CLERKS,
    prefix="minutes_",
)


@blueprint.route(MINUTES)
@access(READERS)
def minutes(meeting_id: int) -> str:
    """The minutes; for the clerk with what can be done with them. Members find them once circulated."""
    meeting = visible_meeting(meeting_id)
    found = reading.of_meeting(meeting, me(), now())
    if found is None and not reading.works_for(meeting, me(), now()):
        abort(404)
    return _page(meeting, found)


def _page(meeting: Meeting, found: Minutes | None) -> str:
    clerk = is_clerk(me(), meeting.fund_id, now())
    drafts = clerk and found is not None and found.state is MinutesState.DRAFT
    return render_template(
        "panel/minutes.html",
        meeting=meeting,
        minutes=found,
        clerk=clerk,
        drafts=drafts,
        parts=reading.parts_for(found, me(), now()) if found else [],
        changed=drafts and reading.changed(found, now()),  # type: ignore[arg-type]
        steps=MINUTES_STEPS.links(found) if found else [],
        entries=history_of(found, most=25) if found and reading.works_for(meeting, me(), now()) else [],
    )


@blueprint.route(f"{MINUTES}/print")
@access(READERS)
def minutes_print(meeting_id: int) -> str:
    """The minutes alone, to print."""
    return _printed(_visible(meeting_id))


@blueprint.route("/meetings/<id:meeting_id>/minutes.pdf")
@access(READERS)
def minutes_pdf(meeting_id: int) -> Response:
    """The same as a PDF, once the worker has made it."""
    found = _visible(meeting_id)
    return pdf_answer(
        find_or_order(minutes_to_print(found, me(), now()), now()),
        name=f"panel-minutes-{london_date(found.meeting.starts_at)}",
    )


def _printed(found: Minutes) -> str:
    return render_template(
        "panel/minutes_print.html",
        meeting=found.meeting,
        read=reading.read(found, me(), now()),
        back=url_for("panel.minutes", meeting_id=found.meeting_id),
        pdf=url_for("panel.minutes_pdf", meeting_id=found.meeting_id),
    )


# -- the clerk's --------------------------------------------------------------------------------


@blueprint.route(f"{MINUTES}/draft", methods=["POST"])
@access(CLERKS)
def minutes_draft(meeting_id: int) -> Answer:
    meeting, form = visible_meeting(meeting_id), ConfirmForm()
    if not (
        form.validate_on_submit() and carried_out(form, lambda: draft_minutes(meeting, user=me(), now=now()))
    ):
        flash(form.problem or "The minutes could not be drafted. Try again.", "warning")
    return _back(meeting_id)


@blueprint.route(f"{MINUTES}/again", methods=["GET", "POST"])
@access(CLERKS)
def minutes_again(meeting_id: int) -> Answer:
    """Draft them again from the records; asks first where edits would be lost."""
    found = _visible(meeting_id)
    form = RedraftForm.on(found)
    form.expect_edits(bool(reading.edited(found)))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: draft_again(found, keep=form.keep, user=me(), now=now(), version=form.version.data),
        found,
    ):
        return _back(meeting_id, "The minutes are drafted again from the records.")
    edited = [part for part in reading.parts_for(found, me(), now()) if part.is_edited]
    page = render_template("panel/minutes_again.html", minutes=found, form=form, edited=edited)
    return page, form.status


@blueprint.route(f"{MINUTES}/sections/<id:number>", methods=["GET", "POST"])
@access(CLERKS)
def minutes_section(meeting_id: int, number: int) -> Answer:
    """Edit one section, with what was drafted beside it."""
    found = _visible(meeting_id)
    section = reading.section_of(found, number, me(), now()) or abort(404)
    form = MinutesSectionForm.on(found)
    if not form.is_submitted():
        form.text.data = section.text
    if form.validate_on_submit() and carried_out(
        form,
        lambda: edit_section(found, section, form.text.data, user=me(), now=now(), version=form.version.data),
        found,
    ):
        return _back(meeting_id, "The section is saved.", anchor=f"section-{section.id}")
    page = render_template("panel/minutes_section.html", minutes=found, section=section, form=form)
    return page, form.status


MINUTES_STEPS.add(blueprint, "circulate", circulate)
MINUTES_STEPS.add(blueprint, "take_back", take_back_minutes)


@MINUTES_STEPS.own(blueprint, "agree")
def minutes_agree(meeting_id: int) -> Answer:
    found = _visible(meeting_id)
    form = AgreeForm.on(found)
    form.offer((m.id, moment_words(m.starts_at)) for m in reading.meetings_that_may_agree(found))
    return MINUTES_STEPS.page(
        found,
        "agree",
        form,
        lambda: agree_minutes(found, int(form.meeting.data), user=me(), now=now(), version=form.version.data),
        template="panel/agree_minutes.html",
    )


def _back(meeting_id: int, done: str = "", anchor: str | None = None) -> Response:
    if done:
        flash(done, "success")
    return redirect(url_for("panel.minutes", meeting_id=meeting_id, _anchor=anchor))
