"""The counted answers to surveys, and what they say of the demand for a service of the catalogue."""

from collections.abc import Collection, Iterable, Sequence, Set
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import contains_eager

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.models.service import Service
from fundflow.models.survey import (
    Likelihood,
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyResponse,
    SurveySchool,
)
from fundflow.rules.small_numbers import Cell, Mark
from fundflow.rules.survey_summary import Reply, Row, Summary, summary_of, together
from fundflow.workflow.date_words import day_words
from fundflow.workflow.survey import SurveyState
from fundflow.workflow.working_days import london_date

CLOSED = (SurveyState.CLOSED, SurveyState.SHARED)
LIKELY = (Likelihood.VERY.words, Likelihood.LIKELY.words)


def replies_to(surveys: Collection[int]) -> dict[int, list[Reply]]:
    """The counted answers to each of these surveys, by its id; the schools by name."""
    found: dict[int, list[Reply]] = {number: [] for number in surveys}
    query = (
        select(
            SurveyResponse.survey_id, School.name, School.urn, SurveySchool.phase_code, SurveyResponse.answers
        )
        .join(School, School.id == SurveyResponse.school_id)
        .join(
            SurveySchool,
            and_(
                SurveySchool.survey_id == SurveyResponse.survey_id,
                SurveySchool.school_id == SurveyResponse.school_id,
            ),
        )
        .where(SurveyResponse.survey_id.in_(found), SurveyResponse.replaced_at.is_(None))
        .order_by(School.search_name, School.urn)
    )
    for survey, name, urn, phase, answers in db.session.execute(query) if found else ():
        found[survey].append(Reply(name, urn, phase, answers))
    return found


def summary_for(survey: Survey, *, shared: bool) -> Summary:
    """What a survey found, whole or as schools read it."""
    asked = db.session.scalar(select(func.count()).where(SurveySchool.survey_id == survey.id)) or 0
    return summary_of(survey.questions, replies_to([survey.id])[survey.id], asked=asked, shared=shared)


# -- the demand for services -------------------------------------------------------------------------


class Demand(NamedTuple):
    """How many of the schools that answered a survey are very likely or likely to buy a service."""

    likely: Cell
    answered: Cell
    survey: Survey
    closed_on: date

    @property
    def words(self) -> str:
        """“12 of 31 schools are very likely or likely to buy it (Services for 2027, 3 March 2027).”"""
        source = f"({self.survey.title}, {day_words(self.closed_on)})"
        if isinstance(self.answered, Mark):
            return f"Too few schools answered to show a number {source}."
        if not self.answered:
            return f"No school answered {source}."
        verb = "is" if self.likely == 1 else "are"
        said = f"{self.likely} of {self.answered} schools {verb} very likely or likely to buy it {source}."
        return f"{said} {self.likely} is {self.likely.words}." if isinstance(self.likely, Mark) else said


def demand_for(services: Iterable[Service], *, whole: Set[int]) -> dict[int, Demand]:
    """By the ids of these services, what the latest closed survey of the fund that asked about it found.

    whole  the ids of those of which this reader sees whole figures; of others the latest survey counts whose
           findings are shared, and small figures are hidden
    """
    listed, asked = list(services), dict[int, SurveyQuestion]()
    ours = [service for service in listed if service.id in whole]
    others = [service for service in listed if service.id not in whole]
    for some, states in ((ours, CLOSED), (others, (SurveyState.SHARED,))):
        latest = _latest_question({service.fund_id for service in some}, states)
        asked |= {service.id: latest[service.id] for service in some if service.id in latest}
    replies = replies_to({question.survey_id for question in asked.values()})
    return {
        number: _demand(number, question, replies[question.survey_id], shared=number not in whole)
        for number, question in asked.items()
    }


def _latest_question(funds: Set[int], states: Collection[SurveyState]) -> dict[int, SurveyQuestion]:
    """By the id of each service, the question of the latest survey in these states that asked about it.

    One that fewer than half of its schools answered counts only where there is no other.
    """
    if not funds:
        return {}
    asked = select(func.count()).where(SurveySchool.survey_id == Survey.id).correlate(Survey)
    answered = select(func.count()).where(
        SurveyResponse.survey_id == Survey.id, SurveyResponse.replaced_at.is_(None)
    )
    by_half = answered.correlate(Survey).scalar_subquery() * 2 >= asked.scalar_subquery()
    query = (
        select(SurveyQuestion)
        .join(Survey, Survey.id == SurveyQuestion.survey_id)
        .join(Fund, Fund.id == Survey.fund_id)
        .where(Fund.asks_schools.is_(True), Survey.fund_id.in_(funds), Survey.state.in_(states))
        .where(SurveyQuestion.kind == QuestionKind.LIKELY)
        .order_by(
            case((by_half, 0), else_=1),
            Survey.closed_at.desc(),
            Survey.id.desc(),
            SurveyQuestion.position,
            SurveyQuestion.id,
        )
        .options(contains_eager(SurveyQuestion.survey))
    )
    found: dict[int, SurveyQuestion] = {}
    for question in db.session.scalars(query):
        for number, _name in question.services:
            found.setdefault(number, question)
    return found


def _demand(number: int, question: SurveyQuestion, replies: Sequence[Reply], *, shared: bool) -> Demand:
    survey = question.survey
    found = summary_of([question], replies, asked=0, shared=shared)
    likely = together(_rows_of(number, found), LIKELY, found.answered)
    return Demand(likely, found.answered, survey, london_date(survey.closed_at or survey.state_since))


def _rows_of(number: int, found: Summary) -> Sequence[Row]:
    for finding in found.findings:
        for (service, _name), block in zip(finding.question.services, finding.blocks, strict=True):
            if service == number:
                return block.rows
    return ()
