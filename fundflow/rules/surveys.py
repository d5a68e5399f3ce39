"""Rules of surveys of schools (docs/rules.md, "Surveys of schools")."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from fundflow.extensions import db
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import School, kind_value
from fundflow.models.service import Service
from fundflow.models.survey import SCALE, Likelihood, QuestionKind, Survey, SurveyQuestion, SurveyResponse
from fundflow.models.survey import SurveySchool as Asked
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.school_queries import OFFERED_STATUSES
from fundflow.workflow.date_words import day_words
from fundflow.workflow.survey import SurveyState
from fundflow.workflow.working_days import add_working_days, london_date

REMINDED = (10, 3)  # working days before the last day, on the schools' clock
MOST_QUESTIONS, MOST_OPTIONS, LONGEST = 40, 20, 4000  # characters of a free text

Answers = Mapping[str, Any]


# -- who is asked -----------------------------------------------------------------------------------


def schools_to_ask(survey: Survey) -> Select[School]:
    """The open schools of the fund's area that a draft would ask."""
    query = select(School).where(
        School.la_code == survey.fund.la_code,
        School.status_code.in_(OFFERED_STATUSES),
        School.is_organisation.is_(False),
    )
    if survey.phases:
        query = query.where(School.phase_code.in_(survey.phases))
    if survey.kinds:
        query = query.where(kind_value().in_(survey.kinds))
    return query.order_by(School.search_name, School.urn)


def opened_since(survey: Survey) -> Select[School]:
    """The schools that an open survey would ask and does not: those that opened since, unless the school that
    they take the place of has answered."""
    before = aliased(School)
    answered = exists().where(
        before.succeeded_by_id == School.id,
        SurveyResponse.school_id == before.id,
        SurveyResponse.survey_id == survey.id,
    )
    known = exists().where(Asked.survey_id == survey.id, Asked.school_id == School.id)
    return schools_to_ask(survey).where(~known, ~answered)


def why_nobody_asked(survey: Survey) -> str | None:
    """Why a survey can't be opened; None where it would ask some school."""
    if db.session.scalar(schools_to_ask(survey).limit(1)) is not None:
        return None
    return "No open school is of this phase and kind. Choose other schools."


def has_answered() -> ColumnElement[bool]:
    """As a condition on SurveySchool: whether a response of the school is counted."""
    return exists().where(
        SurveyResponse.survey_id == Asked.survey_id,
        SurveyResponse.school_id == Asked.school_id,
        SurveyResponse.replaced_at.is_(None),
    )


def waited_for(survey: Survey) -> list[Asked]:
    """The schools that are asked, are open and have not answered."""
    query = (
        select(Asked)
        .join(School)
        .where(Asked.survey_id == survey.id, ~has_answered(), School.status_code.in_(OFFERED_STATUSES))
        .order_by(School.search_name, Asked.id)
        .options(joinedload(Asked.school))
    )
    return list(db.session.scalars(query))


def has_head(day: date) -> ColumnElement[bool]:
    """As a condition on School: whether a head of it has an account that letters go to."""
    return exists().where(
        Membership.school_id == School.id,
        Membership.standing == Standing.LEADER,
        Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
        Membership.user.has(User.active.is_(True)),
    )


def without_head(survey: Survey, now: datetime) -> list[str]:
    """The names of the schools that a survey asks, or would ask, and that no letter reaches."""
    asked = School.id.in_(select(Asked.school_id).where(Asked.survey_id == survey.id))
    ours = schools_to_ask(survey)
    if survey.asked:
        ours = select(School).where(asked).order_by(School.search_name)
    return [school.name for school in db.session.scalars(ours.where(~has_head(london_date(now))))]


def is_complete(survey: Survey) -> bool:
    """Whether every school that is asked and open has answered, and none has opened since."""
    return not waited_for(survey) and db.session.scalar(opened_since(survey).limit(1)) is None


def asked_of(survey: Survey, user: User, day: date) -> list[Asked]:
    """The schools of this person that a survey asks, by name."""
    query = (
        select(Asked)
        .join(School)
        .where(Asked.survey_id == survey.id, Asked.school_id.in_(user.school_ids(day)))
        .order_by(School.search_name, Asked.id)
        .options(joinedload(Asked.school), joinedload(Asked.survey))
    )
    return list(db.session.scalars(query))


def counted(survey: Survey, school_id: int) -> SurveyResponse | None:
    """The response of a school that is counted."""
    return db.session.scalar(
        select(SurveyResponse)
        .where(SurveyResponse.survey_id == survey.id, SurveyResponse.school_id == school_id)
        .where(SurveyResponse.replaced_at.is_(None))
        .options(joinedload(SurveyResponse.answered_by))
    )


# -- when -------------------------------------------------------------------------------------------


def is_reminder_due(survey: Survey, today: date) -> bool:
    """Whether the clock reminds the schools today: the latest of its days has come, and the schools
    were neither asked nor reminded on it or since."""
    days = [add_working_days(survey.due_on, -n, survey.fund.schools_off) for n in REMINDED]
    past = [day for day in days if day <= today]
    told = survey.chased_at or survey.opened_at
    return bool(past) and today <= survey.due_on and told is not None and london_date(told) < max(past)


def was_reminded_on(survey: Survey, day: date) -> bool:
    return survey.chased_at is not None and london_date(survey.chased_at) == day


# -- questions --------------------------------------------------------------------------------------


def catalogue_of(survey: Survey) -> list[list[Any]]:
    """[id, name] of each service that the fund offers now; none where it offers no services."""
    if not survey.fund.sells_services:
        return []
    query = select(Service.id, Service.name).where(
        Service.fund_id == survey.fund_id, Service.withdrawn_at.is_(None)
    )
    return [[number, name] for number, name in db.session.execute(query.order_by(Service.name, Service.id))]


def kinds_offered(survey: Survey) -> list[QuestionKind]:
    """The kinds of questions that may be asked: about services only where there are some."""
    sells = bool(catalogue_of(survey))
    return [kind for kind in QuestionKind if sells or kind is not QuestionKind.LIKELY]


def why_nothing_to_buy(survey: Survey) -> str | None:
    """Why a question about services can't be asked; None where there is none, or there are services."""
    likely = any(question.kind is QuestionKind.LIKELY for question in survey.questions)
    if not likely or catalogue_of(survey):
        return None
    return "A question asks about services, and the catalogue has none. Remove the question."


# -- answers ----------------------------------------------------------------------------------------


def why_not_answer(survey: Survey, now: datetime) -> str | None:
    """Why no school can answer now; None where they can."""
    if survey.state is SurveyState.OPEN:
        past = survey.due_on < london_date(now)
        return f"The last day to answer was {survey.last_day}." if past else None
    if survey.closed_at is None:
        return "This survey is not open."
    if early := survey.closed_early_on:
        return f"The survey was closed early, on {day_words(early)}."
    return f"The last day to answer was {survey.last_day}."


def why_not_answers(questions: Iterable[SurveyQuestion], answers: Answers) -> str | None:
    """The first thing that is wrong with a school's answers, as a sentence; None where nothing is."""
    for question in questions:
        given = answers.get(question.key)
        if given in (None, "", [], {}):
            if question.required:
                return f"Answer the question “{question.text}”."
        elif not _fits(question, given):
            return f"Choose an answer that the question “{question.text}” offers."
        elif question.kind is QuestionKind.TEXT and (why := why_not_kept(str(given))):
            return why
    return None


def _fits(question: SurveyQuestion, given: Any) -> bool:
    match question.kind:
        case QuestionKind.CHOICE:
            return given in question.options
        case QuestionKind.SEVERAL:
            return isinstance(given, list) and set(given) <= set(question.options)
        case QuestionKind.SCALE:
            return given in SCALE
        case QuestionKind.TEXT:
            return isinstance(given, str) and len(given) <= LONGEST
        case QuestionKind.LIKELY:
            return isinstance(given, dict) and _fits_services(question, given)


def _fits_services(question: SurveyQuestion, given: Answers) -> bool:
    asked = {str(number) for number, _name in question.services}
    whole = given.keys() == asked if question.required else given.keys() <= asked
    return whole and set(given.values()) <= {one.value for one in Likelihood}


def answer_words(question: SurveyQuestion, given: Any) -> list[str]:
    """An answer in words, a line each; none where it was left empty."""
    if given in (None, "", [], {}):
        return []
    if question.kind is QuestionKind.LIKELY:
        said = {number: Likelihood(value).words for number, value in given.items()}
        return [f"{name}: {said[str(number)]}" for number, name in question.services if str(number) in said]
    if question.kind is QuestionKind.SCALE:
        return [f"{given} of {SCALE[-1]}"]
    return list(given) if isinstance(given, list) else [str(given)]
