"""Who is paid for a school: proposed by one finance officer, confirmed by another, never edited."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, text


class PayeeState(Enum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    REFUSED = "refused"


S = PayeeState


WORDS = {S.PROPOSED: "To confirm", S.CONFIRMED: "Confirmed", S.ENDED: "Ended", S.REFUSED: "Refused"}

# fmt: off
PAYEE = Workflow("payee", "payee", S.PROPOSED, (
    Step("confirm", (S.PROPOSED,), S.CONFIRMED, (A.FINANCE,),
         proof=True, button="Confirm who is paid", past="Confirmed who is paid",
         hint="From its first day, claims are paid this way.",
         explain=("Confirm only if you have looked at the evidence yourself, and it agrees.",
                  "Claims of {record.school.name} are paid this way from {record.from_words}."),
         done="Who is paid is confirmed. Finance is being told.",
         waits_while=("proposed_payee", "payee_barred", "one_of_batch", "payee_outdated"),
         emails=("finance", "award_officers")),
    Step("refuse", (S.PROPOSED,), S.REFUSED, (A.FINANCE,),
         button="Refuse this proposal", past="Refused who is to be paid", sidestep=True,
         hint="The person who proposed it is told why, and can propose again.",
         explain=("Who was paid before stays so.",),
         done="The proposal is refused. Finance is being told why.",
         waits_while=("payee_barred", "one_of_batch"), asks_for=(REASON,), emails=("finance",)),
    Step("hold", (S.CONFIRMED,), S.CONFIRMED, (A.FINANCE, A.CLOCK),
         button="Hold payments", past="Held payments to this payee",
         hint="Where a payment came back. Nothing is paid this way until it is settled.",
         explain=("Nothing is paid to {record.name} for {record.school.name} until finance lifts this.",),
         done="Payments are held. Finance is being told.",
         hidden_while=("held_payee",), waits_while=("payee_barred",), asks_for=(REASON,),
         emails=("finance", "award_officers"), warning=True),
    Step("lift", (S.CONFIRMED,), S.CONFIRMED, (A.FINANCE,),
         proof=True, button="Pay this way again", past="Lifted what held payments to this payee",
         hint="Once you know that payments arrive.",
         explain=("Payments have been held: {record.hold_reason}",
                  "Claims of {record.school.name} can then be paid this way again."),
         done="Payments are no longer held. Finance is being told.",
         hidden_while=("payee_not_held",), waits_while=("payee_barred",),
         asks_for=(text("reason", "How is it settled?", "Say how it is settled"),),
         emails=("finance", "award_officers")),
    Step("end", (S.CONFIRMED,), S.ENDED, (A.FINANCE,),
         button="End this payee", past="Ended who is paid",
         hint="From today nothing is paid this way.",
         explain=("Claims of {record.school.name} then wait until somebody else is confirmed.",
                  "To change who is paid, propose the new payee instead. It takes over from its first day."),
         done="This payee has ended. Finance is being told.",
         waits_while=("payee_barred",), asks_for=(REASON,), emails=("finance", "award_officers"),
         warning=True),
), WORDS)
# fmt: on
