"""What a revised plan waits for."""

from fundflow.models.plan import RevisedPlan
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.plans import why_above_offer
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def offer_gone(plan: RevisedPlan, _ask: Ask) -> str | None:
    out = plan.bid.state is BidState.OFFERED and plan.bid.offer.id == plan.offer_id
    return None if out else "This offer is no longer out."


@guard
def plan_above_offer(plan: RevisedPlan, _ask: Ask) -> str | None:
    return why_above_offer(plan)


@guard
def barred_from_plan(plan: RevisedPlan, ask: Ask) -> str | None:
    bar = bar_of(plan.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t check this plan: {bar_to_you(bar)}. Ask a colleague." if bar else None
