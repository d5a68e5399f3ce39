"""A panel meeting, kept by the clerk."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON


class MeetingState(Enum):
    PLANNED = "planned"
    PAPERS_ISSUED = "papers_issued"
    IN_SESSION = "in_session"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = MeetingState
OPEN = (S.PLANNED, S.PAPERS_ISSUED, S.IN_SESSION)  # neither held to its end nor cancelled


WORDS = {
    S.PLANNED: "Planned",
    S.PAPERS_ISSUED: "Papers issued",
    S.IN_SESSION: "In session",
    S.CLOSED: "Closed",
    S.CANCELLED: "Cancelled",
}

# fmt: off
MEETING = Workflow("meeting", "meeting", S.PLANNED, (
    Step("issue_papers", (S.PLANNED,), S.PAPERS_ISSUED, (A.CLERK,),
         button="Issue the papers", past="Issued the papers",
         hint="Each member is told, and can read the bids.",
         explain=("Each member gets one letter. They can then read the bids, but not those they are barred "
                  "from.",),
         done="The papers are out. The panel is being told.",
         waits_while=("agenda_empty",), emails=("panel",)),
    Step("open_session", (S.PAPERS_ISSUED,), S.IN_SESSION, (A.CLERK,),
         button="Start the meeting", past="Started the meeting",
         hint="Then you record who is here, scores and votes.",
         explain=("From then on attendance and votes can be recorded.",),
         done="The meeting has started. Record who is here.",
         emails=("clerk",)),
    Step("close_session", (S.IN_SESSION,), S.CLOSED, (A.CLERK,),
         button="Close the meeting", past="Closed the meeting",
         hint="Once every item is decided or moved.",
         explain=("Every item is decided or moved.",),
         done="The meeting is closed.",
         waits_while=("items_undecided",), emails=("officer", "clerk")),
    Step("cancel", (S.PLANNED, S.PAPERS_ISSUED), S.CANCELLED, (A.CLERK,),
         button="Cancel the meeting", past="Cancelled the meeting",
         hint="The panel and the officers are told why.",
         explain=("The panel and the officers are told, with your reason.",),
         done="The meeting is cancelled. The panel is being told.",
         waits_while=("bids_on_agenda",), asks_for=(REASON,), emails=("panel", "officer"), warning=True),
), WORDS)
# fmt: on
