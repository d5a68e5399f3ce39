"""Visits of advisers: the list, one of them with its steps, and what a school's page shows."""

from functools import partial
from typing import Any

from flask import Response, abort, render_template, request, url_for

from fundflow.advisers import queries, visit_queries
from fundflow.advisers.blueprint import blueprint
from fundflow.advisers.forms import FeedbackForm, SeenForm
from fundflow.advisers.operations import visits as operations
from fundflow.advisers.routes.register import MODULE, SIGNED_IN
from fundflow.history import history_of
from fundflow.models.adviser import COLOURS, AdviserVisit
from fundflow.models.feedback import RATING_WORDS
from fundflow.models.school import School
from fundflow.web import modules
from fundflow.web.access import access, me, now
from fundflow.web.csv import csv_stream
from fundflow.web.step_pages import StepPages
from fundflow.workflow.adviser_visit import ADVISER_VISIT, AdviserVisitState
from fundflow.workflow.working_days import london_date


def visible_visit(number: int) -> AdviserVisit:
    """A visit that the signed-in person may see, else 404."""
    return visit_queries.visit_by_id(number, me(), now()) or abort(404)


def _place(found: AdviserVisit) -> str:
    return url_for("advisers.visit", number=found.id)


VISIT_STEPS = StepPages(
    ADVISER_VISIT,
    path="/advisers/visits/<id:number>/steps",
    load=visible_visit,
    parts=lambda found: {"number": found.id},
    back=_place,
    back_text="Back to the visit",
    caption=lambda found: f"Adviser’s visit · {found.school.name}",
    rule=SIGNED_IN,
    prefix="visit_",
)


@blueprint.app_template_global()
def adviser_visit_tag(state: AdviserVisitState) -> tuple[str, str]:
    """The words of a state, and the colour of its tag."""
    return ADVISER_VISIT.words[state], COLOURS[state]


@blueprint.app_template_global()
def advised_school(school: School) -> visit_queries.AdvisedSchool | None:
    """Who advises a school and its visits, for those who may know; None where no fund has advisers."""
    return visit_queries.advised(school, me(), now()) if modules.is_on(MODULE) else None


@blueprint.route("/advisers/visits")
@access(SIGNED_IN)
def visits() -> str:
    """The visits this person may see."""
    wanted = visit_queries.VisitFilters.from_args(request.args, now())
    return render_template(
        "advisers/visits.html",
        wanted=wanted,
        page=visit_queries.visits_page(wanted, me(), now()),
        terms=visit_queries.terms_offered(now()),
        states=list(AdviserVisitState),
        for_staff=queries.reads_all(me(), now()),
    )


@blueprint.route("/advisers/visits.csv")
@access(SIGNED_IN)
def visits_csv() -> Response:
    wanted = visit_queries.VisitFilters.from_args(request.args, now())
    return csv_stream("visits.csv", visit_queries.HEADER, visit_queries.visit_lines(wanted, me(), now()))


@blueprint.route("/advisers/visits/<id:number>")
@access(SIGNED_IN)
def visit(number: int) -> str:
    """One visit: its day, what was seen and agreed, and what can be done now."""
    found = visible_visit(number)
    return render_template(
        "advisers/visit.html",
        visit=found,
        steps=VISIT_STEPS.links(found),
        history=history_of(found),
        reads_feedback=visit_queries.reads_feedback(me(), found, now()),
        rating=RATING_WORDS.get(found.usefulness or 0, ""),
    )


@VISIT_STEPS.own(blueprint, "done")
def visit_done(number: int) -> Any:
    found = visible_visit(number)
    form = SeenForm.on(found)
    if not form.is_submitted():
        form.visited_on.process(None, min(found.planned_on or london_date(now()), london_date(now())))
    return VISIT_STEPS.page(
        found,
        "done",
        form,
        lambda: operations.record(found, **form.seen(), user=me(), now=now(), version=form.version.data),
    )


@VISIT_STEPS.own(blueprint, "rate")
def visit_rate(number: int) -> Any:
    found = visible_visit(number)
    form = FeedbackForm.on(found)
    return VISIT_STEPS.page(
        found,
        "rate",
        form,
        lambda: operations.rate(found, **form.said(), user=me(), now=now(), version=form.version.data),
    )


VISIT_STEPS.add(blueprint, "plan", operations.plan)
VISIT_STEPS.add(blueprint, "move", operations.move)
VISIT_STEPS.add(blueprint, "catch_up", operations.catch_up)
for _step in ("miss", "let_go", "cancel"):
    VISIT_STEPS.add(blueprint, _step, partial(operations.with_reason, step=_step))
