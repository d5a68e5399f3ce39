"""An approver's signature (chair of governors, or the trust), given through an emailed link."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow


class ApprovalState(Enum):
    ASKED = "asked"
    SIGNED = "signed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


S = ApprovalState

WORDS = {S.ASKED: "Asked", S.SIGNED: "Signed", S.REFUSED: "Refused", S.CANCELLED: "Cancelled"}

# fmt: off
APPROVAL = Workflow("approval", "signature", S.ASKED, (
    Step("sign", (S.ASKED,), S.SIGNED, (A.APPROVER,), "I approve this bid", "Signed",
         asks_for=("signed_name",), emails=("officer",)),
    Step("refuse", (S.ASKED,), S.REFUSED, (A.APPROVER,), "I do not approve this bid", "Refused",
         asks_for=("signed_name", "reason"), emails=("school", "officer"), warning=True),
    Step("ask_again", (S.ASKED, S.SIGNED, S.REFUSED, S.CANCELLED), S.ASKED,
         (A.SCHOOL_LEADER, A.OFFICER), "Ask again", "Asked again", asks_for=("reason",),
         emails=("approver",)),
    Step("cancel", (S.ASKED, S.SIGNED, S.REFUSED), S.CANCELLED, (A.SCHOOL_LEADER, A.OFFICER),
         "Cancel", "Cancelled", asks_for=("reason",), emails=("approver",)),
), WORDS)
# fmt: on
