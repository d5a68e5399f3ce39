"""What others are asked about a bid, a confirmation or a signature: how it is found, its steps' pages."""

from typing import Any

from fundflow.models.confirmation import Approval, Confirmation
from fundflow.web.bid_steps import bid_caption, front_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.step_pages import Link, StepPages
from fundflow.workflow.approval import APPROVAL, ApprovalState
from fundflow.workflow.confirmation import CONFIRMATION


def visible_confirmation(reference: str, number: int) -> Confirmation:
    found: Confirmation = visible_part(Confirmation, number, visible_bid(reference))
    return found


def _visible_approval(reference: str, number: int) -> Approval:
    found: Approval = visible_part(Approval, number, visible_bid(reference))
    return found


def _parts(asked: Confirmation | Approval) -> dict[str, Any]:
    return {"reference": asked.bid.reference, "number": asked.id}


def approver_steps(asked: Approval) -> list[Link]:
    """Whether an approver with another part in the bid may sign: the officer's buttons, with their pages."""
    return APPROVAL_STEPS.links(asked) if asked.state is ApprovalState.PROPOSED else []


CONFIRMATION_STEPS = StepPages(
    CONFIRMATION,
    path="/bids/<reference>/confirmations/<id:number>",
    load=visible_confirmation,
    parts=_parts,
    back=lambda asked: front_page(asked.bid),
    back_text="Back to the bid",
    caption=lambda asked: bid_caption(asked.bid),
    prefix="confirmation_",
)

APPROVAL_STEPS = StepPages(
    APPROVAL,
    path="/bids/<reference>/approvals/<id:number>",
    load=_visible_approval,
    parts=_parts,
    back=lambda asked: front_page(asked.bid),
    back_text="Back to the bid",
    caption=lambda asked: bid_caption(asked.bid),
    prefix="approval_",
)
