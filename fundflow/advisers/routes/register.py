"""The register of advisers: who they are, their training and checks, and the schools of each."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.actors import is_officer_of
from fundflow.advisers import queries, visit_queries
from fundflow.advisers.blueprint import blueprint
from fundflow.advisers.forms import AdviserForm, AllocationForm, EndForm, RecordForm, school_choices
from fundflow.advisers.operations import allocations, register
from fundflow.models.adviser import Adviser
from fundflow.models.brokering import Expertise
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.rules.advising import averages_of_adviser
from fundflow.web.access import Rule, access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import london_date

MODULE = Module.ADVISERS
SIGNED_IN = Rule(signed_in=True, module=MODULE)
KEEPERS = roles(R.OFFICER, R.DEPUTY_OFFICER, module=MODULE)
READERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR, module=MODULE)


@blueprint.route("/advisers")
@access(READERS)
def advisers() -> str:
    """The register, and this year's figures."""
    wanted = queries.AdviserFilters.from_args(request.args)
    return render_template(
        "advisers/register.html",
        wanted=wanted,
        page=queries.register_page(wanted, me(), now()),
        figures=visit_queries.figures_by_term(me(), now()),
        every_expertise=list(Expertise),
        may_add=KEEPERS.allows(me(), now()),
    )


@blueprint.route("/advisers/add", methods=["GET", "POST"])
@access(KEEPERS)
def add() -> Any:
    funds = {str(fund.id): fund for fund in queries.funds_kept(me(), now())} or abort(404)
    form = AdviserForm()
    schools = [school for fund in funds.values() for school in queries.schools_of_area(fund)]
    form.choose_fund(list(funds.values()))
    form.school.choices = school_choices(schools, "None")
    made: list[int] = []

    def act() -> None:
        made.append(register.add(funds[form.fund.data], form.said(schools), user=me(), now=now()).id)

    if form.validate_on_submit() and carried_out(form, act):
        return _done("The adviser is in the register.", made[0])
    page = render_template("advisers/adviser_form.html", form=form, funds=funds, adviser=None)
    return page, form.status


@blueprint.route("/advisers/<id:number>")
@access(SIGNED_IN)
def adviser(number: int) -> str:
    """One adviser: for those who read the register, and for the adviser."""
    found = _known(number)
    renewed = {record.renews_id for record in found.records}
    return render_template(
        "advisers/adviser.html",
        adviser=found,
        records=[(record, record.id not in renewed) for record in found.records],
        allocations=queries.allocations_of(found),
        promised=queries.visits_promised(found),
        averages=averages_of_adviser(found),
        may_keep=is_officer_of(me(), found.fund_id, now()) and found.account_id != me().id,
        for_staff=queries.reads_all(me(), now()),
    )


@blueprint.route("/advisers/<id:number>/change", methods=["GET", "POST"])
@access(KEEPERS)
def change(number: int) -> Any:
    found = _kept(number)
    schools = queries.schools_of_area(found.fund)
    if found.school and found.school not in schools:
        schools = [found.school, *schools]  # it has closed
    form = AdviserForm.on(found)
    form.choose_fund([])
    form.school.choices = school_choices(schools, "None")
    form.fill(found)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: register.change(
            found,
            form.said(schools),
            left=bool(form.left.data),
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        found,
    ):
        return _done("The adviser is changed.", number)
    page = render_template("advisers/adviser_form.html", form=form, funds=(), adviser=found)
    return page, form.status


@blueprint.route("/advisers/<id:number>/records/add", methods=["GET", "POST"])
@access(KEEPERS)
def add_record(number: int) -> Any:
    """A training or a quality check; the address may name the one that it renews."""
    found = _kept(number)
    renews = queries.record_of(found, row_id(request.args.get("renews")))
    form = RecordForm.on(found)
    form.fill(renews)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: register.add_record(
            found, **form.record(), renews=renews, user=me(), now=now(), version=form.version.data
        ),
        found,
    ):
        return _done("The record is kept.", number)
    page = render_template("advisers/record.html", form=form, adviser=found, renews=renews)
    return page, form.status


@blueprint.route("/advisers/<id:number>/allocate", methods=["GET", "POST"])
@access(KEEPERS)
def allocate(number: int) -> Any:
    found = _kept(number)
    schools = {school.urn: school for school in queries.without_adviser(found.fund)}
    form = AllocationForm.on(found)
    form.school.choices = school_choices(schools.values(), "Choose a school")
    if not form.is_submitted():
        form.starts_on.process(None, london_date(now()))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: allocations.allocate(
            found,
            schools[form.school.data],
            starts_on=form.starts_on.data,
            visits=form.visits.data or 0,
            why=form.why.data,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        found,
    ):
        return _done("The school has an adviser. The school and the adviser are being told.", number)
    page = render_template(
        "advisers/allocate.html", form=form, adviser=found, promised=queries.visits_promised(found)
    )
    return page, form.status


@blueprint.route("/advisers/allocations/<id:number>/end", methods=["GET", "POST"])
@access(KEEPERS)
def end_allocation(number: int) -> Any:
    found = queries.allocation_by_id(number, me(), now()) or abort(404)
    form = EndForm.on(found)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: allocations.end(
            found, reason=form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        found,
    ):
        return _done("The allocation has ended. The school and the adviser are being told.", found.adviser_id)
    return render_template("advisers/end.html", form=form, allocation=found), form.status


def _known(number: int) -> Adviser:
    """An adviser this person may see, else 404."""
    return queries.adviser_by_id(number, me(), now()) or abort(404)


def _kept(number: int) -> Adviser:
    """An adviser of a fund whose register this person keeps, else 404."""
    found = _known(number)
    return found if is_officer_of(me(), found.fund_id, now()) else abort(404)


def _done(words: str, number: int) -> Response:
    flash(words, "success")
    return redirect(url_for("advisers.adviser", number=number))
