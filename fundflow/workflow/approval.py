"""An approver's signature (chair of governors, or the trust), given through an emailed link."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page, text


class ApprovalState(Enum):
    PROPOSED = "proposed"  # has another part in the bid: the officer decides whether they may sign
    ASKED = "asked"
    SIGNED = "signed"
    REFUSED = "refused"
    TURNED_DOWN = "turned_down"
    CANCELLED = "cancelled"


S = ApprovalState

WORDS = {
    S.PROPOSED: "For the officer to agree",
    S.ASKED: "Asked",
    S.SIGNED: "Signed",
    S.REFUSED: "Refused",
    S.TURNED_DOWN: "Not agreed",
    S.CANCELLED: "Cancelled",
}


# fmt: off
APPROVAL = Workflow("approval", "signature", S.PROPOSED, (
    Step("agree_approver", (S.PROPOSED,), S.ASKED, (A.OFFICER,),
         button="Agree to this approver", past="Agreed to the approver",
         hint="They have another part in the bid. If you agree, they are emailed a link to sign.",
         explain=("{record.name} {record.tie_words}. The school says why it must be them: "
                  "{record.why}",
                  "Agree only where nobody else can sign, for example where schools have one head. Your "
                  "reason is kept with the signature."),
         done="{record.name} is being asked to sign.",
         waits_while=("barred_from_approval", "approver_oneself"),
         asks_for=(text("reason", "Why may they sign?", "Enter why they may sign"),),
         emails=("approver", "school")),
    Step("turn_down_approver", (S.PROPOSED,), S.TURNED_DOWN, (A.OFFICER,),
         button="Ask for another approver", past="Asked for another approver",
         hint="The school must name somebody else.",
         explain=("{record.name} {record.tie_words}. The school is told your reason, and names somebody "
                  "else in a correction.",),
         done="The school is being asked to name somebody else.",
         waits_while=("barred_from_approval", "approver_oneself"),
         asks_for=(REASON,), emails=("school",), warning=True),
    Step("sign", (S.ASKED,), S.SIGNED, (A.APPROVER,),
         button="I approve this bid", past="Signed",
         asks_for=on_page("signed_name"), emails=("officer",)),
    Step("refuse", (S.ASKED,), S.REFUSED, (A.APPROVER,),
         button="I do not approve this bid", past="Refused",
         asks_for=on_page("signed_name", "reason"), emails=("school", "officer"), warning=True),
    Step("ask_again", (S.ASKED, S.SIGNED, S.REFUSED, S.CANCELLED), S.ASKED, (A.SCHOOL_LEADER, A.OFFICER),
         button="Ask again", past="Asked again", sidestep=True,
         hint="A new link is sent. The answer given before no longer counts.",
         explain=("{record.name} gets a new link to the bid, with your reason. An answer given before no "
                  "longer counts.",),
         done="{record.name} is being asked again.",
         asks_for=(REASON,), emails=("approver",)),
    Step("cancel", (S.PROPOSED, S.ASKED, S.SIGNED, S.REFUSED, S.TURNED_DOWN), S.CANCELLED,
         (A.SCHOOL_LEADER, A.OFFICER),
         button="Cancel", past="Cancelled", sidestep=True, asks_for=(REASON,), emails=("approver",)),
), WORDS)
# fmt: on
