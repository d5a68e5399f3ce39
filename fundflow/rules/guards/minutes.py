"""What minutes wait for."""

from fundflow.models.minutes import Minutes
from fundflow.workflow.engine import Ask, guard


@guard
def meeting_not_over(minutes: Minutes, _ask: Ask) -> str | None:
    return None if minutes.meeting_is_over else "Close the meeting first."
