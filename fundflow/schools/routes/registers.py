"""The DfE's files by page: how old they are, and importing newer ones after a look at what changes."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.extensions import db
from fundflow.models.register import RegisterFile
from fundflow.schools import register_queries as queries
from fundflow.schools import rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.forms import RegisterFileForm
from fundflow.schools.importing import Problem
from fundflow.schools.operations import registers as operations
from fundflow.web.access import ADMINISTRATORS, access, me, now, roles
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.uploads import takes_files
from fundflow.workflow.inspection import REGIMES
from fundflow.workflow.working_days import london_date

SHOWN = 50  # problems; a wrong file can have thousands
TOO_LARGE = (
    "A file can be up to 20 MB. The whole of GIAS is larger: send it packed (.zip), as GIAS gives it. "
    "Nothing was changed."
)


@blueprint.route("/schools/registers")
@access(roles(*rules.READERS))
def registers() -> str:
    newest = queries.newest()
    return render_template(
        "schools/registers.html",
        newest=newest,
        today=london_date(now()),
        missing={file.register: queries.missing_from(file) for file in newest.values() if file},
        imports=queries.imports(),
        may_import=rules.may_edit_organisations(me(), now()),
    )


@blueprint.route("/schools/registers/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
@takes_files(2, TOO_LARGE)
def add_register() -> Any:
    """Choose a file; it is read whole, and nothing changes yet."""
    form, problems, looked_at = RegisterFileForm(), list[Problem](), list[RegisterFile]()
    if form.validate_on_submit() and carried_out(form, lambda: looked_at.append(_look_at(form, problems))):
        return redirect(url_for("schools.register", number=looked_at[0].id))
    return render_template(
        "schools/register_add.html",
        form=form,
        problems=problems[:SHOWN],
        more=len(problems[SHOWN:]),
        regimes=REGIMES,
    ), form.status


def _look_at(form: RegisterFileForm, problems: list[Problem]) -> RegisterFile:
    sent = form.file.data
    sent.stream.seek(0)  # a second try reads it again
    try:
        return operations.look_at(
            sent.stream.read(),
            sent.filename or "",
            file_on=form.file_on.data,
            year=form.year.data,
            user=me(),
            now=now(),
        )
    except operations.Rejected as rejected:
        problems[:] = rejected.problems
        raise


@blueprint.route("/schools/registers/<id:number>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def register(number: int) -> Any:
    """What a file would change; importing it."""
    file, form = db.session.get(RegisterFile, number) or abort(404), ConfirmForm()
    if form.validate_on_submit() and carried_out(
        form, lambda: operations.import_looked_at(file, user=me(), now=now())
    ):
        flash(f"{file.words} imported.", "success")
        return redirect(url_for("schools.registers"))
    return _preview(file, form), form.status


def _preview(file: RegisterFile, form: ConfirmForm) -> str:
    missing: Sequence[queries.Missing] = queries.missing_from(file)
    return render_template(
        "schools/register.html", file=file, form=form, missing=missing, newer=queries.newer_than(file)
    )
