"""A school's answers: one response counts, and those that it replaced are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee, letter_key
from fundflow.letters.holders import leaders_of
from fundflow.letters.writing import write_letter
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.survey import SurveyResponse
from fundflow.models.survey import SurveySchool as Asked
from fundflow.rules.surveys import Answers, counted, why_not_answer, why_not_answers
from fundflow.steps import Stale, lock_row, note
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date


def answer(asked: Asked, answers: Answers, *, user: User, now: datetime, version: int | None) -> None:
    """The head answers for the school, or answers again. Raises Refused, or Stale where somebody answered
    since the page was loaded; the same answers by the same person are a second click."""
    survey = asked.survey
    lock_row(survey)  # before the school's row, as where schools are reminded
    lock_row(asked)
    refuse_if(why_not_send(asked, user, now))
    refuse_if(why_not_answers(survey.questions, answers))
    kept = _kept(asked, answers)
    before = counted(survey, asked.school_id)
    if before is not None and before.answered_by_id == user.id and before.answers == kept:
        return
    if version is not None and version != asked.version:
        raise Stale
    for earlier in [before] if before is not None else _of_predecessors(asked):
        earlier.replaced_at = now
        db.session.flush()  # one counted response at a time
    db.session.add(
        SurveyResponse(survey=survey, school=asked.school, answered_at=now, answered_by=user, answers=kept)
    )
    label = "Answered the survey again" if before else "Answered the survey"
    entry = note(asked, "answer", label, user=user, now=now, version=version)
    _send_receipts(asked, entry, user, now, again=before is not None)
    db.session.commit()


def why_not_send(asked: Asked, user: User, now: datetime) -> str | None:
    """Why this person can't send answers of this school now; None where they can."""
    if asked.school_id not in user.school_ids(london_date(now), leading=True):
        return "Only the head of the school can send its answers."
    if not asked.school.is_open:
        return f"{asked.school.name} has closed, so it can’t answer any more."
    return why_not_answer(asked.survey, now)


def _of_predecessors(asked: Asked) -> list[SurveyResponse]:
    """The counted responses of closed schools that this one takes the place of."""
    query = select(SurveyResponse).join(School, School.id == SurveyResponse.school_id)
    query = query.where(SurveyResponse.survey_id == asked.survey_id, SurveyResponse.replaced_at.is_(None))
    return list(db.session.scalars(query.where(School.succeeded_by_id == asked.school_id)))


def _kept(asked: Asked, answers: Answers) -> dict[str, Any]:
    """The answers that are given, to the survey's own questions."""
    given = {question.key: answers.get(question.key) for question in asked.survey.questions}
    given = {key: list(dict.fromkeys(v)) if isinstance(v, list) else v for key, v in given.items()}
    return {key: value for key, value in given.items() if value not in (None, "", [], {})}


def _send_receipts(asked: Asked, entry: HistoryEntry, user: User, now: datetime, *, again: bool) -> None:
    """To the head and acting heads of the school, and to the person who answered."""
    heads = leaders_of(asked.school, london_date(now))
    told = {who.email.lower(): who for who in (*heads, Addressee(user.name, user.email, user))}
    for who in told.values():
        write_letter(
            "surveys/answered.txt",
            "school",
            who,
            key=letter_key(entry.id, "school", who),
            now=now,
            entry=entry,
            path=asked.path,
            context={
                "record": asked.survey,
                "asked": asked,
                "entry": entry,
                "again": again,
                "is_yours": who.user is user,
            },
        )
