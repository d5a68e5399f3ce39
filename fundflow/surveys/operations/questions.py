"""The questions of a draft: added, changed, removed and put in order."""

from datetime import datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.models.survey import QuestionKind, Survey, SurveyQuestion
from fundflow.rules.surveys import MOST_QUESTIONS, kinds_offered
from fundflow.steps import lock, note
from fundflow.surveys.operations.surveys import require_draft
from fundflow.workflow.engine import Refused

WITH_OPTIONS = (QuestionKind.CHOICE, QuestionKind.SEVERAL)


class Asks(NamedTuple):
    """What a question asks, by the columns of `SurveyQuestion`."""

    kind: QuestionKind
    text: str
    hint: str
    options: list[str]
    required: bool


def add(survey: Survey, asks: Asks, *, user: User, now: datetime, version: int | None) -> SurveyQuestion:
    """A question at the end. Raises Refused."""
    _lock(survey, "add_question", user, now, version)
    if len(survey.questions) >= MOST_QUESTIONS:
        raise Refused(f"A survey has {MOST_QUESTIONS} questions at most.")
    question = SurveyQuestion(position=len(survey.questions) + 1)
    _write(question, asks, survey)
    survey.questions.append(question)
    _note(survey, "add_question", "Added a question", asks.text, user=user, now=now, version=version)
    return question


def change(
    question: SurveyQuestion, asks: Asks, *, user: User, now: datetime, version: int | None
) -> None:
    survey = question.survey
    _lock(survey, "change_question", user, now, version)
    _write(question, asks, survey)
    _note(survey, "change_question", "Changed a question", asks.text, user=user, now=now, version=version)


def remove(question: SurveyQuestion, *, user: User, now: datetime, version: int | None) -> None:
    survey = question.survey
    _lock(survey, "remove_question", user, now, version)
    text = question.text
    survey.questions.remove(question)
    _number(survey)
    _note(survey, "remove_question", "Removed a question", text, user=user, now=now, version=version)


def move(question: SurveyQuestion, *, up: bool, user: User, now: datetime, version: int | None) -> None:
    """Change places with the question before it, or after it."""
    survey = question.survey
    _lock(survey, "move_question", user, now, version)
    place = survey.questions.index(question)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(survey.questions):
        raise Refused("The question is at the end already.")
    survey.questions.remove(question)
    survey.questions.insert(other, question)
    _number(survey)
    _note(survey, "move_question", "Moved a question", question.text, user=user, now=now, version=version)


def _lock(survey: Survey, step: str, user: User, now: datetime, version: int | None) -> None:
    lock(survey, version, step=step, user=user)
    require_draft(survey, user, now)


def _write(question: SurveyQuestion, asks: Asks, survey: Survey) -> None:
    if asks.kind not in kinds_offered(survey):
        raise Refused("The fund’s catalogue has no services to ask about.")
    if asks.kind in WITH_OPTIONS and len(asks.options) < 2:
        raise Refused("Enter at least two answers to choose from.")
    for column, value in asks._asdict().items():
        setattr(question, column, value)
    if asks.kind not in WITH_OPTIONS:
        question.options = []


def _number(survey: Survey) -> None:
    for position, question in enumerate(survey.questions, 1):
        question.position = position


def _note(
    survey: Survey, step: str, label: str, text: str, *, user: User, now: datetime, version: int | None
) -> None:
    note(survey, step, label, user=user, now=now, version=version, given={"question": text})
    db.session.commit()
