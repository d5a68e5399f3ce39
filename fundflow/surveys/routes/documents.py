"""The document of a survey: attached to a draft, read by the schools that are asked."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request

from fundflow.files import files
from fundflow.surveys.blueprint import blueprint
from fundflow.surveys.forms import DocumentForm
from fundflow.surveys.operations import documents as operations
from fundflow.surveys.routes.surveys import KEEPERS, draft, place, visible_survey
from fundflow.web.access import access, me, now
from fundflow.web.file_forms import taken_in
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.navigation import SURVEYS
from fundflow.web.saved_file import saved_file
from fundflow.web.uploads import takes_files


@blueprint.route("/surveys/<id:number>/document", methods=["GET", "POST"])
@access(KEEPERS)
@takes_files(1)
def document(number: int) -> Any:
    """A form for the file of a draft, and the way to take it off again."""
    found = draft(number)
    if request.form.get("act") == "remove":
        return _remove(found)
    form = DocumentForm.on(found)

    def act() -> None:
        operations.attach(found, form.file.data, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and taken_in(form, act):
        flash("The document is attached.", "success")
        return redirect(place(found))
    form.offer_kinds(found.fund)
    return render_template("surveys/document.html", survey=found, form=form), form.status


def _remove(found: Any) -> Any:
    form = ConfirmForm.on(found)

    def act() -> None:
        operations.remove(found, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, found):
        flash("The document is removed.", "success")
        return redirect(place(found))
    shown = DocumentForm(formdata=None)
    shown.version.data, shown.problem = found.version, form.problem
    shown.offer_kinds(found.fund)
    return render_template("surveys/document.html", survey=found, form=shown), form.status


@blueprint.route("/surveys/<id:number>/document/file", endpoint="document_file")
@access(SURVEYS)
def document_to_save(number: int) -> Response:
    """The file, to save."""
    kept = visible_survey(number).document or abort(404)
    return saved_file(kept, files().fetch(kept.store_key, kept.sha256))
