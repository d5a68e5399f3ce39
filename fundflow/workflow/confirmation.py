"""A partner school's confirmation; the provider's head confirms that staff can be released."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class ConfirmationState(Enum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


S = ConfirmationState

WORDS = {S.ASKED: "Asked", S.CONFIRMED: "Confirmed", S.DECLINED: "Declined", S.CANCELLED: "Cancelled"}

# fmt: off
CONFIRMATION = Workflow("confirmation", "confirmation", S.ASKED, (
    Step("confirm", (S.ASKED, S.DECLINED), S.CONFIRMED, (A.PARTNER_LEADER,),
         button="Yes, we confirm", past="Confirmed",
         hint="Read the bid, and say yes or no.",
         done="Thank you. The liaison officer is being told that you confirm.", emails=("officer",)),
    Step("decline", (S.ASKED,), S.DECLINED, (A.PARTNER_LEADER,),
         button="No, we can’t", past="Declined",
         hint="Give your reason. You can still confirm later.",
         done="Thank you. The school that leads the bid is being told.",
         asks_for=on_page("reason"), emails=("school", "officer"), warning=True),
    Step("ask_again", (S.CONFIRMED, S.DECLINED, S.CANCELLED), S.ASKED, (A.SCHOOL_LEADER, A.OFFICER),
         button="Ask again", past="Asked again", sidestep=True,
         hint="The head answers again. The answer given before no longer counts.",
         explain=("The head of {record.school.name} is asked again, with your reason. The answer given "
                  "before no longer counts.",),
         done="{record.school.name} is being asked again.",
         asks_for=(REASON,), emails=("partner",)),
    Step("cancel", (S.ASKED, S.CONFIRMED, S.DECLINED), S.CANCELLED, (A.SCHOOL_LEADER, A.OFFICER),
         button="No longer ask", past="Cancelled",
         hint="The bid no longer waits for this school.",
         explain=("The bid no longer waits for {record.school.name}. The school is told, with your "
                  "reason.",),
         done="{record.school.name} is no longer asked, and is being told.",
         asks_for=(REASON,), emails=("partner",), warning=True),
), WORDS)
# fmt: on
