"""The steps of a claim: what they do beyond their row, and what their pages show of the claim."""

from fundflow.models.payment import Claim, ClaimKind
from fundflow.payments import operations
from fundflow.payments.claims import CLAIM_STEPS
from fundflow.payments.routes import rooms


def _who_confirms(claim: Claim) -> tuple[str, ...]:
    if claim.kind is ClaimKind.ADVANCE or claim.bid.lead_school in claim.bid.supported:
        return ()
    names = " or ".join(school.name for school in claim.bid.supported)
    return (f"The head of {names} will be asked to confirm the days.",)


CLAIM_STEPS.add(rooms, "submit", operations.submit, explain=_who_confirms)
CLAIM_STEPS.add(rooms, "query", operations.query)
CLAIM_STEPS.add(rooms, "answer", operations.answer)
CLAIM_STEPS.add(rooms, "certify", operations.certify)
CLAIM_STEPS.add(rooms, "pay", operations.pay)
CLAIM_STEPS.add_rest(rooms)
