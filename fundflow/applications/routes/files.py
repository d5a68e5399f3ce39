"""Files: attaching them to a bid, removing and reading them; evidence that comes late; who read what."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.applications import attaching, freezing, late_evidence, queries
from fundflow.applications.blueprint import blueprint
from fundflow.applications.form_pages import (
    bid_to_edit,
    may_be_saved,
    section_form,
    section_saved,
)
from fundflow.applications.forms import FileForm, LateEvidenceForm
from fundflow.applications.section_forms import REPLY, SectionForm
from fundflow.applications.sections import PAGE, place_of
from fundflow.files import files, viewing
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.person import RoleName
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.file_forms import taken_in
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.paging import row_id
from fundflow.web.saved_file import saved_file
from fundflow.web.unfinished import say_saved
from fundflow.web.uploads import takes_files

FILES = "/bids/<reference>/form/files"
READERS = roles(RoleName.AUDITOR, RoleName.ADMINISTRATOR)


@blueprint.route(FILES, methods=["GET", "POST"], endpoint="files")
@access(SIGNED_IN)
@takes_files(1)
def attachments(reference: str) -> Any:
    """The bid's files, and a form for one more."""
    bid = _bid_with_files(reference)
    if "stamp" in request.form:
        return _reply(bid)
    form = FileForm.on(bid)
    if form.validate_on_submit() and taken_in(
        form,
        lambda: attaching.attach(
            bid,
            sent=form.file.data,
            description=form.description.data or "",
            user=me(),
            now=now(),
        ),
    ):
        flash("The file is attached.", "success")
        return redirect(url_for("applications.files", reference=reference))
    return _show_files(bid, form)


def _bid_with_files(reference: str) -> Bid:
    bid = bid_to_edit(reference, attaching.SECTION_SLUG)
    if request.method == "GET" and not attaching.takes_files(bid):
        abort(redirect(url_for("applications.task_list", reference=reference)))
    return bid


def _reply(bid: Bid) -> Any:
    """The answers to what the officer asked about the files, from the page's other form."""
    page = PAGE[attaching.SECTION_SLUG]
    form = section_form(bid, page)
    if may_be_saved(form) and section_saved(form, bid, page):
        if "later" in request.form:
            say_saved(bid.unfinished.get(place_of(page)))
        return redirect(url_for("applications.task_list", reference=bid.reference))
    return _show_files(bid, FileForm(formdata=None), form)


def _show_files(bid: Bid, form: FileForm, replies: SectionForm | None = None) -> Any:
    """The page; `replies` answers the officer's questions, where that is what was sent."""
    page = PAGE[attaching.SECTION_SLUG]
    form.offer_kinds(bid.fund)
    asked = freezing.questions(bid, page)
    shown = section_form(bid, page) if asked and replies is None else replies
    html = render_template(
        "applications/files.html",
        bid=bid,
        form=form,
        replies=shown,
        asked=[(q, shown[f"{REPLY}{q.id}"]) for q in asked if f"{REPLY}{q.id}" in shown] if shown else [],
        attached=bid.files,
        most=attaching.MOST_FILES,
    )
    return html, (replies or form).status


@blueprint.route(FILES + "/<id:number>/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def file_remove(reference: str, number: int) -> Any:
    """Ask first, then remove."""
    bid = _bid_with_files(reference)
    form = ConfirmForm.on(bid)
    file = next((one for one in bid.files if one.id == number), None)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: attaching.remove(
            bid,
            number,
            user=me(),
            now=now(),
        ),
    ):
        flash("The file is removed.", "success")
        return redirect(url_for("applications.files", reference=reference))
    if file is None:
        abort(404)
    return render_template("applications/files_remove.html", bid=bid, form=form, file=file), form.status


@blueprint.route("/bids/<reference>/files/<id:number>")
@access(SIGNED_IN)
def file(reference: str, number: int) -> Any:
    """A file, to save: never shown by the browser as a page of ours."""
    bid = visible_bid(reference)
    found: Attachment = visible_part(Attachment, number, bid)
    if not attaching.may_read(me(), bid, found, now()):
        abort(404)
    content = files().fetch(found.store_key, found.sha256)
    viewing.record(bid, me(), f"File: {found.name}", now())
    return saved_file(found, content)


@blueprint.route("/bids/<reference>/late-evidence", methods=["GET", "POST"], endpoint="late_evidence")
@access(SIGNED_IN)
@takes_files(2)
def evidence(reference: str) -> Any:
    """Send evidence after the bid was submitted."""
    bid = visible_bid(reference)
    if not queries.leads(me(), bid, now()):
        abort(404)
    form = LateEvidenceForm.on(bid)
    sent = [field.data for field in (form.first, form.second) if field.data]
    if form.validate_on_submit() and taken_in(
        form,
        lambda: late_evidence.send(
            bid,
            text=form.text.data,
            sent=sent,
            user=me(),
            now=now(),
        ),
    ):
        flash("Your evidence is kept, and the liaison officer is being told.", "success")
        return redirect(url_for("applications.application", reference=reference) + "#late-evidence")
    return _show_evidence(bid, form)


def _show_evidence(bid: Bid, form: LateEvidenceForm) -> Any:
    """A GET when nothing can be sent is told so (409); a POST keeps what was typed."""
    why = late_evidence.why_not(me(), bid, now())
    form.offer_kinds(bid.fund)
    if why and not form.is_submitted():
        form.problem = why
    html = render_template("applications/late_evidence.html", bid=bid, form=form, why_not=why)
    return html, form.status


@blueprint.route("/bids/<reference>/viewings")
@access(READERS)
def viewings(reference: str) -> Any:
    """Who read which file of the bid, the newest first."""
    bid = visible_bid(reference)
    page = queries.viewings(bid, row_id(request.args.get("after")))
    return bid_page("applications/viewings.html", bid, page=page)
