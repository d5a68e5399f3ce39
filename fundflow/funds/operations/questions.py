"""A round's own questions. Once a bid has answered one, only its hint may change."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import plain, record_event
from fundflow.models.bid_parts import RoundAnswer
from fundflow.models.person import User
from fundflow.models.round import Round, RoundQuestion
from fundflow.rules.bid_sections import QUESTIONS_A_PAGE
from fundflow.workflow.engine import Refused

MOST_QUESTIONS = 2 * QUESTIONS_A_PAGE  # in one round: the form has two pages for them


def add_question(round_: Round, *, version: int, user: User, now: datetime, **answers: Any) -> None:
    """Ask something of every bid in a round, by column. Raises Refused and Stale."""
    lock_fund(round_.fund, version, user, now)
    _refuse_twin(round_, answers["text"], None)
    if len(round_.questions_asked) >= MOST_QUESTIONS:
        raise Refused(f"A round can ask at most {MOST_QUESTIONS} questions of its own. Retire one first.")
    db.session.add(RoundQuestion(round=round_, **answers))
    record_event(round_.fund, "add_question", f"{round_.name} asks: {answers['text']}", user=user, now=now)
    db.session.commit()


def change_question(
    question: RoundQuestion, *, version: int, user: User, now: datetime, **answers: Any
) -> None:
    """Change a question, by column. Raises Refused where an answer would no longer fit it."""
    round_ = question.round
    lock_fund(round_.fund, version, user, now)
    changed = {
        key: [plain(getattr(question, key)), plain(value)]
        for key, value in answers.items()
        if getattr(question, key) != value
    }
    if set(changed) - {"hint"} and is_answered(question):
        raise Refused(
            "A bid has answered this question, so only its hint can change. To ask something "
            "else, retire it and add a new one."
        )
    _refuse_twin(round_, answers["text"], question)
    for key in changed:
        setattr(question, key, answers[key])
    if changed:
        record_event(
            round_.fund,
            "change_question",
            f"{round_.name}: question changed: {question.text}",
            user=user,
            now=now,
            given=changed,
        )
    db.session.commit()


def is_answered(question: RoundQuestion) -> bool:
    """Whether a bid, though it be a draft, has an answer to it."""
    given = select(RoundAnswer.id).where(RoundAnswer.question_id == question.id, RoundAnswer.text != "")
    return db.session.scalar(given.limit(1)) is not None


def _refuse_twin(round_: Round, text: str, itself: RoundQuestion | None) -> None:
    if any(q.text.casefold() == text.casefold() for q in round_.questions_asked if q is not itself):
        raise Refused(f"{round_.name} asks this question already.")
