"""Surveys: the list, one of them with its steps and its schools, and what a school's page shows."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.actors import is_officer_of
from fundflow.history import history_of
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.school import School
from fundflow.models.survey import Survey
from fundflow.rules.surveys import asked_of, counted, schools_to_ask, without_head
from fundflow.surveys import queries
from fundflow.surveys.blueprint import blueprint
from fundflow.surveys.forms import SurveyForm
from fundflow.surveys.operations import surveys as operations
from fundflow.web import modules
from fundflow.web.access import access, me, me_or_nobody, now, roles
from fundflow.web.csv import csv_stream
from fundflow.web.forms import carried_out
from fundflow.web.navigation import SURVEYS
from fundflow.web.paging import Page, count_of, row_id
from fundflow.web.step_pages import StepPages
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.phrases import joined
from fundflow.workflow.survey import SURVEY, SurveyState
from fundflow.workflow.working_days import london_date

KEEPERS = roles(R.OFFICER, R.DEPUTY_OFFICER, module=Module.SURVEYS)
COUNCIL = roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR, module=Module.SURVEYS)
MOST_NAMED = 10
HEADER = ("School", "URN", "Phase", "Answered at", "Answered by", "Replaced at")


def visible_survey(number: int) -> Survey:
    """A survey that the signed-in person may see, else 404."""
    return queries.survey_by_id(number, me(), now()) or abort(404)


def survey_read(number: int) -> Survey:
    """A survey all of whose answers the signed-in person reads, else 404."""
    found = visible_survey(number)
    return found if queries.reads(me(), found, now()) else abort(404)


def draft(number: int) -> Survey:
    """A draft that the signed-in person keeps, else 404. A page of what is no draft is refused (409); what
    is sent is refused by its operation, beside what was typed."""
    found = survey_read(number)
    if not is_officer_of(me(), found.fund_id, now()):
        abort(404)
    if request.method == "GET":
        refuse_if(operations.why_no_draft(found))
    return found


def place(found: Survey) -> str:
    """The page of a survey."""
    return url_for("surveys.survey", number=found.id)


SURVEY_STEPS = StepPages(
    SURVEY,
    path="/surveys/<id:number>/steps",
    load=survey_read,
    parts=lambda found: {"number": found.id},
    back=place,
    back_text="Back to the survey",
    caption=lambda found: f"{found.reference} · {found.title}",
    rule=KEEPERS,
    prefix="survey_",
)


@blueprint.app_template_global()
def surveys_of(school: School) -> Page[queries.SurveyRow] | None:
    """The surveys that ask a school, on its page; None where no fund has surveys, or for those who don't
    read its answers."""
    user = me_or_nobody()
    if user is None or school.is_organisation or not modules.is_on(Module.SURVEYS):
        return None
    ours = school.id in user.school_ids(london_date(now()))
    return queries.surveys(user, now(), school=school) if ours or COUNCIL.allows(user, now()) else None


@blueprint.route("/surveys")
@access(SURVEYS)
def every_survey() -> str:
    """All surveys of a fund, or those that ask one's school."""
    return render_template(
        "surveys/surveys.html",
        page=queries.surveys(me(), now(), row_id(request.args.get("after"))),
        for_council=COUNCIL.allows(me(), now()),
        may_add=KEEPERS.allows(me(), now()),
    )


@blueprint.route("/surveys/add", methods=["GET", "POST"])
@access(KEEPERS)
def survey_add() -> Any:
    """A draft; its questions come next."""
    funds = queries.kept_funds(me(), now())
    form = SurveyForm.of(None, funds, london_date(now()))
    made: list[Survey] = []

    def act() -> None:
        fund = next(fund for fund in funds if str(fund.id) == form.fund.data)
        made.append(operations.begin(fund, form.wanted, user=me(), now=now()))

    if form.validate_on_submit() and carried_out(form, act):
        flash("The survey is saved as a draft. Add its questions.", "success")
        return redirect(place(made[0]))
    return render_template("surveys/edit.html", form=form, survey=None, funds=funds), form.status


@blueprint.route("/surveys/<id:number>")
@access(SURVEYS)
def survey(number: int) -> str:
    """One survey: for the council with who has answered, for a school with its own answers."""
    found = visible_survey(number)
    if not queries.reads(me(), found, now()):
        mine = asked_of(found, me(), london_date(now()))
        ours = [(asked, counted(found, asked.school_id)) for asked in mine]
        return render_template("surveys/for_school.html", survey=found, ours=ours)
    shown = {"yes": True, "no": False}.get(request.args.get("answered", ""))
    after = row_id(request.args.get("after"))
    is_draft = found.state in (SurveyState.DRAFT, SurveyState.DISCARDED)
    return render_template(
        "surveys/survey.html",
        survey=found,
        steps=SURVEY_STEPS.links(found),
        may_change=found.state is SurveyState.DRAFT and is_officer_of(me(), found.fund_id, now()),
        tally=queries.tally(found),
        would_ask=count_of(schools_to_ask(found).subquery()) if is_draft else 0,
        without_head=without_head(found, now()) if is_draft else [],
        page=Page([]) if is_draft else queries.schools_of(found, now(), shown, after),
        shown=shown,
        history=history_of(found),
    )


@blueprint.route("/surveys/<id:number>/change", methods=["GET", "POST"])
@access(KEEPERS)
def survey_change(number: int) -> Any:
    """What a draft is about, whom it asks, and until when."""
    found = draft(number)
    form = SurveyForm.of(found, [found.fund], london_date(now()))

    def act() -> None:
        operations.change(found, form.wanted, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, found):
        flash("The survey is changed.", "success")
        return redirect(place(found))
    return render_template("surveys/edit.html", form=form, survey=found, funds=[found.fund]), form.status


@blueprint.route("/surveys/<id:number>/answers.csv")
@access(COUNCIL)
def answers_file(number: int) -> Response:
    """Every answer, for a spreadsheet; replaced ones too."""
    found = survey_read(number)
    header = (*HEADER, *(heading for _question, _service, heading in queries.columns_of(found)))
    return csv_stream(f"survey-{found.id}.csv", header, queries.answer_rows(found))


def _who_is_not_reached(found: Survey) -> tuple[str, ...]:
    """The schools that it would ask and that no letter reaches, for the page before it is opened."""
    names = without_head(found, now())
    if not names:
        return ()
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return (f"No head has an account at {joined([*names[:MOST_NAMED], *more])}, so no letter reaches them.",)


SURVEY_STEPS.add(blueprint, "open", operations.open_survey, explain=_who_is_not_reached)
SURVEY_STEPS.add(blueprint, "chase", operations.chase_now)
SURVEY_STEPS.add(blueprint, "extend", operations.extend)
SURVEY_STEPS.add(blueprint, "close_early", operations.close_early)
SURVEY_STEPS.add(blueprint, "share", operations.share)
SURVEY_STEPS.add_rest(blueprint)
