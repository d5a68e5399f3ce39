"""What the surveys' pages read. Every query asks the survey's own fund whether it has surveys."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.actors import OFFICERS, roles_for
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.survey import QuestionKind, Survey, SurveyQuestion, SurveyResponse, closed_early_on
from fundflow.models.survey import SurveySchool as Asked
from fundflow.permissions import in_funds
from fundflow.rules.school_queries import OFFERED_STATUSES, is_code
from fundflow.rules.surveys import answer_words, has_answered, has_head
from fundflow.web.paging import Page, newest_first, page_of_rows
from fundflow.workflow.survey import ASKED, SurveyState
from fundflow.workflow.working_days import london_date

PAGE = 25
SCHOOLS = 50  # of one survey, on a page
READERS = OFFICERS | {R.AUDITOR, R.ADMINISTRATOR}
IS_ON = Fund.asks_schools.is_(True)
IS_COUNTED = SurveyResponse.replaced_at.is_(None)


# -- who sees what ----------------------------------------------------------------------------------


def reads(user: User, survey: Survey, now: datetime) -> bool:
    """Whether this person reads all answers of a survey, for the council."""
    return user.active and bool(READERS & roles_for(user, survey.fund_id, london_date(now)))


def sees_survey(user: User, now: datetime) -> ColumnElement[bool]:
    """As a condition on Survey and Fund: all of a fund's, for the council; those that ask one's school,
    once they are open, and once shared those that asked the school before it."""
    mine = user.school_ids(london_date(now))
    asks_us = exists().where(Asked.survey_id == Survey.id, Asked.school_id.in_(mine))
    ours = and_(Survey.state.in_(ASKED), asks_us)
    before = select(School.id).where(School.succeeded_by_id.in_(mine))  # their successor has the findings
    asked_before = exists().where(Asked.survey_id == Survey.id, Asked.school_id.in_(before))
    ours = or_(ours, and_(Survey.state == SurveyState.SHARED, asked_before))
    return and_(IS_ON, or_(in_funds(user, READERS, now, Survey.fund_id), ours))


def kept_funds(user: User, now: datetime) -> list[Fund]:
    """The funds whose surveys this person keeps."""
    query = select(Fund).where(IS_ON, in_funds(user, OFFICERS, now, Fund.id))
    return list(db.session.scalars(query.order_by(Fund.id)))


# -- the list, and one of them ----------------------------------------------------------------------


class SurveyRow(NamedTuple):
    """A survey in a list: for the council how many schools answered, for a school whether it did.

    ours           how many of the reader's schools it asks, and
    ours_answered  how many of those answered
    """

    id: int
    title: str
    state: SurveyState
    fund: str
    due_on: date
    closed_at: datetime | None
    for_council: bool
    asked: int
    answered: int
    ours: int
    ours_answered: int

    @property
    def path(self) -> str:
        return f"/surveys/{self.id}"

    @property
    def closed_early_on(self) -> date | None:
        return closed_early_on(self.closed_at, self.due_on)


def surveys(
    user: User, now: datetime, after: int | None = None, school: School | None = None
) -> Page[SurveyRow]:
    """The surveys this person sees, the newest first; `school`: those that ask this one."""
    mine = [school.id] if school else sorted(user.school_ids(london_date(now)))
    asked = select(func.count()).select_from(Asked).where(Asked.survey_id == Survey.id)
    answered = select(func.count()).select_from(SurveyResponse)
    answered = answered.where(SurveyResponse.survey_id == Survey.id, IS_COUNTED)
    query = (
        select(
            Survey.id,
            Survey.title,
            Survey.state,
            Fund.name,
            Survey.due_on,
            Survey.closed_at,
            in_funds(user, READERS, now, Survey.fund_id),
            asked.scalar_subquery(),
            answered.scalar_subquery(),
            asked.where(Asked.school_id.in_(mine)).scalar_subquery(),
            answered.where(SurveyResponse.school_id.in_(mine)).scalar_subquery(),
        )
        .join(Fund, Fund.id == Survey.fund_id)
        .where(sees_survey(user, now))
    )
    if school:
        query = query.where(exists().where(Asked.survey_id == Survey.id, Asked.school_id == school.id))
    return page_of_rows(newest_first(query, Survey.id, after), PAGE, SurveyRow)


def survey_by_id(number: int, user: User, now: datetime) -> Survey | None:
    """A survey this person may see, else None."""
    return db.session.scalar(
        select(Survey)
        .join(Fund, Fund.id == Survey.fund_id)
        .where(Survey.id == number, sees_survey(user, now))
        .options(joinedload(Survey.fund), joinedload(Survey.made_by), selectinload(Survey.questions))
    )


def asked_at(survey: Survey, urn: str, user: User, now: datetime) -> Asked | None:
    """The school with this URN, if the survey asks it and this person may read its answers."""
    if not is_code(urn):
        return None
    mine = user.school_ids(london_date(now))
    narrow = () if reads(user, survey, now) else (Asked.school_id.in_(mine),)
    return db.session.scalar(
        select(Asked)
        .join(School)
        .where(Asked.survey_id == survey.id, School.urn == urn, *narrow)
        .options(joinedload(Asked.school))
    )


def responses_of(asked: Asked) -> list[SurveyResponse]:
    """Each time a school answered, the counted response first."""
    return list(
        db.session.scalars(
            select(SurveyResponse)
            .where(SurveyResponse.survey_id == asked.survey_id, SurveyResponse.school_id == asked.school_id)
            .order_by(SurveyResponse.id.desc())
            .options(joinedload(SurveyResponse.answered_by))
        )
    )


# -- who has answered -------------------------------------------------------------------------------


class SchoolRow(NamedTuple):
    """A school that a survey asks; `answered_at` is of the counted response.

    has_head  whether anybody with an account can answer for it
    """

    id: int
    school: School
    answered_at: datetime | None
    answered_by: str | None
    times: int
    chasers: int
    chased_at: datetime | None
    has_head: bool


class Tally(NamedTuple):
    asked: int
    answered: int


def tally(survey: Survey) -> Tally:
    """How many schools a survey asks, and how many have answered."""
    asked = select(func.count()).select_from(Asked).where(Asked.survey_id == survey.id)
    answered = select(func.count()).select_from(SurveyResponse)
    answered = answered.where(SurveyResponse.survey_id == survey.id, IS_COUNTED)
    return Tally(*db.session.execute(select(asked.scalar_subquery(), answered.scalar_subquery())).one())


def schools_of(survey: Survey, now: datetime, answered: bool | None, after: int | None) -> Page[SchoolRow]:
    """The schools a survey asks, by their names when it was opened; `answered`: only those that did, or
    did not."""
    times = select(func.count()).where(
        SurveyResponse.survey_id == Asked.survey_id, SurveyResponse.school_id == Asked.school_id
    )
    counted = and_(
        SurveyResponse.survey_id == Asked.survey_id, SurveyResponse.school_id == Asked.school_id, IS_COUNTED
    )
    query = (
        select(
            Asked.id,
            School,
            SurveyResponse.answered_at,
            User.name,
            times.correlate(Asked).scalar_subquery(),
            Asked.chasers,
            Asked.chased_at,
            has_head(london_date(now)),
        )
        .join(School, School.id == Asked.school_id)
        .outerjoin(SurveyResponse, counted)
        .outerjoin(User, User.id == SurveyResponse.answered_by_id)
        .where(Asked.survey_id == survey.id)
        .order_by(Asked.id)
    )
    if answered is not None:
        did = SurveyResponse.id.is_not(None)
        query = query.where(did if answered else ~did)
    if after is not None:
        query = query.where(Asked.id > after)
    return page_of_rows(query, SCHOOLS, SchoolRow)


def columns_of(survey: Survey) -> list[tuple[SurveyQuestion, Any, str]]:
    """(question, id of a service or None, heading) of each column of answers in a file."""
    return [
        (question, number, f"{n}. {question.text}{f': {name}' if name else ''}")
        for n, question in enumerate(survey.questions, 1)
        for number, name in (question.services if question.kind is QuestionKind.LIKELY else [(None, "")])
    ]


def answer_rows(survey: Survey) -> Iterator[tuple[Any, ...]]:
    """Each time a school answered, for a file: by school, the counted response of each first."""
    query = (
        select(SurveyResponse)
        .join(School, School.id == SurveyResponse.school_id)
        .where(SurveyResponse.survey_id == survey.id)
        .order_by(School.search_name, School.urn, SurveyResponse.id.desc())
        .options(joinedload(SurveyResponse.school), joinedload(SurveyResponse.answered_by))
    )
    columns = columns_of(survey)
    for response in db.session.scalars(query).unique():
        school = response.school
        yield (
            school.name,
            school.urn,
            school.phase,
            response.answered_at,
            response.answered_by.name,
            response.replaced_at,
            *(_cell(question, service, response.answers) for question, service, _ in columns),
        )


def _cell(question: SurveyQuestion, service: int | None, answers: dict[str, Any]) -> Any:
    given = answers.get(question.key)
    if service is not None:
        given = {str(service): given[str(service)]} if given and str(service) in given else None
        return "".join(words.rpartition(": ")[2] for words in answer_words(question, given))
    if question.kind is QuestionKind.SCALE:
        return given
    return "; ".join(answer_words(question, given))


# -- my work ----------------------------------------------------------------------------------------


def waiting(user: User, now: datetime, most: int) -> list[tuple[Survey, School | None]]:
    """(survey, school): open surveys that a school led by this person has not answered; (survey, None):
    closed ones whose findings an officer is to share. One query."""
    today = london_date(now)
    leads = user.school_ids(today, leading=True)
    is_open = and_(Survey.state == SurveyState.OPEN, Survey.due_on >= today)
    asks_ours = and_(Asked.survey_id == Survey.id, Asked.school_id.in_(leads), is_open)
    to_answer = and_(
        Asked.id.is_not(None), School.status_code.in_(OFFERED_STATUSES), is_open, ~has_answered()
    )
    to_share = and_(Survey.state == SurveyState.CLOSED, in_funds(user, OFFICERS, now, Survey.fund_id))
    query = (
        select(Survey, School)
        .join(Fund, Fund.id == Survey.fund_id)
        .outerjoin(Asked, asks_ours)
        .outerjoin(School, School.id == Asked.school_id)
        .where(IS_ON, or_(to_answer, to_share))
        .order_by(Survey.due_on, Survey.id, School.search_name)
        .limit(most)
    )
    rows = db.session.execute(query)
    return [(survey, school if survey.state is SurveyState.OPEN else None) for survey, school in rows]
