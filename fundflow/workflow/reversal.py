"""A payment that was recorded wrongly, or that bounced: one finance officer reverses it, another approves."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class ReversalState(Enum):
    NEW = "new"
    REQUESTED = "requested"
    REVERSED = "reversed"
    REFUSED = "refused"


S = ReversalState

WORDS = {S.NEW: "New", S.REQUESTED: "To approve", S.REVERSED: "Reversed", S.REFUSED: "Refused"}
FINANCE = (A.FINANCE,)

# fmt: off
REVERSAL = Workflow("reversal", "reversal", S.NEW, (
    Step("request", (S.NEW,), S.REQUESTED, FINANCE,
         button="Reverse this payment", past="Asked for a payment to be reversed",
         hint="Where it bounced, or was recorded wrongly.",
         explain=("The payment stays in the ledger. Once another finance officer approves, a second entry "
                  "beside it takes it back. What is still due of the claim can be paid again.",
                  "The school is told then, with your reason."),
         done="The reversal is opened. Another finance officer is asked to approve it.",
         waits_while=("barred_from_reversal", "not_paid_now"), asks_for=on_page("reason", "right?"),
         emails=("finance",)),
    Step("approve", (S.REQUESTED,), S.REVERSED, FINANCE,
         proof=True, button="Approve the reversal", past="Approved the reversal",
         hint="The payment is taken back in the ledger.",
         explain=("{record.about}",
                  "An entry beside the payment takes it back in the ledger. {record.then} "
                  "The school is told why."),
         done="The payment is reversed. The school is being told.",
         waits_while=("barred_from_reversal", "requested_reversal", "not_paid_now", "closed_with_payment",
                      "payment_stays"),
         emails=("finance",)),
    Step("refuse", (S.REQUESTED,), S.REFUSED, FINANCE,
         button="Refuse the reversal", past="Refused the reversal", sidestep=True,
         hint="The payment stands.",
         explain=("{record.about}", "The payment stays as it is in the ledger."),
         done="The reversal is refused. Finance is being told why.",
         waits_while=("barred_from_reversal",), asks_for=(REASON,), emails=("finance",)),
), WORDS)
# fmt: on
