"""A school's request for support, from the asking to a draft bid."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Step, Workflow
from fundflow.workflow.working_days import london_date


class RequestState(Enum):
    ASKED = "asked"
    PROPOSED = "proposed"
    BECAME_BID = "became_bid"
    CLOSED = "closed"


S = RequestState


def own_request(request: Any, ask: Ask) -> str | None:
    """An officer may not broker for their own school."""
    if ask.user and request.school_id in ask.user.school_ids(london_date(ask.now)):
        return f"You can’t broker this: your school, {request.school.name}, asked for it."
    return None


WORDS = {S.ASKED: "New", S.PROPOSED: "School proposed", S.BECAME_BID: "Became a bid",
         S.CLOSED: "Closed"}  # fmt: skip

SUPPORT_REQUEST = Workflow("support_request", "request", S.ASKED, (
    Step("propose", (S.ASKED, S.PROPOSED), S.PROPOSED, (A.OFFICER,), "Propose a school",
         "Proposed a school", waits_while=(own_request,), asks_for=("school", "why"),
         emails=("school",)),
    Step("begin_draft", (S.ASKED, S.PROPOSED), S.BECAME_BID, (A.SCHOOL_TEAM, A.OFFICER),
         "Start a bid", "Started a bid", emails=("school", "officer")),
    Step("close", (S.ASKED, S.PROPOSED), S.CLOSED, (A.SCHOOL_TEAM, A.OFFICER), "Close the request",
         "Closed the request", asks_for=("reason",), emails=("school", "officer"), warning=True),
), WORDS)  # fmt: skip
