"""What a committee or the board recommends or asks for, answered by its owner and followed to its end."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import Input, Kind, on_page, text


class RecommendationState(Enum):
    NEW = "new"
    OPEN = "open"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    DONE = "done"
    LET_GO = "let_go"


S = RecommendationState
OWNERS = (A.ACTION_OWNER, A.OFFICER)
WAITING = (S.OPEN, S.ACCEPTED)  # for an answer, or to be done
ANSWERED_FOR = Input(
    "answered_for",
    Kind.LINE,
    "Whose response is it? (optional)",
    "Enter whose response it is",
    hint="A post, like “the cabinet member for education”. Leave it empty if it is the owner’s. Name nobody.",
    most=120,
    optional=True,
)
WORDS = {
    S.NEW: "New",
    S.OPEN: "To be answered",
    S.ACCEPTED: "Accepted",
    S.NOT_ACCEPTED: "Not accepted",
    S.DONE: "Done",
    S.LET_GO: "No longer asked for",
}

# fmt: off
RECOMMENDATION = Workflow("recommendation", "recommendation", S.NEW, (
    Step("record", (S.NEW,), S.OPEN, (A.OFFICER, A.CLERK),
         button="Record a recommendation", past="Recorded a recommendation",
         hint="What a committee or the board asks for, of whom and by when.",
         explain=("Its owner is told, and answers. The next paper shows how it stands.",),
         done="The recommendation is recorded. Its owner is being told.",
         asks_for=on_page("body", "what", "owner", "due_on"), emails=("action_owner",)),
    Step("accept", (S.OPEN,), S.ACCEPTED, OWNERS,
         button="Accept it", past="Accepted a recommendation",
         hint="You say what will be done.",
         explain=("{record.words}.", "The board reads the response."),
         done="The response is recorded.",
         asks_for=(text("response", "What will be done?", "Say what will be done",
                        hint="The board reads this. Name nobody."), ANSWERED_FOR),
         emails=("clerk", "officer")),
    Step("not_accept", (S.OPEN,), S.NOT_ACCEPTED, OWNERS,
         button="Do not accept it", past="Did not accept a recommendation", warning=True,
         hint="You say why.",
         explain=("{record.words}.", "The board reads the response."),
         done="The response is recorded.",
         asks_for=(text("response", "Why is it not accepted?", "Say why it is not accepted",
                        hint="The board reads this. Name nobody."), ANSWERED_FOR),
         emails=("clerk", "officer")),
    Step("done", (S.ACCEPTED,), S.DONE, OWNERS,
         button="It is done", past="Recorded that a recommendation is done",
         hint="You say what was done.",
         explain=("{record.words}.",),
         done="The recommendation is done.",
         asks_for=(text("response", "What was done?", "Say what was done",
                        hint="The board reads this. Name nobody."),),
         emails=("clerk", "officer")),
    Step("let_go", (S.OPEN, S.ACCEPTED), S.LET_GO, (A.OFFICER, A.CLERK),
         button="No longer ask for it", past="Let a recommendation go", warning=True,
         hint="It is kept with the reason.",
         explain=("{record.words}.", "It is no longer asked for. The board reads the reason."),
         done="The recommendation is no longer asked for.",
         asks_for=(text("reason", "Why is it no longer asked for?", "Say why it is no longer asked for",
                        hint="The board reads this. Name nobody."),),
         emails=("action_owner",)),
), WORDS)
# fmt: on
