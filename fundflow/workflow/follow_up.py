"""What is agreed to be done after a rating or a visit, tracked until it is done or let go."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import on_page, text


class FollowUpState(Enum):
    NEW = "new"
    OPEN = "open"
    DONE = "done"
    LET_GO = "let_go"


S = FollowUpState

TRACKERS = (A.IMPACT_OFFICER, A.OFFICER)
WORDS = {S.NEW: "New", S.OPEN: "To do", S.DONE: "Done", S.LET_GO: "No longer asked for"}

# fmt: off
FOLLOW_UP = Workflow("follow_up", "action", S.NEW, (
    Step("ask", (S.NEW,), S.OPEN, TRACKERS,
         button="Add a follow-up action", past="Agreed a follow-up action",
         hint="What is done next, by whom and by when.",
         explain=("Agree it with the school first. The school is told, and reminded before the date.",
                  "It is tracked until it is done. The panel sees it at the school’s next bid."),
         done="The action is kept. The school is being told.",
         waits_while=("nothing_to_follow_up", "barred_from_follow_up"),
         asks_for=on_page("what", "owner", "due_on"),
         emails=("school",)),
    Step("report", (S.OPEN,), S.OPEN, (A.SCHOOL_TEAM,),
         button="Tell us how far it is", past="Said how far a follow-up action is",
         hint="The impact officer reads it.",
         explain=("{record.words}.", "The impact officer reads what you say, and records when it is done."),
         done="Thank you. The impact officer is being told.",
         asks_for=(text("note", "What has been done?", "Say what has been done",
                        hint="Don’t name pupils or staff."),),
         emails=("impact_officer",)),
    Step("done", (S.OPEN,), S.DONE, TRACKERS,
         button="It is done", past="Recorded that a follow-up action is done",
         hint="You say how you know.",
         explain=("{record.words}.",),
         done="The action is done. The school is being told.",
         waits_while=("barred_from_follow_up",),
         asks_for=(text("note", "What was done, and how do you know?", "Say what was done",
                        hint="The school reads this."),),
         emails=("school",)),
    Step("let_go", (S.OPEN,), S.LET_GO, TRACKERS,
         button="No longer ask for it", past="Let a follow-up action go",
         hint="It is kept with your reason.",
         explain=("{record.words}.", "It is no longer asked for. The panel still sees it, with your reason."),
         done="The action is no longer asked for. The school is being told.",
         waits_while=("barred_from_follow_up",),
         asks_for=(text("reason", "Why is it no longer asked for?", "Say why it is no longer asked for",
                        hint="The school and the panel read this."),),
         emails=("school",), warning=True),
), WORDS)
# fmt: on
