"""A panel meeting, kept by the clerk."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Step, Workflow


class MeetingState(Enum):
    PLANNED = "planned"
    PAPERS_ISSUED = "papers_issued"
    IN_SESSION = "in_session"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = MeetingState


def agenda_empty(meeting: Any, _ask: Ask) -> str | None:
    return None if meeting.undecided_items() else "No bid is on the agenda yet."


def items_undecided(meeting: Any, ask: Ask) -> str | None:
    count = len(meeting.items_to_settle(ask.now))
    if not count:
        return None
    return f"{count} {'item is' if count == 1 else 'items are'} not decided or moved yet."


def bids_on_agenda(meeting: Any, _ask: Ask) -> str | None:
    return "Move its bids to another meeting first." if meeting.undecided_items() else None


WORDS = {
    S.PLANNED: "Planned",
    S.PAPERS_ISSUED: "Papers issued",
    S.IN_SESSION: "In session",
    S.CLOSED: "Closed",
    S.CANCELLED: "Cancelled",
}

# fmt: off
MEETING = Workflow("meeting", "meeting", S.PLANNED, (
    Step("issue_papers", (S.PLANNED,), S.PAPERS_ISSUED, (A.CLERK,), "Issue the papers",
         "Issued the papers", waits_while=(agenda_empty,), emails=("panel",)),
    Step("open_session", (S.PAPERS_ISSUED,), S.IN_SESSION, (A.CLERK,), "Start the meeting",
         "Started the meeting", emails=("clerk",)),
    Step("close_session", (S.IN_SESSION,), S.CLOSED, (A.CLERK,), "Close the meeting",
         "Closed the meeting", waits_while=(items_undecided,), emails=("officer", "clerk")),
    Step("cancel", (S.PLANNED, S.PAPERS_ISSUED), S.CANCELLED, (A.CLERK,), "Cancel the meeting",
         "Cancelled the meeting", waits_while=(bids_on_agenda,), asks_for=("reason",),
         emails=("panel", "officer"), warning=True),
), WORDS)
# fmt: on
