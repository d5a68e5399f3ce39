"""A condition of an award: tracked until it is discharged, or no longer asked for."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import text


class ConditionState(Enum):
    OUTSTANDING = "outstanding"
    REPORTED = "reported"
    DISCHARGED = "discharged"
    WAIVED = "waived"


S = ConditionState


WORDS = {S.OUTSTANDING: "To do", S.REPORTED: "To check", S.DISCHARGED: "Met", S.WAIVED: "No longer asked for"}

# fmt: off
CONDITION = Workflow("condition", "condition", S.OUTSTANDING, (
    Step("report", (S.OUTSTANDING,), S.REPORTED, (A.SCHOOL_TEAM,),
         button="Tell us it is done", past="Said that a condition is met",
         hint="The liaison officer checks it.",
         explain=("The liaison officer is asked to check what you say.",),
         done="The liaison officer is being asked to check it.",
         waits_while=("decision_undone", "not_in_force"),
         asks_for=(text("note", "How is it met?", "Say how the condition is met",
                        hint="Don’t name pupils or staff."),),
         emails=("officer",)),
    Step("discharge", (S.OUTSTANDING, S.REPORTED), S.DISCHARGED, (A.OFFICER,),
         button="It is met", past="Recorded that a condition is met",
         hint="Payments no longer wait for it.",
         explain=("Payments no longer wait for it. The school is told that it is met.",),
         done="The condition is met. The school is being told.",
         waits_while=("decision_undone", "not_in_force", "barred_from_condition"),
         asks_for=(text("note", "How do you know that it is met?", "Say how you know that it is met"),),
         emails=("school",)),
    Step("not_yet", (S.REPORTED,), S.OUTSTANDING, (A.OFFICER,),
         button="It is not met yet", past="Said that a condition is not met yet", sidestep=True,
         hint="You say what is missing. Its date stays.",
         explain=("The condition is with the school again. Its date stays.",),
         done="The school is being told what is missing.",
         waits_while=("decision_undone", "not_in_force", "barred_from_condition"),
         asks_for=(text("reason", "What is missing?", "Say what is missing",
                        hint="The school is told this."),),
         emails=("school",)),
    Step("waive", (S.OUTSTANDING, S.REPORTED), S.WAIVED, (A.DECISION_MAKER,),
         button="No longer ask for it", past="Let a condition go",
         hint="The award stands without it.",
         explain=("The award stands without it, and payments no longer wait for it.",),
         done="The condition is no longer asked for. The school is being told.",
         waits_while=("decision_undone", "not_in_force", "barred_from_waiving"),
         asks_for=(text("reason", "Why is it no longer asked for?", "Say why it is no longer asked for",
                        hint="The school, the officer and finance are told this."),),
         emails=("school", "officer", "finance"), warning=True),
), WORDS)
# fmt: on
