"""Tiers: the list of all schools, and recording one; read by staff alone."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from fundflow.models.area import Tier
from fundflow.models.fund import Module
from fundflow.models.school import PHASES
from fundflow.schools import area_queries, caseload_queries, rules
from fundflow.schools import tier_queries as queries
from fundflow.schools.blueprint import blueprint
from fundflow.schools.forms import TierForm
from fundflow.schools.operations import tiers as operations
from fundflow.schools.routes.schools import known
from fundflow.web import modules
from fundflow.web.access import access, me, now, roles
from fundflow.web.csv import csv_stream
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date


@blueprint.route("/schools/tiers")
@access(roles(*rules.READERS))
def tiers() -> str:
    """Every school of our areas that may bid, with its tier, its officer and its bids."""
    wanted = queries.TierFilters.from_args(request.args)
    return render_template(
        "schools/tiers.html",
        wanted=wanted,
        page=queries.tiers_page(wanted, me(), now()),
        tier_words=Tier,
        phases=PHASES,
        officers=queries.officers_of_patches(),
        sort_words=[(name, sort.words) for name, sort in queries.SORTS.items()],
        bringing=caseload_queries.funds_with_tiers(me(), now()) if modules.is_on(Module.CASELOADS) else [],
    )


@blueprint.route("/schools/tiers.csv")
@access(roles(*rules.READERS))
def tiers_csv() -> Response:
    wanted = queries.TierFilters.from_args(request.args)
    lines = queries.tier_lines(wanted, me(), now())
    return csv_stream(f"tiers-{london_date(now())}.csv", queries.HEADER, lines)


@blueprint.route("/schools/<urn>/tier", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def tier(urn: str) -> Any:
    school, at = known(urn), now()
    refuse_if(rules.why_not_own(me(), school, at))
    if why := rules.why_no_tier_of_academy(school):
        keeps = caseload_queries.fund_kept(school, me(), at) is not None
        return render_template("schools/no_tier.html", school=school, why=why, may_raise=keeps), 409
    refuse_if(rules.why_no_tier(me(), school, at))
    tiers = area_queries.tiers_of(school)
    form = TierForm()
    form.show(tiers[0].id if tiers else 0, london_date(at))
    if form.validate_on_submit() and carried_out(form, lambda: _record(urn, form)):
        flash("The tier is recorded.", "success")
        return redirect(url_for("schools.school", urn=urn, _anchor="tier"))
    if form.stale:
        form.seen.data = str(max((entry.id for entry in area_queries.tiers_of(school)), default=0))
    return render_template("schools/tier.html", school=school, form=form, tiers=tiers), form.status


def _record(urn: str, form: TierForm) -> None:
    operations.record_tier(
        known(urn),
        tier=Tier(int(form.tier.data)),
        reason=form.reason.data,
        from_on=form.from_on.data,
        latest=form.latest,
        user=me(),
        now=now(),
    )
