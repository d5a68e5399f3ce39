"""The steps of a claim: what they do beyond their row, and what their pages show of the claim."""

from typing import Any

from fundflow import ledger
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.payments import operations
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import CLAIM_STEPS, visible_claim
from fundflow.payments.forms import DisputeForm
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.rules.payment_blocks import why_report_overdue
from fundflow.web.access import me, now
from fundflow.workflow.engine import Refused
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date


@CLAIM_STEPS.own(blueprint, "dispute")
def dispute(reference: str, number: int) -> Any:
    """Some of the days and costs move to a claim of their own, with a question."""
    claim = visible_claim(reference, number)
    form = DisputeForm.on(claim)
    form.offer(claim)
    return CLAIM_STEPS.page(
        claim,
        "dispute",
        form,
        lambda: operations.dispute(
            claim,
            days=form.chosen("days"),
            costs=form.chosen("costs"),
            reason=form.reason.data,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
    )


def _why_held(claim: Claim) -> tuple[str, ...]:
    """What will keep it from being paid, for the person who checks it."""
    day = london_date(now())
    held, overdue = why_no_payee(claim.school, day), why_report_overdue(claim.bid, day)
    return (
        *([f"It can’t be paid yet. {held}"] if held else []),
        *(
            [f"{overdue} Check the claim to let that pass, or block payments until it comes."]
            if overdue
            else []
        ),
    )


def _whom_to_pay(claim: Claim) -> tuple[str, ...]:
    payee = payee_on(claim.school, london_date(now()))
    about = (f"You are about to mark {pounds(claim.pence)} as paid{_from_lines(claim)}.",)
    return (*about, f"Pay {payee.words} by this route: {payee.route_words}.") if payee else about


def _from_lines(claim: Claim) -> str:
    """“, from Schools block, 2026/27 (£3,000.00)”; empty where no line can bear it: the step says why."""
    try:
        parts = ledger.would_pay(claim, now())
    except Refused:
        return ""
    return ", from " + joined([f"{line.in_words} ({pounds(part)})" for line, part in parts]) if parts else ""


CLAIM_STEPS.add(blueprint, "query", operations.query)
CLAIM_STEPS.add(blueprint, "answer", operations.answer)
CLAIM_STEPS.add(blueprint, "certify", operations.certify, explain=_why_held)
CLAIM_STEPS.add(blueprint, "pay", operations.pay, explain=_whom_to_pay)
CLAIM_STEPS.add(blueprint, "refuse", operations.refuse)
CLAIM_STEPS.add_rest(blueprint, but=("submit",))
