"""What an approver’s signature waits for."""

from fundflow.models.confirmation import Approval
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def barred_from_approval(approval: Approval, ask: Ask) -> str | None:
    bar = bar_of(approval.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t decide this: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def approver_oneself(approval: Approval, ask: Ask) -> str | None:
    return "This is about you, so a colleague decides it." if ask.user and approval.is_of(ask.user) else None
