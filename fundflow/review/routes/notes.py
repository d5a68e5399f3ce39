"""Notes inside a bid, for those who work on it for the council."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from fundflow.models.bid import Bid
from fundflow.models.desk import StaffNote
from fundflow.permissions import sees_notes, writes_notes
from fundflow.review import queries, rules
from fundflow.review.blueprint import blueprint
from fundflow.review.forms import NoteForm
from fundflow.review.operations import notes as notes_operations
from fundflow.review.operations.notes import mark_read, write_note
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import closed, visible_bid, visible_part
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.engine import Refused


def noted_bid(reference: str) -> Bid:
    """A bid whose notes the signed-in person may read; else 404."""
    bid = visible_bid(reference)
    return bid if sees_notes(me(), bid, now()) else closed(bid)


@blueprint.route("/bids/<reference>/notes", methods=["GET", "POST"])
@access(SIGNED_IN)
def notes(reference: str) -> Any:
    bid = noted_bid(reference)
    may_write = writes_notes(me(), bid, now())
    form = NoteForm.among(queries.colleagues(bid, me(), now()) if may_write else ())
    if form.validate_on_submit() and carried_out(
        form, lambda: write_note(bid, form.text.data, form.mentioned_ids, user=me(), now=now())
    ):
        flash("Your note is saved.", "success")
        return redirect(url_for("review.notes", reference=reference))
    return bid_page(
        "review/notes.html",
        bid,
        form=form,
        page=queries.notes_page(bid, row_id(request.args.get("after"))),
        may_write=may_write,
        may_send=rules.why_not_send(bid, me(), now()) is None,
    ), form.status


@blueprint.route("/bids/<reference>/notes/<id:number>/read", methods=["POST"])
@access(SIGNED_IN)
def mark_note_read(reference: str, number: int) -> Any:
    """The person a note names says that they have read it."""
    written, form = _note(reference, number), ConfirmForm()
    if form.validate_on_submit() and carried_out(form, lambda: mark_read(written, user=me(), now=now())):
        flash("The note is marked as read.", "success")
        return redirect(url_for("review.notes", reference=reference))
    raise Refused(form.problem or "Nothing was changed. Go back and try again.")


@blueprint.route("/bids/<reference>/notes/<id:number>/send", methods=["GET", "POST"])
@access(SIGNED_IN)
def send_note(reference: str, number: int) -> Any:
    """Make sure before the school reads what was written for colleagues."""
    written, form = _note(reference, number), ConfirmForm()
    if why := rules.why_not_send(written.bid, me(), now()):
        raise Refused(why)
    if form.validate_on_submit() and carried_out(
        form, lambda: notes_operations.send_note(written, user=me(), now=now())
    ):
        flash("The note is on its way to the school.", "success")
        return redirect(url_for("review.notes", reference=reference))
    page = render_template("review/send_note.html", bid=written.bid, note=written, form=form)
    return page, form.status


def _note(reference: str, number: int) -> StaffNote:
    found: StaffNote = visible_part(StaffNote, number, noted_bid(reference))
    return found
