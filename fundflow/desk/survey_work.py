"""Surveys on My work: for heads those to answer, for officers those whose findings are to be shared."""

from datetime import datetime

from fundflow.actors import OFFICERS
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.models.fund import Module
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.survey import Survey
from fundflow.surveys.queries import waiting
from fundflow.web import modules
from fundflow.workflow.working_days import london_date


def surveys_waiting(user: User, now: datetime) -> list[Waiting]:
    """One query, for heads and officers, where a fund has surveys."""
    today = london_date(now)
    concerned = user.school_ids(today, leading=True) or user.roles_on(today) & OFFICERS
    if not concerned or not modules.is_on(Module.SURVEYS):
        return []
    return [_line(survey, school) for survey, school in waiting(user, now, MOST)]


def _line(survey: Survey, school: School | None) -> Waiting:
    if school is None:
        what = "Share the findings with the schools"
        return Waiting(survey.reference, survey.title, "The survey is closed", what, None, survey.path)
    page = f"{survey.path}/schools/{school.urn}/answer"
    return Waiting(survey.reference, survey.title, school.name, "Answer the survey", survey.due_on, page)
