"""How a claim is found, and the pages of its steps."""

from typing import Any

from flask import abort, url_for

from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.permissions import sees_money, sees_payment
from fundflow.web.access import me, now
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.step_pages import StepPages
from fundflow.workflow.claim import CLAIM

PATH = "/bids/<reference>/claims/<id:number>"


def visible_claim(reference: str, number: int) -> Claim:
    """A claim that this person sees; else 404."""
    claim: Claim = visible_part(Claim, number, visible_bid(reference))
    return claim if sees_payment(me(), claim, now()) else abort(404)


def money_of_bid(reference: str) -> Bid:
    """A bid whose money this person sees; else 404."""
    bid = visible_bid(reference)
    return bid if sees_money(me(), bid, now()) else abort(404)


def claim_parts(claim: Claim) -> dict[str, Any]:
    return {"reference": claim.bid.reference, "number": claim.id}


def claim_caption(claim: Claim) -> str:
    return f"{claim.reference} · {claim.bid.lead_school.name} · {pounds(claim.pence)}"


CLAIM_STEPS = StepPages(
    CLAIM,
    path=f"{PATH}/steps",
    load=visible_claim,
    parts=claim_parts,
    back=lambda claim: url_for("payments.claim", **claim_parts(claim)),
    back_text="Back to the claim",
    caption=claim_caption,
    prefix="claim_",
)
