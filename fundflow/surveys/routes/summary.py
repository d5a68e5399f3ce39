"""What a survey found: whole for the council's people; with small counts hidden for the schools it asked,
once the findings are shared."""

from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.models.survey import Survey
from fundflow.rules.survey_replies import summary_for
from fundflow.rules.survey_summary import Summary
from fundflow.surveys import queries
from fundflow.surveys.blueprint import blueprint
from fundflow.surveys.routes.surveys import visible_survey
from fundflow.web.access import access, me, now
from fundflow.web.csv import csv_download
from fundflow.web.navigation import SURVEYS
from fundflow.workflow.survey import SurveyState


class Read(NamedTuple):
    """A summary as this person reads it."""

    survey: Survey
    for_staff: bool
    summary: Summary

    def address(self, endpoint: str = "surveys.summary", **also: str) -> str:
        """The page, or the file, of the same figures."""
        given: dict[str, Any] = {"number": self.survey.id, **also}
        if self.for_staff and self.summary.is_shared:
            given["shown"] = "shared"
        return url_for(endpoint, **given)


def _read(number: int) -> Read:
    """The summary that is asked for, else 404."""
    survey = visible_survey(number)
    for_staff = queries.reads(me(), survey, now())
    if not (survey.is_asked if for_staff else survey.state is SurveyState.SHARED):
        abort(404)
    shared = not for_staff or request.args.get("shown") == "shared"
    return Read(survey, for_staff, summary_for(survey, shared=shared))


@blueprint.route("/surveys/<id:number>/summary")
@access(SURVEYS)
def summary(number: int) -> str:
    """How many schools gave each answer; free text for the council's people alone."""
    read = _read(number)
    return render_template(
        "surveys/summary.html",
        survey=read.survey,
        for_staff=read.for_staff,
        summary=read.summary,
        by_phase=bool(read.summary.phases) and request.args.get("by") == "phase",
        address=read.address,
        file=read.address("surveys.summary_file"),
    )


@blueprint.route("/surveys/<id:number>/summary.csv")
@access(SURVEYS)
def summary_file(number: int) -> Response:
    """The same counts: a row an answer, a column a phase."""
    read = _read(number)
    phases = [f"{phase.name} ({phase.answered})" for phase in read.summary.phases]
    header = ("Question", "Service", "Answer", "All schools", *phases)
    rows: list[tuple[Any, ...]] = [
        (question, about, row.answer, *map(_cell, row.cells)) for question, about, row in read.summary.rows
    ]
    return csv_download(f"survey-{number}-summary.csv", header, rows)


def _cell(cell: Any) -> Any:
    return cell if isinstance(cell, int) else str(cell)
