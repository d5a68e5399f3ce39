"""What others are asked about a bid, a confirmation or a signature: how it is found, its steps' pages."""

from typing import Any

from flask import url_for

from fundflow.models.confirmation import Approval, Confirmation
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.step_pages import StepPages
from fundflow.workflow.approval import APPROVAL
from fundflow.workflow.confirmation import CONFIRMATION


def visible_confirmation(reference: str, number: int) -> Confirmation:
    found: Confirmation = visible_part(Confirmation, number, visible_bid(reference))
    return found


def _visible_approval(reference: str, number: int) -> Approval:
    found: Approval = visible_part(Approval, number, visible_bid(reference))
    return found


def _parts(asked: Confirmation | Approval) -> dict[str, Any]:
    return {"reference": asked.bid.reference, "number": asked.id}


def _front_page(asked: Confirmation | Approval) -> str:
    return url_for("desk.bid", reference=asked.bid.reference)


def _caption(asked: Confirmation | Approval) -> str:
    return f"{asked.bid.reference} · {asked.bid.lead_school.name}"


CONFIRMATION_STEPS = StepPages(
    CONFIRMATION,
    path="/bids/<reference>/confirmations/<id:number>",
    load=visible_confirmation,
    parts=_parts,
    back=_front_page,
    back_text="Back to the bid",
    caption=_caption,
    prefix="confirmation_",
)

APPROVAL_STEPS = StepPages(
    APPROVAL,
    path="/bids/<reference>/approvals/<id:number>",
    load=_visible_approval,
    parts=_parts,
    back=_front_page,
    back_text="Back to the bid",
    caption=_caption,
    prefix="approval_",
)
