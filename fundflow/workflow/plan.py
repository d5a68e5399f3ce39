"""A revised plan: what a school does with an offer that is smaller than what it asked for."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import text


class PlanState(Enum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    RETURNED = "returned"
    AGREED = "agreed"


S = PlanState

WORDS = {
    S.DRAFT: "Not sent yet",
    S.PROPOSED: "To check",
    S.RETURNED: "Waiting for school",
    S.AGREED: "Agreed",
}

# fmt: off
PLAN = Workflow("plan", "plan", S.DRAFT, (
    Step("propose", (S.DRAFT, S.RETURNED), S.PROPOSED, (A.SCHOOL_LEADER,),
         button="Send the revised plan", past="Sent a revised plan",
         hint="The liaison officer checks it. Then you can accept the offer.",
         explain=("The liaison officer checks that the plan still does what the bid is for. "
                  "The date to reply to the offer waits meanwhile.",),
         done="The plan is sent. The liaison officer checks it next.",
         waits_while=("offer_gone", "plan_above_offer"), emails=("officer",)),
    Step("agree", (S.PROPOSED,), S.AGREED, (A.OFFICER,),
         button="Agree the plan", past="Agreed the revised plan",
         hint="The school can then accept the offer.",
         explain=("These days and costs become the budget of the award.",),
         done="The plan is agreed. The school is being told that it can accept.",
         waits_while=("barred_from_plan", "offer_gone"), emails=("school",)),
    Step("return", (S.PROPOSED,), S.RETURNED, (A.OFFICER,),
         button="Ask for another plan", past="Asked for another plan", sidestep=True,
         hint="The school changes its plan and sends it again.",
         explain=("The school changes its plan and sends it again.",),
         done="The school is being asked for another plan.",
         waits_while=("barred_from_plan", "offer_gone"),
         asks_for=(text("reason", "What should change?", "Say what should change"),), emails=("school",)),
), WORDS)
# fmt: on
