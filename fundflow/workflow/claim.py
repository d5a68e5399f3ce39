"""A claim: an advance on acceptance, or backfill for days that were worked. Two people pay it."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Money, Step, Workflow
from fundflow.workflow.inputs import REASON, line, text, tick
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


class ClaimState(Enum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    QUERIED = "queried"
    CERTIFIED = "certified"
    PAID = "paid"
    REFUSED = "refused"


S = ClaimState


def nothing_claimed(claim: Any, _ask: Ask) -> str | None:
    return None if claim.pence > 0 else "Add the days that were worked first."


def log_unfinished(claim: Any, _ask: Ask) -> str | None:
    return claim.why_log_unfinished()  # type: ignore[no-any-return]


def payments_paused(claim: Any, _ask: Ask) -> str | None:
    return claim.why_not_payable()  # type: ignore[no-any-return]


def above_balance(claim: Any, _ask: Ask) -> str | None:
    return claim.why_above_balance()  # type: ignore[no-any-return]


def days_not_confirmed(claim: Any, _ask: Ask) -> str | None:
    return claim.why_days_unconfirmed()  # type: ignore[no-any-return]


def condition_unmet(claim: Any, ask: Ask) -> str | None:
    return claim.why_condition_unmet(london_date(ask.now))  # type: ignore[no-any-return]


def own_school(claim: Any, ask: Ask) -> str | None:
    bar = claim.bid.bar_of(ask.user, ask.now) if ask.user else None
    return f"You can’t handle this claim: {bar_to_you(bar)}." if bar else None


def certified_it(claim: Any, ask: Ask) -> str | None:
    if ask.user and claim.certified_by_id == ask.user.id:
        return "You checked this claim, so another finance officer must pay it."
    return None


CHECKERS = (A.OFFICER, A.FINANCE)
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
         button="Agree and send claim", past="Sent the claim",
         hint="The council checks it, then pays it.",
         explain=("The liaison officer checks the claim, then finance pays it.",),
         done="The claim is sent. The liaison officer checks it next.",
         waits_while=(payments_paused, log_unfinished, nothing_claimed, above_balance),
         asks_for=(tick("agreement", "These days were worked as the log says, nobody else pays for them, "
                        "and I claim them for my school.", "Tick the box to show that you agree"),),
         emails=("officer", "supported")),
    Step("query", (S.SUBMITTED,), S.QUERIED, CHECKERS,
         button="Ask the school about this claim", past="Asked about the claim", sidestep=True,
         hint="The school can change the log, and sends the claim back.",
         explain=("The school can change the log of days and sends the claim back.",),
         done="Your question is on its way to the school.",
         waits_while=(own_school,),
         asks_for=(text("reason", "What do you need to know?", "Enter your question"),),
         emails=("school",)),
    Step("answer", (S.QUERIED,), S.SUBMITTED, (A.SCHOOL_LEADER,),
         button="Send the claim back", past="Answered and sent the claim back",
         hint="Change the log first if you need to.",
         explain=("The question was: {record.question}",),
         done="Your answer is sent. The liaison officer is being told.",
         waits_while=(log_unfinished, nothing_claimed, above_balance),
         asks_for=(text("answer", "Your answer", "Enter your answer"),), emails=("officer",)),
    Step("certify", (S.SUBMITTED,), S.CERTIFIED, CHECKERS,
         button="I have checked this claim", past="Checked the claim",
         hint="Somebody else pays it.",
         explain=("You say that the claim agrees with the bid, its conditions and the log of days.",
                  "Another person must pay it."),
         done="The claim is checked. Finance is being told.",
         waits_while=(own_school, payments_paused, condition_unmet, above_balance, days_not_confirmed),
         emails=("finance",)),
    Step("pay", (S.CERTIFIED,), S.PAID, (A.FINANCE,),
         button="Mark as paid", past="Paid the claim",
         hint="Once the payment is made. It goes into the ledger.",
         explain=("Pay {record.payee_words} by this route: {record.route_words}.",
                  "This records the payment in the ledger and can’t be taken back here."),
         done="The payment is in the ledger. The school is being told.",
         waits_while=(own_school, certified_it, payments_paused, condition_unmet),
         asks_for=(line("payment_reference", "Payment reference", "Enter the reference of the payment"),),
         money=Money.PAY, emails=("school", "officer")),
    Step("refuse", (S.SUBMITTED, S.QUERIED, S.CERTIFIED), S.REFUSED, CHECKERS,
         button="Refuse this claim", past="Refused the claim",
         hint="The school is told why, and can claim again.",
         explain=("The school can claim the same days again in a new claim.",),
         done="The claim is refused. The school is being told why.",
         waits_while=(own_school,), asks_for=(REASON,), emails=("school", "finance"), warning=True),
), WORDS)
# fmt: on
