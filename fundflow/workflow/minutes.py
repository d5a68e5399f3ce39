"""The minutes of a meeting: drafted from what happened, read, and agreed at a later meeting."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class MinutesState(Enum):
    DRAFT = "draft"
    CIRCULATED = "circulated"
    AGREED = "agreed"


S = MinutesState


WORDS = {S.DRAFT: "Draft", S.CIRCULATED: "With the members", S.AGREED: "Agreed"}

# fmt: off
MINUTES = Workflow("minutes", "minutes", S.DRAFT, (
    Step("circulate", (S.DRAFT,), S.CIRCULATED, (A.CLERK,),
         button="Let the members read them", past="Let the members read the minutes",
         hint="You can still take them back to change them.",
         explain=("Members can read them from now on, each without the items they take no part in. They "
                  "also go with the papers of the next meeting.",),
         done="The members can read the minutes.",
         waits_while=("meeting_not_over",), emails=("clerk", "officer")),
    Step("take_back", (S.CIRCULATED,), S.DRAFT, (A.CLERK,),
         button="Take them back to change them", past="Took the minutes back", sidestep=True,
         hint="Members can’t read them until you let them out again.",
         explain=("Members can’t read them until you let them out again.",),
         done="The minutes are a draft again.",
         asks_for=(REASON,), emails=("clerk", "officer")),
    Step("agree", (S.CIRCULATED,), S.AGREED, (A.CLERK,),
         button="Record that the panel agreed them", past="Recorded that the panel agreed the minutes",
         hint="At a later meeting. They can’t be changed any more.",
         explain=("Agreed minutes can’t be changed any more.",),
         done="It is recorded that the panel agreed the minutes.",
         asks_for=on_page("meeting"), emails=("clerk", "officer")),
), WORDS)
# fmt: on
