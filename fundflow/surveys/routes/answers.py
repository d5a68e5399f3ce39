"""A school's answers: sent by its head, read by its own people and by the council."""

import re
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.models.fund import Module
from fundflow.models.survey import SurveyResponse, SurveySchool
from fundflow.rules.surveys import answer_words, counted
from fundflow.surveys import queries
from fundflow.surveys.blueprint import blueprint
from fundflow.surveys.forms import AnswerForm
from fundflow.surveys.operations.answers import answer, why_not_send
from fundflow.surveys.routes.surveys import visible_survey
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.keeping import Place, forget_typing, keep_typing, keeps_typing, kept_typing
from fundflow.web.navigation import SURVEYS
from fundflow.web.paging import row_id
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date

SCHOOLS = roles(school=True, module=Module.SURVEYS)
NOT_TYPED = ("csrf_token", "check", "change")


def _asked(number: int, urn: str) -> SurveySchool:
    """A school that a survey asks, for those who read its answers, else 404."""
    return queries.asked_at(visible_survey(number), urn, me(), now()) or abort(404)


@blueprint.route("/surveys/<id:number>/schools/<urn>")
@access(SURVEYS)
def school_answers(number: int, urn: str) -> str:
    """What a school answered, who answered when, and what it answered before."""
    asked = _asked(number, urn)
    return render_template(
        "surveys/answers.html",
        survey=asked.survey,
        asked=asked,
        responses=queries.responses_of(asked),
        words=answer_words,
        why_not=why_not_send(asked, me(), now()),
        is_ours=asked.school_id in me().school_ids(london_date(now())),
    )


@blueprint.route("/surveys/<id:number>/schools/<urn>/answer", methods=["GET", "POST"])
@access(SCHOOLS)
def school_answer(number: int, urn: str) -> Any:
    """All questions on one page; the answers are shown before they are sent."""
    asked = _ours(number, urn)
    before = counted(asked.survey, asked.school_id)
    form = AnswerForm.of(asked.survey, asked, before)
    if not form.is_submitted():
        _require_open(asked)
        if kept := kept_typing(me(), request.path):
            form.take_up(kept)
        return _page(asked, form, before)
    wants = next((name for name in ("change", "check") if name in request.form), "send")
    if wants == "change":
        return _page(asked, form, before)

    def act() -> None:
        if wants == "check":
            _require_open(asked)
        else:
            answer(asked, form.answers, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, asked):
        if wants == "check":
            keep_typing(request.path, request.form.to_dict(flat=False), bid_id=None, user=me(), now=now())
            return _check_page(asked, form)
        forget_typing(me(), request.path)
        flash(f"We have the answers of {asked.school.name}. You get a receipt by email.", "success")
        return redirect(url_for("surveys.school_answers", number=number, urn=urn))
    before = counted(asked.survey, asked.school_id)  # perhaps a colleague’s, from a moment ago
    return _page(asked, form, before), form.status


@keeps_typing(r"/surveys/([0-9]{1,15})/schools/([A-Za-z0-9]{1,20})/answer")
def _page_of_answers(path: re.Match[str]) -> Place:
    number = row_id(path.group(1)) or abort(404)
    return Place(None, why_not_send(_ours(number, path.group(2)), me(), now()))


def _ours(number: int, urn: str) -> SurveySchool:
    """A school that a survey asks, for its own people, else 404."""
    asked = _asked(number, urn)
    return asked if asked.school_id in me().school_ids(london_date(now())) else abort(404)


def _require_open(asked: SurveySchool) -> None:
    """Raises Refused where this person can't send answers of the school now."""
    refuse_if(why_not_send(asked, me(), now()))


def _page(asked: SurveySchool, form: AnswerForm, before: SurveyResponse | None) -> str:
    """The questions, with who has answered so far."""
    return render_template("surveys/answer.html", survey=asked.survey, form=form, asked=asked, before=before)


def _check_page(asked: SurveySchool, form: AnswerForm) -> str:
    """What would be sent, with everything that was typed sent along unseen."""
    return render_template(
        "surveys/check.html",
        survey=asked.survey,
        asked=asked,
        answers=form.answers,
        words=answer_words,
        typed=[(n, text) for n, texts in request.form.lists() for text in texts if n not in NOT_TYPED],
    )
