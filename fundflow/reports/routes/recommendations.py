"""Recommendations of committees and the board."""

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundflow.history import history_of
from fundflow.models.board import Recommendation
from fundflow.reports.blueprint import blueprint
from fundflow.reports.paper import queries
from fundflow.reports.paper.forms import RecommendationForm
from fundflow.reports.paper.recommending import ANSWERS, record
from fundflow.reports.routes.papers import READ, WRITE
from fundflow.web.access import access, me, now
from fundflow.web.csv import csv_download
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.recommendation import RECOMMENDATION
from fundflow.workflow.working_days import london_date

Answer = str | tuple[str, int] | Response
ONE = "/board/recommendations/<id:number>"
HEADER = (
    "Fund",
    "Recommended by",
    "Recommendation",
    "Owner",
    "Due",
    "State",
    "Overdue",
    "Response",
    "Response of",
    "Answered",
    "What was done",
)


def _visible(number: int) -> Recommendation:
    return queries.recommendation_of(number, me(), now()) or abort(404)


RECOMMENDATION_STEPS = StepPages(
    RECOMMENDATION,
    path=f"{ONE}/steps",
    load=_visible,
    parts=lambda made: {"number": made.id},
    back=lambda made: url_for("reports.recommendation", number=made.id),
    back_text="Back to the recommendation",
    caption=lambda made: made.body,
    rule=READ,
    prefix="recommendation_",
)
for name, operation in ANSWERS.items():
    RECOMMENDATION_STEPS.add(blueprint, name, operation)


@blueprint.route("/board/recommendations/new", methods=["GET", "POST"])
@access(WRITE)
def new_recommendation() -> Answer:
    form, funds = RecommendationForm(), queries.funds_written(me(), now())
    owners = {user.id: (user, role) for fund in funds for user, role in queries.owners_of(fund, now())}
    form.offer(funds, owners.values())

    def act() -> None:
        record(
            next(fund for fund in funds if str(fund.id) == form.fund.data),
            body=form.body.data,
            what=form.what.data,
            owner=int(form.owner.data),
            due_on=form.due_on.data,
            user=me(),
            now=now(),
        )

    if form.validate_on_submit() and carried_out(form, act):
        flash("The recommendation is recorded. Its owner is being told.", "success")
        return redirect(url_for("reports.board"))
    return render_template("reports/new_recommendation.html", form=form), form.status


@blueprint.route("/board/recommendations.csv")
@access(READ)
def recommendations_file() -> Response:
    """Every recommendation that this person reads, as a file."""
    if not queries.funds_read(me(), now()):
        abort(404)
    today = london_date(now())
    rows = (
        (
            made.fund.name,
            made.body,
            made.what,
            made.owner_role,
            made.due_on,
            made.state_words,
            "Yes" if made.is_overdue(today) else "No",
            made.response,
            made.answered_for,
            london_date(made.answered_at) if made.answered_at else None,
            made.outcome,
        )
        for made in queries.every_recommendation(me(), now())
    )
    return csv_download("recommendations.csv", HEADER, rows)


@blueprint.route(ONE)
@access(READ)
def recommendation(number: int) -> str:
    found = _visible(number)
    return render_template(
        "reports/recommendation.html",
        made=found,
        overdue=found.is_overdue(london_date(now())),
        steps=RECOMMENDATION_STEPS.links(found),
        staff=queries.writes(me(), found.fund_id, now()) or found.owner_id == me().id,
        entries=history_of(found, most=25) if queries.writes(me(), found.fund_id, now()) else [],
    )
