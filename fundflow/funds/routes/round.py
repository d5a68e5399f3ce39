"""What administrators do to a fund's rounds and their priorities and questions."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.funds import queries, round_queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.operations import priorities, questions, retiring, rounds
from fundflow.funds.round_forms import PriorityForm, QuestionForm, RoundForm
from fundflow.funds.routes.funds import by, known
from fundflow.models.fund import Fund
from fundflow.models.round import Priority, Round, RoundQuestion
from fundflow.web.access import ADMINISTRATORS, access
from fundflow.web.forms import ConfirmForm, Form, carried_out

ROUND = "/funds/<id:number>/rounds/<id:round_number>"


def known_round(number: int, round_number: int) -> Round:
    """A round of this fund; else 404."""
    return queries.part_of(Round, round_number, known(number)) or abort(404)


@blueprint.route("/funds/<id:number>/rounds/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_round(number: int) -> Any:
    fund = known(number)
    form = RoundForm.of(fund, None)
    made: list[Round] = []

    def act() -> None:
        made.append(rounds.add_round(fund, **form.answers(), **by(form)))

    if form.validate_on_submit() and carried_out(form, act, fund):
        flash("The round is added as a draft. Add its priorities next, then publish it.", "success")
        return redirect(url_for("funds.round_page", round_number=made[0].id))
    return render_template("funds/round.html", fund=fund, form=form, round=None), form.status


@blueprint.route(ROUND, methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_round(number: int, round_number: int) -> Any:
    found = known_round(number, round_number)
    form = RoundForm.of(found.fund, found)
    return _page(
        found,
        form,
        lambda: rounds.change_round(found, **form.answers(), **by(form)),
        "funds/round.html",
        "The round is changed.",
    )


@blueprint.route(f"{ROUND}/publish", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def publish_round(number: int, round_number: int) -> Any:
    """Ask first: it can’t be taken back."""
    found = known_round(number, round_number)
    form = ConfirmForm.on(found.fund)
    return _page(
        found,
        form,
        lambda: rounds.publish_round(found, **by(form)),
        "funds/publish_round.html",
        "The round is published.",
    )


@blueprint.route(f"{ROUND}/priorities/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_priority(number: int, round_number: int) -> Any:
    found = known_round(number, round_number)
    form = PriorityForm.of(found.fund, None)
    return _page(
        found,
        form,
        lambda: priorities.add_priority(found, **form.answers(), **by(form)),
        "funds/priority.html",
        "The priority is added.",
        priority=None,
    )


@blueprint.route(f"{ROUND}/priorities/<id:priority_number>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def rename_priority(number: int, round_number: int, priority_number: int) -> Any:
    priority = _part(Priority, known_round(number, round_number), priority_number)
    form = PriorityForm.of(priority.round.fund, priority)
    return _page(
        priority.round,
        form,
        lambda: priorities.rename_priority(priority, **form.answers(), **by(form)),
        "funds/priority.html",
        "The priority is changed.",
        priority=priority,
    )


@blueprint.route(f"{ROUND}/priorities/<id:priority_number>/retire", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def retire_priority(number: int, round_number: int, priority_number: int) -> Any:
    priority = _part(Priority, known_round(number, round_number), priority_number)
    form = ConfirmForm.on(priority.round.fund)
    return _page(
        priority.round,
        form,
        lambda: retiring.retire(priority, **by(form)),
        "funds/retire.html",
        "The priority is retired.",
        what="priority",
        name=priority.title,
        explain="New bids can’t choose it any more. Bids that chose it keep it.",
    )


@blueprint.route(f"{ROUND}/questions/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_question(number: int, round_number: int) -> Any:
    found = known_round(number, round_number)
    form = QuestionForm.of(found.fund, None)
    return _page(
        found,
        form,
        lambda: questions.add_question(found, **form.answers(), **by(form)),
        "funds/question.html",
        "The question is added.",
        question=None,
    )


@blueprint.route(f"{ROUND}/questions/<id:question_number>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_question(number: int, round_number: int, question_number: int) -> Any:
    question = _part(RoundQuestion, known_round(number, round_number), question_number)
    form = QuestionForm.of(question.round.fund, question)
    return _page(
        question.round,
        form,
        lambda: questions.change_question(question, **form.answers(), **by(form)),
        "funds/question.html",
        "The question is changed.",
        question=question,
    )


@blueprint.route(f"{ROUND}/questions/<id:question_number>/retire", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def retire_question(number: int, round_number: int, question_number: int) -> Any:
    question = _part(RoundQuestion, known_round(number, round_number), question_number)
    form = ConfirmForm.on(question.round.fund)
    return _page(
        question.round,
        form,
        lambda: retiring.retire(question, **by(form)),
        "funds/retire.html",
        "The question is retired.",
        what="question",
        name=question.text,
        explain="Bids are no longer asked it. Answers that were given are kept.",
    )


def _part(kind: Any, round_: Round, number: int) -> Any:
    """A part of a round by its number; 404 for another round's."""
    return round_queries.part_of_round(kind, number, round_) or abort(404)


def _page(round_: Round, form: Form, act: Callable[[], Any], template: str, done: str, **context: Any) -> Any:
    """Show a form about a round, carry it out, and go to the round's page."""
    fund: Fund = round_.fund
    if form.validate_on_submit() and carried_out(form, act, fund):
        flash(done, "success")
        return redirect(url_for("funds.round_page", round_number=round_.id))
    return render_template(template, fund=fund, form=form, round=round_, **context), form.status
