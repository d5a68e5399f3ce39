"""Concerns about schools: raised, reviewed and ended; read by staff alone."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.history import history_of
from fundflow.models.caseload import Concern, ConcernKind
from fundflow.models.fund import Fund, Module
from fundflow.models.school import School
from fundflow.rules.concerns import met_by
from fundflow.schools import caseload_queries as queries
from fundflow.schools import rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.caseload_forms import ConcernForm
from fundflow.schools.operations import concerns as operations
from fundflow.schools.routes.schools import known
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import enum_member
from fundflow.web.step_pages import StepPages
from fundflow.workflow.concern import CONCERN
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date

KEEPERS = roles(*rules.KEEPERS, module=Module.CASELOADS)
READERS = roles(*rules.READERS, module=Module.CASELOADS)


def kept(urn: str) -> tuple[School, Fund]:
    """The school, and the fund for which the signed-in person keeps it; 404 where there is none. Raises
    Refused for their own school."""
    school = known(urn)
    fund = None if school.is_organisation else queries.fund_kept(school, me(), now())
    if fund is None:
        abort(404)
    refuse_if(rules.why_not_keep(me(), school, fund.id, now()))
    return school, fund


def visible_concern(number: int) -> Concern:
    """A concern that the signed-in person may read, else 404."""
    return queries.concern_by_id(number, me(), now()) or abort(404)


def _place(concern: Concern) -> str:
    return url_for("schools.concern", number=concern.id)


CONCERN_STEPS = StepPages(
    CONCERN,
    path="/schools/concerns/<id:number>/steps",
    load=visible_concern,
    parts=lambda concern: {"number": concern.id},
    back=_place,
    back_text="Back to the concern",
    caption=lambda concern: f"Concern · {concern.school.name}",
    rule=KEEPERS,
    prefix="concern_",
)


@blueprint.route("/schools/<urn>/concerns/raise", methods=["GET", "POST"])
@access(KEEPERS)
def raise_concern(urn: str) -> Any:
    school, fund = kept(urn)
    form = ConcernForm()
    if not form.is_submitted():
        form.kind.data = enum_member(ConcernKind, request.args.get("kind"))

    def act() -> None:
        said = {name: form[name].data for name in ("kind", "reason", "review_on")}
        operations.raise_concern(school, fund, **said, user=me(), now=now())

    if form.validate_on_submit() and carried_out(form, act):
        flash(CONCERN.rows("raise")[0].done, "success")
        return redirect(url_for("schools.school", urn=urn, _anchor="concerns"))
    met = met_by(fund, [school.id]).get(school.id, [])
    return render_template("schools/raise_concern.html", school=school, form=form, met=met), form.status


@blueprint.route("/schools/concerns/<id:number>")
@access(READERS)
def concern(number: int) -> str:
    """One concern: why it was raised, what reviews found, and what can be done now."""
    found = visible_concern(number)
    return render_template(
        "schools/concern.html",
        concern=found,
        steps=CONCERN_STEPS.links(found),
        history=history_of(found),
        today=london_date(now()),
    )


CONCERN_STEPS.add(blueprint, "review", operations.review)
CONCERN_STEPS.add(blueprint, "end", operations.end)
