"""Money that comes back: paid and not earned, or not spent as agreed. Two people ask for it."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow
from fundflow.workflow.inputs import REASON, line, on_page

DAYS_TO_PAY = 30  # from the letter that asks for it


class RecoveryState(Enum):
    REQUESTED = "requested"
    ASKED_FOR = "asked_for"
    INVOICED = "invoiced"
    SET_AGAINST = "set_against"
    RECOVERED = "recovered"
    UNDO_ASKED = "undo_asked"  # it counts as come back until somebody else agrees that it did not
    LET_GO = "let_go"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"


S = RecoveryState

WORDS = {
    S.REQUESTED: "To approve",
    S.ASKED_FOR: "Asked for",
    S.INVOICED: "Invoiced",
    S.SET_AGAINST: "To be taken off a payment",
    S.RECOVERED: "Paid back",
    S.UNDO_ASKED: "Paid back, in doubt",
    S.LET_GO: "Let go",
    S.WRITTEN_OFF: "Written off",
    S.CANCELLED: "Cancelled",
}
OWED = (S.ASKED_FOR, S.INVOICED)
CAME_BACK = (S.RECOVERED, S.UNDO_ASKED)
FINANCE = (A.FINANCE,)

# fmt: off
RECOVERY = Workflow("recovery", "recovery", S.REQUESTED, (
    Step("approve", (S.REQUESTED,), S.ASKED_FOR, FINANCE,
         button="Ask for the money back", past="Approved: the money is asked for",
         hint="The school is told what to pay back, and why.",
         explain=("The school is asked to pay this back within 30 days.",
                  "The person who opened this recovery can’t approve it."),
         done="The school is being asked to pay the money back.",
         waits_while=("barred_from_recovery", "opened_it"), emails=("payee", "officer")),
    Step("invoice", (S.ASKED_FOR,), S.INVOICED, FINANCE,
         button="I have sent an invoice", past="Sent an invoice",
         hint="Where the school does not pay on the letter alone.",
         explain=("The school is told the number of the invoice.",),
         done="The invoice is recorded. The school is being told.",
         waits_while=("barred_from_recovery",),
         asks_for=(line("invoice_number", "Number of the invoice", "Enter the number of the invoice"),),
         emails=("payee",)),
    Step("set_against", OWED, S.SET_AGAINST, FINANCE,
         button="Take it off a payment", past="To be taken off a payment",
         hint="Off a payment that is due to the same school from the same fund.",
         explain=("The payment is made less this amount. Both are entered in the ledger in full.",),
         done="The amount will be taken off the payment. The school is being told.",
         waits_while=("barred_from_recovery", "no_payment_to_set_against"), asks_for=on_page("claim"),
         emails=("payee",)),
    Step("put_back", (S.SET_AGAINST,), S.ASKED_FOR, (*FINANCE, A.CLOCK),
         button="Don’t take it off the payment", past="No longer to be taken off a payment", sidestep=True,
         hint="The money is asked for again.",
         explain=("The payment is made in full, and the school is asked to pay this back.",),
         done="The school is being asked to pay the money back.",
         waits_while=("barred_from_recovery", "payment_in_run"), asks_for=(REASON,), emails=("payee",)),
    Step("take_off", (S.SET_AGAINST,), S.RECOVERED, (A.CLOCK,),
         button="Take it off the payment", past="Taken off a payment",
         waits_while=("payment_not_made",), money=Money.RECOVER, emails=("payee", "officer")),
    Step("undo_take_off", (S.RECOVERED,), S.SET_AGAINST, (A.CLOCK,),
         button="Undo what was taken off the payment", past="The payment it was taken off was reversed",
         money=Money.UNRECOVER, emails=("payee",)),
    Step("receive", OWED, S.RECOVERED, FINANCE,
         proof=True, button="The money has come back", past="The money came back",
         hint="Once the council has it. It goes into the ledger.",
         explain=("This records in the ledger that the money came back. Two people can undo that.",),
         done="The money is back in the ledger. The school is being told.",
         waits_while=("barred_from_recovery",),
         asks_for=(line("payment_reference", "Payment reference", "Enter the reference of the payment"),),
         money=Money.RECOVER, emails=("payee", "officer")),
    Step("ask_undo", (S.RECOVERED,), S.UNDO_ASKED, FINANCE, sidestep=True,
         button="It has not come back", past="Asked to undo that the money came back",
         hint="Where it was recorded by mistake.",
         explain=("What was recorded stays in the ledger. Another finance officer must agree. Then an "
                  "entry beside it takes it back, and we ask the school for the money again.",),
         done="Another finance officer is asked to agree.",
         waits_while=("barred_from_recovery", "came_off_payment", "bid_closed_since", "not_owed_again"),
         asks_for=(REASON,), emails=("finance",)),
    Step("undo_receive", (S.UNDO_ASKED,), S.ASKED_FOR, FINANCE,
         proof=True, button="Agree that it has not come back", past="Undid that the money came back",
         hint="The school is asked for it again.",
         explain=("An entry beside the old one takes it back in the ledger. The school is asked to pay "
                  "within 30 days.",),
         done="The money is asked for again. The school is being told.",
         waits_while=("barred_from_recovery", "asked_to_undo", "bid_closed_since", "not_owed_again"),
         money=Money.UNRECOVER, emails=("payee", "officer")),
    Step("keep_receipt", (S.UNDO_ASKED,), S.RECOVERED, FINANCE, sidestep=True,
         button="It did come back", past="Kept that the money came back",
         hint="Nothing changes.",
         explain=("The money stays in the ledger as come back.",),
         done="It stays as it is. Finance is being told why.",
         waits_while=("barred_from_recovery",), asks_for=(REASON,), emails=("finance",)),
    Step("let_go", (S.REQUESTED, S.ASKED_FOR), S.LET_GO, FINANCE,
         proof=True, button="Let it go", past="Let the money go",
         hint="For a small sum that is not worth asking for.",
         explain=("The school keeps the money. Your reason stays with the record.",),
         done="The money is let go.",
         waits_while=("barred_from_recovery", "opened_it", "above_small_sum"), asks_for=(REASON,),
         emails=("payee", "officer")),
    Step("write_off", OWED, S.WRITTEN_OFF, (A.DECISION_MAKER,),
         proof=True, button="Write it off", past="Wrote the money off",
         hint="Where it can’t be got back.",
         explain=("The school no longer owes the money. The authority for this stays with the record.",),
         done="The money is written off. Finance is being told.",
         waits_while=("barred_from_recovery", "opened_it"),
         asks_for=(line("authority", "The minute or delegation for this",
                        "Enter the minute or delegation that allows this"), REASON),
         emails=("finance", "payee"), warning=True),
    Step("cancel", (S.REQUESTED,), S.CANCELLED, FINANCE,
         button="Cancel", past="Cancelled the recovery",
         hint="Where it was asked for by mistake.",
         explain=("Nothing is asked of the school.",), done="The recovery is cancelled.",
         waits_while=("barred_from_recovery", "still_owed"), asks_for=(REASON,), emails=("officer",)),
    Step("cancel", OWED, S.CANCELLED, FINANCE, sidestep=True,
         button="Cancel", past="Cancelled the recovery",
         hint="Where nothing is left to come back.",
         explain=("The school is told that it pays nothing back.",),
         done="The recovery is cancelled. The school is being told.",
         waits_while=("barred_from_recovery", "still_owed"), asks_for=(REASON,), emails=("payee", "officer")),
), WORDS)
# fmt: on
