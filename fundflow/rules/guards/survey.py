"""What a survey waits for."""

from fundflow.models.survey import Survey
from fundflow.rules.surveys import (
    is_complete,
    was_reminded_on,
    why_nobody_asked,
    why_nothing_to_buy,
)
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.working_days import london_date


@guard
def survey_without_questions(survey: Survey, _ask: Ask) -> str | None:
    return None if survey.questions else "Add a question first."


@guard
def survey_past_its_day(survey: Survey, ask: Ask) -> str | None:
    past = survey.due_on < london_date(ask.now)
    return f"The last day to answer was {day_words(survey.due_on)}." if past else None


@guard
def survey_day_not_past(survey: Survey, ask: Ask) -> str | None:
    past = survey.due_on < london_date(ask.now)
    return None if past else f"Schools can answer until the end of {day_words(survey.due_on)}."


@guard
def nobody_to_ask(survey: Survey, _ask: Ask) -> str | None:
    return why_nobody_asked(survey)


@guard
def nothing_to_buy(survey: Survey, _ask: Ask) -> str | None:
    return why_nothing_to_buy(survey)


@guard
def every_school_answered(survey: Survey, _ask: Ask) -> str | None:
    return "Every school that is open has answered." if is_complete(survey) else None


@guard
def reminded_today(survey: Survey, ask: Ask) -> str | None:
    today = was_reminded_on(survey, london_date(ask.now))
    return "The schools were reminded today. You can do it again tomorrow." if today else None
