"""A revised plan: when an offer needs one, what it comes to, and what waits for it."""

from collections.abc import Mapping
from typing import NamedTuple

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import MatchKind
from fundflow.models.money import backfill_pence, pounds
from fundflow.models.plan import RevisedPlan
from fundflow.workflow.application import BidState
from fundflow.workflow.plan import PlanState


class Planned(NamedTuple):
    """The amounts of a plan: half days by backfill line and pence by cost line (their ids)."""

    half_days: Mapping[int, int]
    pence: Mapping[int, int]


def needs_plan(bid: Bid) -> bool:
    """Whether the offer that is out is smaller than what the school asked for."""
    return bid.state is BidState.OFFERED and bid.offer.pence < bid.requested_pence


def plan_of(bid: Bid) -> RevisedPlan | None:
    """The plan for the offer that is out, once the school has begun one."""
    return bid.offer.plan if bid.offers else None


def planned(bid: Bid, plan: RevisedPlan | None) -> Planned:
    """What a plan says of each of the bid's lines; the bid's own amounts where it says nothing."""
    lines = plan.lines if plan else []
    said = Planned(
        {line.backfill_line_id: line.half_days or 0 for line in lines if line.backfill_line_id},
        {line.cost_line_id: line.pence or 0 for line in lines if line.cost_line_id},
    )
    return Planned(
        {line.id: said.half_days.get(line.id, line.half_days) for line in bid.backfill_lines},
        {line.id: said.pence.get(line.id, line.pence) for line in bid.cost_lines},
    )


def pence_asked(bid: Bid, amounts: Planned) -> int:
    """What a plan asks of the fund: its costs less the bid's cash match, in pence, never below nothing."""
    staff = sum(
        backfill_pence(amounts.half_days[line.id], line.day_rate_pence, line.on_cost_basis_points)
        for line in bid.backfill_lines
    )
    costs = sum(amounts.pence[line.id] for line in bid.cost_lines)
    cash = sum(match.pence for match in bid.match_funding if match.kind is MatchKind.CASH)
    return max(staff + costs - cash, 0)


def pence_to_award(bid: Bid) -> int:
    """Pence that accepting the offer awards: what the revised plan comes to, never more than is offered."""
    plan = plan_of(bid)
    return min(bid.offer.pence, pence_asked(bid, planned(bid, plan))) if plan else bid.offer.pence


def why_above_offer(plan: RevisedPlan) -> str | None:
    """The sentence where a plan asks for more than is offered, or for nothing; None where it fits."""
    asked = pence_asked(plan.bid, planned(plan.bid, plan))
    if not asked:
        return "The plan asks for nothing. Enter the days and costs that the offer will pay for."
    if asked <= plan.offer.pence:
        return None
    return f"The plan comes to {pounds(asked)}. Bring it down to the offer, {pounds(plan.offer.pence)}."


def why_plan_wanted(bid: Bid) -> str | None:
    """What an offer waits for before the school can accept it; None where it waits for no plan."""
    if not needs_plan(bid):
        return None
    plan = plan_of(bid)
    match plan.state if plan else PlanState.DRAFT:
        case PlanState.AGREED:
            return None
        case PlanState.PROPOSED:
            return "The liaison officer is checking your revised plan."
    return (
        f"The offer is less than you asked for. Send a revised plan of days and costs within "
        f"{pounds(bid.offer.pence)} first."
    )


def is_with_officer(bid: Bid) -> bool:
    """Whether the officer has the school's plan to check: the date to reply waits."""
    plan = plan_of(bid) if needs_plan(bid) else None
    return plan is not None and plan.state is PlanState.PROPOSED
