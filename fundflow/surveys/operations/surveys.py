"""A survey from the draft to the shared findings; `workflow/survey.py` says who takes which step."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.actors import is_officer_of
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.survey import QuestionKind, Survey
from fundflow.models.survey import SurveySchool as Asked
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.public_text import why_names_anybody
from fundflow.rules.surveys import (
    catalogue_of,
    has_head,
    is_reminder_due,
    opened_since,
    schools_to_ask,
    waited_for,
)
from fundflow.steps import lock, lock_row, note, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.survey import SurveyState
from fundflow.workflow.working_days import london_date


class Wanted(NamedTuple):
    """What a survey is about and whom it asks, by the columns of `Survey`."""

    title: str
    about: str
    due_on: date
    phases: list[int]
    kinds: list[str]
    document_name: str = ""
    document_url: str = ""


def require_draft(survey: Survey, user: User, now: datetime) -> None:
    """Raises Refused for who does not keep the fund's surveys, and of a survey that is no draft."""
    _require_keeper(user, survey.fund, now)
    refuse_if(why_no_draft(survey))


def why_no_draft(survey: Survey) -> str | None:
    """Why a survey can't be changed any more; None while it is a draft."""
    if survey.state is SurveyState.DRAFT:
        return None
    return "The survey is no longer a draft, so its questions and schools can’t be changed."


def _require_keeper(user: User, fund: Fund, now: datetime) -> None:
    if not is_officer_of(user, fund.id, now):
        raise Refused("Only the liaison officer of this fund can keep its surveys.")
    if not fund.asks_schools:
        raise Refused(f"{fund.name} has no surveys. An administrator can switch them on.")


def begin(fund: Fund, wanted: Wanted, *, user: User, now: datetime) -> Survey:
    """A draft, or the same one that this person has just begun. Raises Refused."""
    lock_row(fund)  # one at a time, so that a second click finds the draft of the first
    _require_keeper(user, fund, now)
    for known in db.session.scalars(
        select(Survey).where(
            Survey.fund_id == fund.id,
            Survey.made_by_id == user.id,
            Survey.state == SurveyState.DRAFT,
            Survey.title == wanted.title,
        )
    ):
        if _says(known) == wanted:
            return known
    survey = Survey(fund=fund, made_at=now, made_by=user, state_since=now, **wanted._asdict())
    db.session.add(survey)
    db.session.flush()
    note(survey, "begin", "Began a survey", user=user, now=now)
    db.session.commit()
    return survey


def change(survey: Survey, wanted: Wanted, *, user: User, now: datetime, version: int | None) -> None:
    """Change a draft."""
    lock(survey, version, step="change", user=user)
    require_draft(survey, user, now)
    for column, value in wanted._asdict().items():
        setattr(survey, column, value)
    note(survey, "change", "Changed the draft", user=user, now=now, version=version)
    db.session.commit()


def _says(survey: Survey) -> Wanted:
    return Wanted(*(getattr(survey, name) for name in Wanted._fields))


def open_survey(survey: Survey, *, user: User, now: datetime, version: int | None) -> None:
    """Ask the schools. Who is asked, and the services that a question is about, stay as they are now."""
    lock(survey, version, step="open", user=user)
    require_step(survey, "open", user, now)
    survey.asked = [Asked(school=school) for school in db.session.scalars(schools_to_ask(survey))]
    for question in survey.questions:
        if question.kind is QuestionKind.LIKELY:
            question.services = catalogue_of(survey)
    take_step(survey, "open", user=user, now=now, version=version, also={"opened_at": now}, locked=True)
    db.session.commit()


def chase(survey: Survey, *, user: User | None, now: datetime, version: int | None = None) -> None:
    """Remind the schools that have not answered, and ask those that opened since; never commits."""
    lock(survey, version, step="chase", user=user)
    survey.asked += [Asked(school=school) for school in db.session.scalars(opened_since(survey))]
    db.session.flush()
    waits = waited_for(survey)
    reached = select(School.id).where(
        School.id.in_([one.school_id for one in waits]), has_head(london_date(now))
    )
    told = set(db.session.scalars(reached))
    for asked in (one for one in waits if one.school_id in told):
        asked.chased_at, asked.chasers = now, asked.chasers + 1
    take_step(survey, "chase", user=user, now=now, version=version, also={"chased_at": now}, locked=True)


def chase_now(survey: Survey, *, user: User, now: datetime, version: int | None) -> None:
    """An officer reminds them."""
    chase(survey, user=user, now=now, version=version)
    db.session.commit()


def chase_when_due(survey: Survey, now: datetime) -> int:
    """The clock reminds them on its days; 1 where it did. Never commits."""
    if not is_reminder_due(survey, london_date(now)):
        return 0
    chase(survey, user=None, now=now)
    return 1


def extend(
    survey: Survey, *, due_on: date, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """A later last day. Raises Refused for one that is not later."""
    lock(survey, version, step="extend", user=user)
    require_step(survey, "extend", user, now)
    if due_on <= survey.due_on:
        raise Refused(f"The new last day must be after {survey.last_day}.")
    given = {"due_on": due_on, "reason": reason}
    also = {"due_on": due_on}
    take_step(survey, "extend", user=user, now=now, version=version, given=given, also=also, locked=True)
    db.session.commit()


def close_early(survey: Survey, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """An officer closes it before its last day."""
    given, also = {"reason": reason}, {"closed_at": now}
    take_step(survey, "close_early", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def close(survey: Survey, now: datetime) -> int:
    """The clock, on the day after the last; never commits."""
    take_step(survey, "close", user=None, now=now, also={"closed_at": now})
    return 1


def share(survey: Survey, *, findings: str, user: User, now: datetime, version: int | None) -> None:
    """The schools read what the survey found."""
    refuse_if(why_not_kept(findings) or _why_names(survey, findings))
    given = {"findings": findings}
    also = {"findings": findings, "shared_at": now}
    take_step(survey, "share", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def _why_names(survey: Survey, findings: str) -> str | None:
    """Why schools can't read these findings: they name a person, or a school that was asked."""
    asked = select(School.name).join(Asked, Asked.school_id == School.id).where(Asked.survey_id == survey.id)
    rule = "all schools that were asked read the findings, and they name no school and no person"
    return why_names_anybody(survey.fund, findings, rule=rule, also=db.session.scalars(asked))
