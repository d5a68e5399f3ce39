"""A block of an award's payments: put with a reason, and lifted with one."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import on_page, text


class BlockState(Enum):
    NEW = "new"
    STANDING = "standing"
    LIFTED = "lifted"


S = BlockState

BLOCKERS = (A.OFFICER, A.FINANCE)
WORDS = {S.NEW: "New", S.STANDING: "Blocked", S.LIFTED: "Lifted"}

# fmt: off
PAYMENT_BLOCK = Workflow("payment_block", "block", S.NEW, (
    Step("put", (S.NEW,), S.STANDING, BLOCKERS,
         button="Block payments", past="Blocked payments",
         hint="No claim on this award is checked or paid until the block is lifted.",
         explain=("No claim on this award can be checked or paid until the block is lifted. The school can "
                  "still log days and ask for payment.",
                  "The school, the liaison officer and finance are told, with your reason."),
         done="Payments are blocked. The school, the liaison officer and finance are being told.",
         waits_while=("nothing_to_block", "barred_from_block"), asks_for=on_page("kind", "reason"),
         emails=("school", "officer", "finance"), warning=True),
    Step("lift", (S.STANDING,), S.LIFTED, (*BLOCKERS, A.CLOCK),
         button="Lift this block", past="Lifted a block of payments",
         hint="Payments no longer wait for it.",
         explain=("Payments were blocked on {record.put_words}: {record.about}",
                  "They no longer wait for this. The school, the liaison officer and finance are told, with "
                  "your reason."),
         done="The block is lifted. The school, the liaison officer and finance are being told.",
         waits_while=("barred_from_block", "lifted_by_resuming"),
         asks_for=(text("reason", "How is it settled?", "Say how it is settled",
                        hint="The school is told this. Don’t give bank details."),),
         emails=("school", "officer", "finance")),
), WORDS)
# fmt: on
