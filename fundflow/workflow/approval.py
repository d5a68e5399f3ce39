"""An approver's signature (chair of governors, or the trust), given through an emailed link."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class ApprovalState(Enum):
    ASKED = "asked"
    SIGNED = "signed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


S = ApprovalState

WORDS = {S.ASKED: "Asked", S.SIGNED: "Signed", S.REFUSED: "Refused", S.CANCELLED: "Cancelled"}

# fmt: off
APPROVAL = Workflow("approval", "signature", S.ASKED, (
    Step("sign", (S.ASKED,), S.SIGNED, (A.APPROVER,),
         button="I approve this bid", past="Signed",
         asks_for=on_page("signed_name"), emails=("officer",)),
    Step("refuse", (S.ASKED,), S.REFUSED, (A.APPROVER,),
         button="I do not approve this bid", past="Refused",
         asks_for=on_page("signed_name", "reason"), emails=("school", "officer"), warning=True),
    Step("ask_again", (S.ASKED, S.SIGNED, S.REFUSED, S.CANCELLED), S.ASKED, (A.SCHOOL_LEADER, A.OFFICER),
         button="Ask again", past="Asked again",
         hint="A new link is sent. The answer given before no longer counts.",
         explain=("{record.name} gets a new link to the bid, with your reason. An answer given before no "
                  "longer counts.",),
         done="{record.name} is being asked again.",
         asks_for=(REASON,), emails=("approver",)),
    Step("cancel", (S.ASKED, S.SIGNED, S.REFUSED), S.CANCELLED, (A.SCHOOL_LEADER, A.OFFICER),
         button="Cancel", past="Cancelled", asks_for=(REASON,), emails=("approver",)),
), WORDS)
# fmt: on
