"""The engagement log: schools that take no part, and the contacts with each. Never shown to schools."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.brokering import engagement
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.operations.engagement import log
from fundflow.brokering.practice_forms import EngagementForm
from fundflow.brokering.routes.practice import KEEPERS, READERS
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.rules.taking_part import counts_from
from fundflow.web.access import access, me, now
from fundflow.web.csv import csv_stream
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import london_date


def _fund(wanted: engagement.Wanted, funds: list[Fund]) -> Fund:
    """The fund in the address, else the first; 404 for one whose log this person doesn't read."""
    if wanted.fund_id is None:
        return funds[0] if funds else abort(404)
    return next((fund for fund in funds if fund.id == wanted.fund_id), None) or abort(404)


def _school(urn: str) -> School:
    return engagement.school_read(urn, me(), now()) or abort(404)


@blueprint.route("/engagement")
@access(READERS)
def silent_schools() -> str:
    """Schools without a part in anything for two school years, with the last contact and the next."""
    wanted = engagement.Wanted.from_args(request.args)
    funds = engagement.funds_read(me(), now())
    fund = _fund(wanted, funds)
    return render_template(
        "brokering/engagement.html",
        wanted=wanted,
        page=engagement.schools_page(wanted, fund, me(), now()),
        fund=fund,
        funds=[(str(one.id), one.name) for one in funds],
        shown=[(one.value, one.words) for one in engagement.Shown],
        since=counts_from(london_date(now())),
        today=london_date(now()),
    )


@blueprint.route("/engagement/schools.csv")
@access(READERS)
def silent_schools_csv() -> Response:
    """The same list, for a spreadsheet."""
    wanted = engagement.Wanted.from_args(request.args)
    fund = _fund(wanted, engagement.funds_read(me(), now()))
    return csv_stream("engagement.csv", engagement.HEADER, engagement.school_lines(wanted, fund, me(), now()))


@blueprint.route("/engagement/<urn>")
@access(READERS)
def school_log(urn: str) -> str:
    """Every contact with one school."""
    school = _school(urn)
    return render_template(
        "brokering/school_log.html",
        school=school,
        page=engagement.lines_of(school, me(), now(), row_id(request.args.get("after"))),
        may_log=bool(engagement.funds_kept(me(), now(), school)),
        today=london_date(now()),
    )


@blueprint.route("/engagement/<urn>/log", methods=["GET", "POST"])
@access(KEEPERS)
def log_engagement(urn: str) -> Any:
    """Add a line about a school."""
    school = _school(urn)
    funds = engagement.funds_kept(me(), now(), school) or abort(404)
    form = EngagementForm()
    form.choose_fund(funds)
    if not form.is_submitted():
        form.when.process(None, london_date(now()))

    def act() -> None:
        fund = next(fund for fund in funds if str(fund.id) == form.fund.data)
        log(fund, school, form.line(), user=me(), now=now())

    if form.validate_on_submit() and carried_out(form, act):
        flash("The contact is in the log.", "success")
        return redirect(url_for("brokering.school_log", urn=urn))
    page = render_template("brokering/engagement_form.html", form=form, school=school, funds=funds)
    return page, form.status
