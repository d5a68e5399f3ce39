"""What asking for feedback waits for."""

from fundflow.models.feedback import Feedback
from fundflow.rules.feedback import next_day
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.working_days import london_date


@guard
def not_to_chase_yet(feedback: Feedback, ask: Ask) -> str | None:
    """Two chases, each after the fund's time."""
    if feedback.chased_again_at:
        return "The school has been asked twice more."
    return _why_too_soon(feedback, ask)


@guard
def not_to_end_yet(feedback: Feedback, ask: Ask) -> str | None:
    if not feedback.chased_again_at:
        return "The school has not been asked twice more yet."
    return _why_too_soon(feedback, ask)


@guard
def support_not_over(feedback: Feedback, _ask: Ask) -> str | None:
    return None if feedback.is_open_to_answers else "The support can be rated once it has ended."


def _why_too_soon(feedback: Feedback, ask: Ask) -> str | None:
    day = next_day(feedback)
    return None if london_date(ask.now) >= day else f"The school has until {day_words(day)}."
