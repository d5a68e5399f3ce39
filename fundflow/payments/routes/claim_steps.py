"""The steps of a claim: what they do beyond their row, and what their pages show of the claim."""

from fundflow.models.payment import Claim
from fundflow.payments import operations
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import CLAIM_STEPS
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.web.access import now
from fundflow.workflow.working_days import london_date


def _who_confirms(claim: Claim) -> tuple[str, ...]:
    if not claim.has_days or claim.bid.lead_school in claim.bid.supported:
        return ()
    names = " or ".join(school.name for school in claim.bid.supported)
    return (f"The head of {names} will be asked to confirm the days.",)


def _why_held(claim: Claim) -> tuple[str, ...]:
    """What will keep it from being paid, for whoever checks it."""
    why = why_no_payee(claim.school, london_date(now()))
    return (f"It can’t be paid yet. {why}",) if why else ()


def _whom_to_pay(claim: Claim) -> tuple[str, ...]:
    payee = payee_on(claim.school, london_date(now()))
    return (f"Pay {payee.words} by this route: {payee.route_words}.",) if payee else ()


CLAIM_STEPS.add(blueprint, "submit", operations.submit, explain=_who_confirms)
CLAIM_STEPS.add(blueprint, "query", operations.query)
CLAIM_STEPS.add(blueprint, "answer", operations.answer)
CLAIM_STEPS.add(blueprint, "certify", operations.certify, explain=_why_held)
CLAIM_STEPS.add(blueprint, "pay", operations.pay, explain=_whom_to_pay)
CLAIM_STEPS.add_rest(blueprint)
