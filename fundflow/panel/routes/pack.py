"""The papers: one item’s on a page, a meeting’s as a pack to print, and the pack as a PDF."""

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from fundflow.models.panel import Meeting
from fundflow.panel.blueprint import blueprint
from fundflow.panel.meetings import pack, prints
from fundflow.panel.operations import items, minutes
from fundflow.panel.routes.common import CLERKS, READERS, visible_item, visible_meeting
from fundflow.pdfs.orders import find_or_order
from fundflow.web.access import access, me, now
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.pdf import pdf_answer
from fundflow.workflow.working_days import london_date


@blueprint.route("/meetings/<id:meeting_id>/items/<id:item_id>/papers")
@access(READERS)
def papers(meeting_id: int, item_id: int) -> str:
    """The bid in full, the officer’s report and the figures, as they were issued."""
    item = visible_item(meeting_id, item_id)
    _must_be_out(item.meeting)
    return pack.papers_page(item, me(), now(), again=items.keeps_this_item(item, me(), now()))


@blueprint.route("/meetings/<id:meeting_id>/items/<id:item_id>/papers/again", methods=["POST"])
@access(CLERKS)
def papers_again(meeting_id: int, item_id: int) -> Response:
    """Issue an item’s papers again, where something in them has changed."""
    item = visible_item(meeting_id, item_id)
    form = ConfirmForm()
    if form.validate_on_submit() and carried_out(
        form, lambda: minutes.issue_again(item, user=me(), now=now())
    ):
        flash("The papers are issued again. The ones before are kept.", "success")
    else:
        flash(form.problem or "Try again.", "warning")
    return redirect(url_for("panel.papers", meeting_id=meeting_id, item_id=item_id))


@blueprint.route("/meetings/<id:meeting_id>/pack")
@access(READERS)
def pack_page(meeting_id: int) -> str:
    """Everything for the meeting on one page, to read or to print."""
    meeting = visible_meeting(meeting_id)
    _must_be_out(meeting)
    return pack.pack_page(meeting, me(), now())


@blueprint.route("/meetings/<id:meeting_id>/pack.pdf")
@access(READERS)
def pack_pdf(meeting_id: int) -> Response:
    """The same as a PDF, once the worker has made it; that it was given out is kept."""
    meeting = visible_meeting(meeting_id)
    _must_be_out(meeting)
    read = pack.pack_of(meeting, me(), now())
    found = find_or_order(prints.pack_to_print(meeting, read, me()), now())
    answer = pdf_answer(found, name=f"panel-papers-{london_date(meeting.starts_at)}")
    if answer.status_code == 200:
        pack.record_read(meeting, read, me(), now())
    return answer


def _must_be_out(meeting: Meeting) -> None:
    """Before the papers are out there is nothing here for members (404)."""
    if not pack.may_read(meeting, me(), now()):
        abort(404)
