"""A revised plan: the school fits days and costs to a smaller offer, the officer agrees."""

from datetime import datetime

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.plan import PlanLine, RevisedPlan
from fundflow.rules.plans import Planned, needs_plan, plan_of
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import add_working_days, london_date, working_days_between


def why_no_plan(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may change the plan for the offer that is out, else the sentence."""
    if Actor.SCHOOL_TEAM not in actors_for(user, bid, now):
        return "Only people of the school that leads the bid can change its plan."
    if not needs_plan(bid):
        return "This bid needs no revised plan."
    plan = plan_of(bid)
    return None if plan is None or plan.is_editable else "The plan has been sent, so it can’t be changed now."


def save_plan(bid: Bid, amounts: Planned, *, user: User, now: datetime, version: int | None) -> RevisedPlan:
    """Keep the plan's amounts, above the offer or not; raises Refused where it can't be changed."""
    lock(bid, version)
    refuse_if(why_no_plan(bid, user, now))
    plan = plan_of(bid)
    if plan is None:
        plan = RevisedPlan(bid=bid, offer=bid.offer)
        db.session.add(plan)
    staff = {line.backfill_line_id: line for line in plan.lines}
    costs = {line.cost_line_id: line for line in plan.lines}
    for line_id, half_days in amounts.half_days.items():
        if line_id not in staff:
            plan.lines.append(PlanLine(backfill_line_id=line_id, half_days=half_days))
        else:
            staff[line_id].half_days = half_days
    for line_id, pence in amounts.pence.items():
        if line_id not in costs:
            plan.lines.append(PlanLine(cost_line_id=line_id, pence=pence))
        else:
            costs[line_id].pence = pence
    plan.touch()
    db.session.commit()
    return plan


def propose(plan: RevisedPlan, *, user: User, now: datetime, version: int | None) -> None:
    """Send the plan to the officer; the date to reply to the offer waits until there is an answer."""
    take_step(plan, "propose", user=user, now=now, version=version, also={"proposed_at": now})
    db.session.commit()


def agree(plan: RevisedPlan, *, user: User, now: datetime, version: int | None) -> None:
    _answer(plan, "agree", user, now, version)


def ask_for_another(
    plan: RevisedPlan, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _answer(plan, "return", user, now, version, reason)


def _answer(
    plan: RevisedPlan, step: str, user: User, now: datetime, version: int | None, reason: str = ""
) -> None:
    """Answer the plan, and move the date to reply by the working days in which it was with the officer."""
    lock(plan, version, step=step, user=user)
    require_step(plan, step, user, now)
    if plan.proposed_at is None:
        raise Refused("The plan has not been sent.")
    off = plan.bid.fund.schools_off
    held = working_days_between(london_date(plan.proposed_at), london_date(now), off)
    if held > 0:
        plan.offer.reply_by = plan.bid.due_on = add_working_days(plan.offer.reply_by, held, off)
    plan.question = reason
    take_step(plan, step, user=user, now=now, version=version, given={"reason": reason} if reason else {})
    db.session.commit()
