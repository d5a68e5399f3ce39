"""The questions of a draft: added, changed, removed and put in order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

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
    act = _Act("add_question", "Added a question", user, now, version)
    act.begin(survey)
    if len(survey.questions) >= MOST_QUESTIONS:
        raise Refused(f"A survey has {MOST_QUESTIONS} questions at most.")
    question = SurveyQuestion(position=len(survey.questions) + 1)
    _write(question, asks, survey)
    survey.questions.append(question)
    act.end(survey, asks.text)
    return question


def change(question: SurveyQuestion, asks: Asks, *, user: User, now: datetime, version: int | None) -> None:
    survey = question.survey
    act = _Act("change_question", "Changed a question", user, now, version, {"question": question.id})
    act.begin(survey)
    _write(question, asks, survey)
    act.end(survey, asks.text)


def remove(question: SurveyQuestion, *, user: User, now: datetime, version: int | None) -> None:
    survey, text = question.survey, question.text
    act = _Act("remove_question", "Removed a question", user, now, version, {"question": question.id})
    act.begin(survey)
    survey.questions.remove(question)
    _number(survey)
    act.end(survey, text)


def move(question: SurveyQuestion, *, up: bool, user: User, now: datetime, version: int | None) -> None:
    """Change places with the question before it, or after it."""
    survey = question.survey
    about = {"question": question.id, "up": up}
    act = _Act("move_question", "Moved a question", user, now, version, about)
    act.begin(survey)
    place = survey.questions.index(question)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(survey.questions):
        raise Refused("The question is at the end already.")
    survey.questions.remove(question)
    survey.questions.insert(other, question)
    _number(survey)
    act.end(survey, question.text)


class _Act(NamedTuple):
    """What is done with the questions, by a person, from a page; `about` tells it from a second click."""

    step: str
    label: str
    user: User
    now: datetime
    version: int | None
    about: Mapping[str, Any] = {}

    def begin(self, survey: Survey) -> None:
        lock(survey, self.version, step=self.step, user=self.user, about=self.about)
        require_draft(survey, self.user, self.now)

    def end(self, survey: Survey, text: str) -> None:
        """Note it, with the question's text, and commit."""
        note(
            survey,
            self.step,
            self.label,
            user=self.user,
            now=self.now,
            version=self.version,
            given={"text": text},
            facts=self.about,
        )
        db.session.commit()


def _write(question: SurveyQuestion, asks: Asks, survey: Survey) -> None:
    if asks.kind not in kinds_offered(survey):
        raise Refused("The fund’s catalogue has no services to ask about.")
    others = [other.kind for other in survey.questions if other is not question]
    if asks.kind is QuestionKind.LIKELY and QuestionKind.LIKELY in others:
        raise Refused("The survey already asks how likely schools are to buy. Change that question instead.")
    if asks.kind in WITH_OPTIONS and len(asks.options) < 2:
        raise Refused("Enter at least two answers to choose from.")
    for column, value in asks._asdict().items():
        setattr(question, column, value)
    if asks.kind not in WITH_OPTIONS:
        question.options = []


def _number(survey: Survey) -> None:
    for position, question in enumerate(survey.questions, 1):
        question.position = position
