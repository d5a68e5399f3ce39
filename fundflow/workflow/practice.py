"""An entry of the directory of good practice: proposed by an officer, agreed by the head of its school."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, TODAY, day, on_page, text, tick


class PracticeState(Enum):
    NEW = "new"
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = PracticeState
HEAD, OFFICER = (A.PARTNER_LEADER,), (A.OFFICER,)
WORDS = {
    S.NEW: "New",
    S.PROPOSED: "Waiting for the school",
    S.AGREED: "In the directory",
    S.DECLINED: "The school said no",
    S.WITHDRAWN: "Withdrawn",
}
WAITS = ("barred_from_practice", "practice_head_missing")
ON_PAGE = on_page("kind", "expertise", "title", "what", "measure?", "figure?", "source?", "review_on")
WHY = text("reason", "Why? (optional)", "Enter the reason", optional=True)

# fmt: off
PRACTICE = Workflow("practice", "entry of good practice", S.NEW, (
    Step("propose", (S.NEW,), S.PROPOSED, OFFICER,
         button="Ask the school", past="Proposed an entry of good practice",
         hint="Its head reads it first.",
         done="The entry is proposed. We are asking the head of the school.",
         waits_while=WAITS, asks_for=ON_PAGE, emails=("school",)),
    Step("agree", (S.PROPOSED,), S.AGREED, HEAD,
         button="Yes, we agree", past="Agreed to the entry of good practice",
         hint="Read it first. You can take this back at any time.",
         explain=("You agree that people of other schools read this entry, with the name of your school. "
                  "You can take this back at any time. Then no other school sees it.",),
         done="Thank you. Other schools can now find your school.",
         asks_for=(tick("consent", "We have read the entry, and agree that other schools read it",
                        "Tick the box to show that you agree"),
                   text("contact", "How should other schools get in touch? (optional)",
                        "Enter how other schools should get in touch", most=300, optional=True,
                        hint="For example: through the school office. If it is empty, they ask us.")),
         emails=("officer",)),
    Step("decline", (S.PROPOSED,), S.DECLINED, HEAD,
         button="No, we don’t agree", past="Did not agree to the entry of good practice",
         hint="Nobody else sees it.",
         explain=("Other schools don’t see the entry. The council is told, with what you say.",),
         done="Thank you. Other schools don’t see the entry.",
         asks_for=(WHY,), emails=("officer",), warning=True),
    Step("take_back", (S.AGREED,), S.WITHDRAWN, HEAD,
         button="Take our agreement back", past="Took the agreement to the entry of good practice back",
         hint="Other schools can then no longer see it.",
         explain=("The entry leaves the directory at once. You need not say why.",),
         done="The entry is no longer in the directory.",
         asks_for=(WHY,), emails=("officer",), warning=True),
    Step("keep", (S.AGREED,), S.AGREED, OFFICER,
         button="It is still right", past="Looked at the entry of good practice again",
         hint="Say when it should be looked at next.",
         explain=("Ask {record.school.name} first whether it is still right. If its words must change, "
                  "change it instead: the school is then asked once more.",),
         done="The entry stays in the directory. The school is being told.",
         waits_while=("barred_from_practice",),
         asks_for=(day("review_on", "When should it be looked at again?", "Enter the day", after=TODAY),),
         emails=("school",), sidestep=True),
    Step("propose", (S.PROPOSED, S.AGREED, S.DECLINED, S.WITHDRAWN), S.PROPOSED, OFFICER,
         button="Change it and ask the school", past="Proposed a changed entry of good practice",
         hint="Its head is asked again. Until then no other school sees it.",
         done="The entry is changed. We are asking the head of the school.",
         waits_while=WAITS, asks_for=ON_PAGE, emails=("school",), sidestep=True),
    Step("withdraw", (S.PROPOSED, S.AGREED), S.WITHDRAWN, OFFICER,
         button="Withdraw it", past="Withdrew the entry of good practice",
         hint="Other schools can then no longer see it.",
         explain=("The entry leaves the directory. The school reads your reason.",),
         done="The entry is withdrawn. The school is being told.",
         waits_while=("barred_from_practice",), asks_for=(REASON,), emails=("school",), warning=True),
), WORDS)
# fmt: on
