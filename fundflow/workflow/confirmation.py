"""A partner school's confirmation; the provider's head confirms that staff can be released."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow


class ConfirmationState(Enum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


S = ConfirmationState

WORDS = {S.ASKED: "Asked", S.CONFIRMED: "Confirmed", S.DECLINED: "Declined", S.CANCELLED: "Cancelled"}

# fmt: off
CONFIRMATION = Workflow("confirmation", "confirmation", S.ASKED, (
    Step("confirm", (S.ASKED, S.DECLINED), S.CONFIRMED, (A.PARTNER_LEADER,), "Yes, we confirm",
         "Confirmed", emails=("officer",)),
    Step("decline", (S.ASKED,), S.DECLINED, (A.PARTNER_LEADER,), "No, we can’t", "Declined",
         asks_for=("reason",), emails=("school", "officer"), warning=True),
    Step("ask_again", (S.CONFIRMED, S.DECLINED, S.CANCELLED), S.ASKED,
         (A.SCHOOL_LEADER, A.OFFICER), "Ask again", "Asked again", asks_for=("reason",),
         emails=("partner",)),
    Step("cancel", (S.ASKED, S.CONFIRMED, S.DECLINED), S.CANCELLED,
         (A.SCHOOL_LEADER, A.OFFICER), "Cancel", "Cancelled", asks_for=("reason",),
         emails=("partner",)),
), WORDS)
# fmt: on
