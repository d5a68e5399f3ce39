"""The minutes of a meeting: drafted from what happened, read, and agreed at a later meeting."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Step, Workflow


class MinutesState(Enum):
    DRAFT = "draft"
    CIRCULATED = "circulated"
    AGREED = "agreed"


S = MinutesState


def meeting_not_over(minutes: Any, _ask: Ask) -> str | None:
    return None if minutes.meeting_is_over else "Close the meeting first."


WORDS = {S.DRAFT: "Draft", S.CIRCULATED: "With the members", S.AGREED: "Agreed"}

# fmt: off
MINUTES = Workflow("minutes", "minutes", S.DRAFT, (
    Step("circulate", (S.DRAFT,), S.CIRCULATED, (A.CLERK,), "Let the members read them",
         "Let the members read the minutes", waits_while=(meeting_not_over,),
         emails=("clerk", "officer")),
    Step("take_back", (S.CIRCULATED,), S.DRAFT, (A.CLERK,), "Take them back to change them",
         "Took the minutes back", asks_for=("reason",), emails=("clerk", "officer")),
    Step("agree", (S.CIRCULATED,), S.AGREED, (A.CLERK,), "Record that the panel agreed them",
         "Recorded that the panel agreed the minutes", asks_for=("meeting",),
         emails=("clerk", "officer")),
), WORDS)
# fmt: on
