"""The steps of a claim: what they do beyond their row, and what their pages show of the claim."""

from fundflow.models.payment import Claim
from fundflow.payments import operations
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import CLAIM_STEPS


def _who_confirms(claim: Claim) -> tuple[str, ...]:
    if not claim.has_days or claim.bid.lead_school in claim.bid.supported:
        return ()
    names = " or ".join(school.name for school in claim.bid.supported)
    return (f"The head of {names} will be asked to confirm the days.",)


CLAIM_STEPS.add(blueprint, "submit", operations.submit, explain=_who_confirms)
CLAIM_STEPS.add(blueprint, "query", operations.query)
CLAIM_STEPS.add(blueprint, "answer", operations.answer)
CLAIM_STEPS.add(blueprint, "certify", operations.certify)
CLAIM_STEPS.add(blueprint, "pay", operations.pay)
CLAIM_STEPS.add_rest(blueprint)
