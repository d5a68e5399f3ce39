"""The revised plan that a smaller offer asks for, and the pages of its steps."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.applications import plans
from fundflow.applications.blueprint import blueprint
from fundflow.applications.plan_forms import amounts_in, plan_form
from fundflow.models.bid import Bid
from fundflow.models.plan import RevisedPlan
from fundflow.permissions import outcome_kept, sees_money
from fundflow.rules.plans import needs_plan, pence_asked, plan_of, planned, why_above_offer
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.plan import PLAN

PATH = "/bids/<reference>/plan"


def _offered_bid(reference: str) -> Bid:
    """A bid whose offer, and what it pays for, this person sees; else 404."""
    bid = visible_bid(reference)
    return bid if sees_money(me(), bid, now()) and not outcome_kept(me(), bid, now()) else abort(404)


def _plan(reference: str, number: int) -> RevisedPlan:
    plan: RevisedPlan = visible_part(RevisedPlan, number, _offered_bid(reference))
    return plan


PLAN_STEPS = StepPages(
    PLAN,
    path=f"{PATH}/<id:number>",
    load=_plan,
    parts=lambda plan: {"reference": plan.bid.reference, "number": plan.id},
    back=lambda plan: url_for("applications.plan", reference=plan.bid.reference),
    back_text="Back to the plan",
    caption=lambda plan: bid_caption(plan.bid),
    prefix="plan_",
)


@blueprint.route(PATH, methods=["GET", "POST"])
@access(SIGNED_IN)
def plan(reference: str) -> Any:
    """A POST keeps the plan's amounts, also where they are still above the offer."""
    bid = _offered_bid(reference)
    found = plan_of(bid)
    if found is None and not needs_plan(bid):
        abort(404)
    amounts = planned(bid, found)
    form = plan_form(bid, amounts)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: plans.save_plan(bid, amounts_in(form, bid), user=me(), now=now(), version=form.version.data),
        bid,
    ):
        flash("The plan is saved.", "success")
        return redirect(url_for("applications.plan", reference=bid.reference))
    may_edit = plans.why_no_plan(bid, me(), now()) is None
    return bid_page(
        "applications/plan.html",
        bid,
        form=form,
        plan=found,
        amounts=amounts,
        asked=pence_asked(bid, amounts),
        may_edit=may_edit,
        too_much=why_above_offer(found) if found else None,
        steps=PLAN_STEPS.links(found) if found else [],
    ), form.status


PLAN_STEPS.add(blueprint, "propose", plans.propose)
PLAN_STEPS.add(blueprint, "agree", plans.agree)
PLAN_STEPS.add(blueprint, "return", plans.ask_for_another)
