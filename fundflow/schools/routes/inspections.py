"""A school's inspections: entered, corrected and removed here, read on the school's page."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.extensions import db
from fundflow.models.inspection import Inspection
from fundflow.models.school import School
from fundflow.rules.school_story import stories_of
from fundflow.schools import rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.inspection_forms import InspectionForm, RegimeForm, RemoveInspectionForm
from fundflow.schools.operations import inspections as operations
from fundflow.schools.routes.schools import known
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.inspection import NOT_COMPARABLE, REGIME, REGIMES, Regime

KINDS = ", ".join(f"'{regime.slug}'" for regime in REGIMES)
blueprint.add_app_template_global(stories_of, "school_stories")
blueprint.add_app_template_global(lambda: NOT_COMPARABLE, "not_comparable")


@blueprint.route("/schools/<urn>/inspections/add", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def choose_inspection(urn: str) -> Any:
    """Which kind it was: each has areas and grades of its own."""
    school, form = _of(urn), RegimeForm()
    if form.validate_on_submit():
        return redirect(url_for("schools.add_inspection", urn=urn, kind=form.regime.data))
    return render_template("schools/inspection_kind.html", school=school, form=form), form.status


@blueprint.route(f"/schools/<urn>/inspections/add/<any({KINDS}):kind>", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def add_inspection(urn: str, kind: str) -> Any:
    return _entry_page(_of(urn), REGIME[kind])


@blueprint.route("/schools/<urn>/inspections/<id:number>/correct", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def correct_inspection(urn: str, number: int) -> Any:
    """Enter it again; the wrong entry is kept, with the reason."""
    school = _of(urn)
    entry = _standing(school, number)
    return _entry_page(school, entry.kind, entry)


@blueprint.route("/schools/<urn>/inspections/<id:number>/remove", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def remove_inspection(urn: str, number: int) -> Any:
    school = _of(urn)
    entry, form = _standing(school, number), RemoveInspectionForm()
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.remove_inspection(entry, reason=form.reason.data or "", user=me(), now=now()),
    ):
        flash("The entry is removed from the school’s page. It is kept, with your reason.", "success")
        return redirect(url_for("schools.school", urn=urn, _anchor="inspections"))
    page = render_template("schools/inspection_remove.html", school=school, entry=entry, form=form)
    return page, form.status


def _entry_page(school: School, regime: Regime, entry: Inspection | None = None) -> Any:
    form = InspectionForm.of(regime, entry)
    if form.validate_on_submit() and carried_out(form, lambda: _record(school, form, entry)):
        flash("The inspection is recorded.", "success")
        return redirect(url_for("schools.school", urn=school.urn, _anchor="inspections"))
    page = render_template("schools/inspection.html", school=school, regime=regime, entry=entry, form=form)
    return page, form.status


def _record(school: School, form: Any, entry: Inspection | None) -> None:
    operations.record_inspection(
        school,
        form.regime,
        inspected_on=form.inspected_on.data,
        published_on=form.published_on.data,
        grades=form.grades,
        instead_of=entry,
        reason=(form.reason.data or "") if entry else "",
        user=me(),
        now=now(),
    )


def _of(urn: str) -> School:
    """A school whose inspections the signed-in person may change; else refused."""
    school = known(urn)
    refuse_if(rules.why_no_inspection(me(), school, now()))
    return school


def _standing(school: School, number: int) -> Inspection:
    """An entry of this school; what was removed already goes on to the operation, which says so."""
    entry = db.session.get(Inspection, number)
    return entry if entry is not None and entry.school_id == school.id else abort(404)
