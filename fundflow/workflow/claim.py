"""A claim: an advance on acceptance, or backfill for days that were worked. Two people pay it."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Money, Step, Workflow
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


def payments_paused(claim: Any, _ask: Ask) -> str | None:
    return claim.why_not_payable()  # type: ignore[no-any-return]


def above_balance(claim: Any, _ask: Ask) -> str | None:
    return claim.why_above_balance()  # type: ignore[no-any-return]


def days_not_confirmed(claim: Any, _ask: Ask) -> str | None:
    return claim.why_days_unconfirmed()  # type: ignore[no-any-return]


def condition_unmet(claim: Any, ask: Ask) -> str | None:
    return claim.why_condition_unmet(london_date(ask.now))  # type: ignore[no-any-return]


def own_school(claim: Any, ask: Ask) -> str | None:
    why = claim.bid.why_barred(ask.user, ask.now) if ask.user else None
    return f"You can’t handle this claim: {why}." if why else None


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
    Step("submit", (S.DRAFT,), S.SUBMITTED, (A.SCHOOL_LEADER,), "Agree and send claim",
         "Sent the claim", waits_while=(payments_paused, nothing_claimed, above_balance),
         asks_for=("agreement",), emails=("officer", "supported")),
    Step("query", (S.SUBMITTED,), S.QUERIED, CHECKERS, "Ask the school about this claim",
         "Asked about the claim", waits_while=(own_school,), asks_for=("reason",),
         emails=("school",)),
    Step("answer", (S.QUERIED,), S.SUBMITTED, (A.SCHOOL_LEADER,), "Send the claim back",
         "Answered and sent the claim back", waits_while=(nothing_claimed, above_balance),
         asks_for=("answer",), emails=("officer",)),
    Step("certify", (S.SUBMITTED,), S.CERTIFIED, CHECKERS, "I have checked this claim",
         "Checked the claim",
         waits_while=(own_school, payments_paused, condition_unmet, above_balance,
                      days_not_confirmed),
         emails=("finance",)),
    Step("pay", (S.CERTIFIED,), S.PAID, (A.FINANCE,), "Mark as paid", "Paid the claim",
         waits_while=(own_school, certified_it, payments_paused, condition_unmet),
         asks_for=("payment_reference",),
         money=Money.PAY, emails=("school", "officer")),
    Step("refuse", (S.SUBMITTED, S.QUERIED, S.CERTIFIED), S.REFUSED, CHECKERS,
         "Refuse this claim", "Refused the claim", waits_while=(own_school,),
         asks_for=("reason",), emails=("school", "finance"), warning=True),
), WORDS)
# fmt: on
