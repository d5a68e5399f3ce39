"""Two-year targets of schools: the list of all, a school's, and what is done to one; for staff alone."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.extensions import db
from fundflow.models.school import PHASES, School
from fundflow.models.target import SchoolTarget, TargetFigure
from fundflow.rules.targets import TargetStanding, progress_on
from fundflow.schools import rules
from fundflow.schools import target_queries as queries
from fundflow.schools.area_queries import link_officers
from fundflow.schools.blueprint import blueprint
from fundflow.schools.operations import targets as operations
from fundflow.schools.routes.schools import known
from fundflow.schools.target_forms import FigureForm, TargetForm, TargetReasonForm, TermsForm
from fundflow.web.access import access, me, now, roles
from fundflow.web.csv import csv_stream
from fundflow.web.forms import Form, carried_out
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date


@blueprint.route("/schools/targets")
@access(roles(*rules.READERS))
def targets() -> str:
    wanted = queries.TargetFilters.from_args(request.args)
    return render_template(
        "schools/targets.html",
        wanted=wanted,
        page=queries.targets_page(wanted, me(), now()),
        standings=[(one.value, one.words) for one in TargetStanding],
        measures=queries.measures_used().items(),
        owners=queries.owners().items(),
        phases=PHASES.items(),
        sorts=[(name, words) for name, (words, _) in queries.SORTS.items()],
    )


@blueprint.route("/schools/targets.csv")
@access(roles(*rules.READERS))
def targets_csv() -> Response:
    wanted = queries.TargetFilters.from_args(request.args)
    return csv_stream(
        f"targets-{london_date(now())}.csv", queries.HEADER, queries.target_lines(wanted, me(), now())
    )


@blueprint.route("/schools/<urn>/targets/add", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def add_target(urn: str) -> Any:
    school, form = _school(urn), TargetForm()
    form.offer(link_officers(now()))
    form.offer_measures(queries.measures_to_choose(me(), now()))
    if form.validate_on_submit() and carried_out(form, lambda: _set(school, form)):
        flash("The target is set.", "success")
        return redirect(url_for("schools.school", urn=urn, _anchor="targets"))
    return _form_page("Set a two-year target", school, form)


def _set(school: School, form: Any) -> SchoolTarget:
    return operations.set_target(
        school,
        form.chosen,
        baseline=form.baseline.data,
        baseline_on=form.baseline_on.data,
        target=form.target.data,
        target_on=form.target_on.data,
        owner=form.owner_chosen,
        reason=form.reason.data,
        user=me(),
        now=now(),
    )


@blueprint.route("/schools/<urn>/targets/<id:number>")
@access(roles(*rules.READERS))
def target(urn: str, number: int) -> str:
    """A target with its figures, what was set before, and where it stands."""
    school = known(urn)
    if not rules.sees_tiers(me(), school, now()):
        abort(404)
    found = _target(school, number)
    return render_template(
        "schools/target.html",
        school=school,
        target=found,
        progress=progress_on(found, london_date(now())),
        today=london_date(now()),
        may_change=found.ended_at is None and rules.why_no_target(me(), school, now()) is None,
    )


@blueprint.route("/schools/<urn>/targets/<id:number>/change", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def change_target(urn: str, number: int) -> Any:
    school = _school(urn)
    found = _target(school, number)
    form: Any = TermsForm.of(found, link_officers(now(), found.measure.fund_id))

    def act() -> None:
        operations.change_target(
            found,
            target=form.target.data,
            target_on=form.target_on.data,
            owner=form.owner_chosen,
            reason=form.reason.data,
            version=form.version.data,
            user=me(),
            now=now(),
        )

    return _act_page("Change the target", school, found, form, act)


@blueprint.route("/schools/<urn>/targets/<id:number>/figures/add", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def add_figure(urn: str, number: int) -> Any:
    school = _school(urn)
    found = _target(school, number)
    form: Any = FigureForm.of(found)

    def act() -> None:
        operations.add_figure(
            found,
            value=form.value.data,
            measured_on=form.measured_on.data,
            source=form.source.data,
            version=form.version.data,
            user=me(),
            now=now(),
        )

    return _act_page("Add a figure", school, found, form, act)


@blueprint.route("/schools/<urn>/targets/<id:number>/figures/<id:figure>/remove", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def remove_figure(urn: str, number: int, figure: int) -> Any:
    school = _school(urn)
    found, form = _target(school, number), TargetReasonForm()
    wrong = next((one for one in found.figures if one.id == figure), None) or abort(404)

    def act() -> None:
        kept = db.session.get_one(TargetFigure, wrong.id)
        operations.remove_figure(kept, found, reason=form.reason.data, user=me(), now=now())

    return _act_page("Remove a figure", school, found, form, act)


@blueprint.route("/schools/<urn>/targets/<id:number>/end", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def end_target(urn: str, number: int) -> Any:
    school = _school(urn)
    found, form = _target(school, number), TargetReasonForm()

    def act() -> None:
        operations.end_target(found, reason=form.reason.data, user=me(), now=now())

    return _act_page("End the target", school, found, form, act)


def _act_page(heading: str, school: School, found: SchoolTarget, form: Form, act: Any) -> Any:
    if form.validate_on_submit() and carried_out(form, act, found):
        flash("Recorded.", "success")
        return redirect(url_for("schools.target", urn=school.urn, number=found.id))
    return _form_page(heading, school, form, found)


def _form_page(heading: str, school: School, form: Form, found: SchoolTarget | None = None) -> Any:
    page = render_template(
        "schools/target_form.html", heading=heading, school=school, form=form, target=found
    )
    return page, form.status


def _school(urn: str) -> School:
    """A school whose targets the signed-in person may change; else refused."""
    school = known(urn)
    refuse_if(rules.why_no_target(me(), school, now()))
    return school


def _target(school: School, number: int) -> SchoolTarget:
    return queries.target_by_id(number, school) or abort(404)
