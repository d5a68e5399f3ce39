"""A claim: a share that falls due, or what days worked and other costs come to. Two people pay it."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow
from fundflow.workflow.inputs import REASON, line, on_page, text, tick


class ClaimState(Enum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    QUERIED = "queried"
    CERTIFIED = "certified"
    PAID = "paid"
    REFUSED = "refused"


S = ClaimState


CHECKERS = (A.OFFICER, A.FINANCE)
CLAIMED = (
    "These days were worked and these costs were spent as the log says. Nobody else pays for them. "
    "I claim them for the schools named here."
)
WORDS = {
    S.DRAFT: "Draft",
    S.SUBMITTED: "To check",
    S.QUERIED: "Waiting for school",
    S.CERTIFIED: "To pay",
    S.PAID: "Paid",
    S.REFUSED: "Refused",
}

# fmt: off
CLAIM = Workflow("claim", "claim", S.DRAFT, (
    Step("submit", (S.DRAFT,), S.SUBMITTED, (A.SCHOOL_LEADER,),
         button="Agree and ask for payment", past="Asked for payment",
         hint="The council checks it, then pays it.",
         explain=("The liaison officer checks the claim, then finance pays it.",),
         done="The claim is sent. The liaison officer checks it next.",
         waits_while=("payments_paused", "nothing_claimed", "above_balance"),
         asks_for=(tick("agreement", CLAIMED, "Tick the box to show that you agree"),),
         emails=("officer",)),
    Step("query", (S.SUBMITTED,), S.QUERIED, CHECKERS,
         button="Ask the school about this claim", past="Asked about the claim", sidestep=True,
         hint="The school answers, or strikes out what is wrong, and sends it again.",
         explain=("The school answers, or strikes out of its log what is wrong, and sends it again.",),
         done="Your question is on its way to the school.",
         waits_while=("barred_from_claim",),
         asks_for=(text("reason", "What do you need to know?", "Enter your question"),),
         emails=("school",)),
    Step("dispute", (S.SUBMITTED,), S.SUBMITTED, CHECKERS,
         button="Ask about part of this claim", past="Asked about part of the claim", sidestep=True,
         hint="This part waits for an answer in a claim of its own. The rest goes on.",
         explain=("What you select moves to a claim of its own, with your question. This claim goes on with "
                  "the rest, and its amount is worked out again.",),
         done="Your question is on its way to the school. The rest of the claim goes on.",
         waits_while=("barred_from_claim", "one_entry_claimed"),
         asks_for=on_page("days?", "costs?", "reason"), emails=("school",)),
    Step("answer", (S.QUERIED,), S.SUBMITTED, (A.SCHOOL_LEADER,),
         button="Answer and send the claim", past="Answered and sent the claim back",
         hint="Strike out first what is wrong.",
         explain=("The question was: {record.question}",
                  "If a day was not worked or a cost is wrong, strike it out of the log first."),
         done="Your answer is sent. The liaison officer is being told.",
         asks_for=(text("answer", "Your answer", "Enter your answer"),), emails=("officer",)),
    Step("certify", (S.SUBMITTED,), S.CERTIFIED, CHECKERS,
         proof=True, button="I have checked this claim", past="Checked the claim",
         hint="Somebody else pays it.",
         explain=("You say that the claim agrees with the bid, its conditions, the log and the receipts.",
                  "Another person must pay it."),
         done="The claim is checked. Finance is being told.",
         waits_while=("barred_from_claim", "payments_blocked", "payments_paused",
                      "condition_unmet", "nothing_claimed", "above_balance", "days_not_confirmed",
                      "invoice_missing"),
         emails=("finance",)),
    Step("pay", (S.CERTIFIED,), S.PAID, (A.FINANCE,),
         proof=True, button="Mark as paid", past="Paid the claim",
         hint="Once the payment is made. It goes into the ledger.",
         explain=("This records the payment in the ledger. If it turns out wrong, two finance officers "
                  "can reverse it.",),
         done="The payment is in the ledger. The school is being told.",
         hidden_while=("paid_in_runs",),
         waits_while=("barred_from_claim", "in_a_run", "certified_it", "payments_blocked", "payments_paused",
                      "condition_unmet", "above_balance", "payee_unconfirmed", "invoice_missing"),
         asks_for=(line("payment_reference", "Payment reference", "Enter the reference of the payment"),),
         money=Money.PAY, emails=("school", "payee", "officer")),
    # The money has gone: nothing that came between keeps it from being recorded.
    Step("pay_in_run", (S.CERTIFIED,), S.PAID, (A.CLOCK,),
         button="Paid in a run", past="Paid in a payment run", asks_for=on_page("payment_reference"),
         money=Money.PAY, emails=("school", "payee", "officer")),
    Step("take_back", (S.PAID,), S.CERTIFIED, (A.CLOCK,),
         button="Take the payment back", past="The payment was reversed",
         asks_for=on_page("payment_reference", "reason", "paid", "gross"),
         money=Money.REVERSE, emails=("school", "payee", "officer")),
    Step("refuse", (S.SUBMITTED, S.QUERIED, S.CERTIFIED), S.REFUSED, CHECKERS,
         button="Refuse this claim", past="Refused the claim",
         hint="The school is told why, and can claim again.",
         explain=("The school can claim the same days and costs again in a new claim.",),
         done="The claim is refused. The school is being told why.",
         waits_while=("barred_from_claim", "in_a_run", "recovery_set_against"), asks_for=(REASON,),
         emails=("school", "finance"), warning=True),
    Step("end", (S.SUBMITTED, S.QUERIED, S.CERTIFIED), S.REFUSED, (A.CLOCK,),
         button="End this claim", past="Ended: nothing of it is due any more", emails=("officer",)),
), WORDS)
# fmt: on
