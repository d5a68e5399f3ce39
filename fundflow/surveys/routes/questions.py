"""The questions of a draft, and how schools will see them."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request

from fundflow.models.survey import Survey, SurveyQuestion
from fundflow.rules.surveys import catalogue_of, kinds_offered
from fundflow.surveys.blueprint import blueprint
from fundflow.surveys.forms import AnswerForm, QuestionForm
from fundflow.surveys.operations import questions as operations
from fundflow.surveys.routes.surveys import COUNCIL, KEEPERS, draft, place, survey_read
from fundflow.web.access import access, me, now
from fundflow.web.forms import ConfirmForm, Form, carried_out


def _question(survey: Survey, number: int) -> SurveyQuestion:
    return next((one for one in survey.questions if one.id == number), None) or abort(404)


def _page(
    survey: Survey, question: SurveyQuestion | None, act: Callable[[QuestionForm], Any], done: str
) -> Any:
    form = QuestionForm.of(survey, question, kinds_offered(survey))
    if form.validate_on_submit() and carried_out(form, lambda: act(form), survey):
        flash(done, "success")
        return redirect(place(survey))
    page = render_template("surveys/question.html", form=form, survey=survey, question=question)
    return page, form.status


@blueprint.route("/surveys/<id:number>/questions/add", methods=["GET", "POST"])
@access(KEEPERS)
def question_add(number: int) -> Any:
    """Another question, after the others."""
    survey = draft(number)

    def act(form: QuestionForm) -> None:
        operations.add(survey, form.asks, user=me(), now=now(), version=form.version.data)

    return _page(survey, None, act, "The question is added.")


@blueprint.route("/surveys/<id:number>/questions/<id:question>", methods=["GET", "POST"])
@access(KEEPERS)
def question_change(number: int, question: int) -> Any:
    """Change a question."""
    survey = draft(number)
    found = _question(survey, question)

    def act(form: QuestionForm) -> None:
        operations.change(found, form.asks, user=me(), now=now(), version=form.version.data)

    return _page(survey, found, act, "The question is changed.")


@blueprint.route("/surveys/<id:number>/questions/<id:question>/remove", methods=["GET", "POST"])
@access(KEEPERS)
def question_remove(number: int, question: int) -> Any:
    """Ask first, then remove."""
    survey = draft(number)
    found = _question(survey, question)
    form = ConfirmForm.on(survey)

    def act() -> None:
        operations.remove(found, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, survey):
        flash("The question is removed.", "success")
        return redirect(place(survey))
    page = render_template("surveys/remove.html", form=form, survey=survey, question=found)
    return page, form.status


@blueprint.route("/surveys/<id:number>/questions/<id:question>/move", methods=["POST"])
@access(KEEPERS)
def question_move(number: int, question: int) -> Any:
    """One place up, or down. Where somebody changed the survey meanwhile, the page shows how it is now."""
    survey = draft(number)
    found = _question(survey, question)
    form: Form = ConfirmForm()
    up = request.form.get("to") == "up"

    def act() -> None:
        operations.move(found, up=up, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and not carried_out(form, act, survey):
        flash("Nothing was moved: the survey was changed meanwhile. Look at it, and move again.", "notice")
    return redirect(f"{place(survey)}#questions")


@blueprint.route("/surveys/<id:number>/preview")
@access(COUNCIL)
def preview(number: int) -> str:
    """The page on which schools answer, with nothing to send."""
    survey = survey_read(number)
    form = AnswerForm.of(survey, survey, services=catalogue_of(survey))
    return render_template("surveys/answer.html", survey=survey, form=form, asked=None, before=None)
