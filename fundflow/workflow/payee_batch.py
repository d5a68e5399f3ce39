"""Payees that came in one file: proposed together, and confirmed or refused as one."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON


class BatchState(Enum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


S = BatchState


WORDS = {S.PROPOSED: "To confirm", S.CONFIRMED: "Confirmed", S.REFUSED: "Refused"}

# fmt: off
PAYEE_BATCH = Workflow("payee_batch", "batch", S.PROPOSED, (
    Step("confirm", (S.PROPOSED,), S.CONFIRMED, (A.FINANCE,),
         proof=True, button="Confirm all of them", past="Confirmed a batch of payees",
         hint="Each is paid this way from its first day.",
         explain=("Confirm only if you have looked at the evidence of each yourself, and it agrees.",),
         done="The batch is confirmed. Finance is being told.",
         waits_while=("proposed_payee", "payee_barred", "payee_outdated"),
         emails=("finance", "award_officers")),
    Step("refuse", (S.PROPOSED,), S.REFUSED, (A.FINANCE,),
         button="Refuse the whole batch", past="Refused a batch of payees", sidestep=True,
         hint="The person who sent the file is told why, and can send another.",
         explain=("None of its payees counts. Who was paid before stays so.",),
         done="The batch is refused. Finance is being told why.",
         waits_while=("payee_barred",), asks_for=(REASON,), emails=("finance",)),
), WORDS)
# fmt: on
