"""The conditions of an award, and a page for each of their steps."""

from flask import abort, url_for

from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.panel.blueprint import blueprint
from fundflow.panel.decisions import conditions
from fundflow.panel.operations.conditions import (
    condition_not_yet,
    discharge_condition,
    report_condition,
    waive_condition,
)
from fundflow.permissions import sees_conditions
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.step_pages import StepPages
from fundflow.workflow.condition import CONDITION


def _bid(reference: str) -> Bid:
    """A bid whose conditions this person sees; else 404."""
    bid = visible_bid(reference)
    return bid if sees_conditions(me(), bid, now()) else abort(404)


def _condition(reference: str, number: int) -> AwardCondition:
    condition: AwardCondition = visible_part(AwardCondition, number, _bid(reference))
    return condition


CONDITION_STEPS = StepPages(
    CONDITION,
    path="/bids/<reference>/conditions/<id:number>/steps",
    load=_condition,
    parts=lambda condition: {"reference": condition.bid.reference, "number": condition.id},
    back=lambda condition: url_for("panel.bid_conditions", reference=condition.bid.reference),
    back_text="Back to the conditions",
    caption=lambda condition: bid_caption(condition.bid),
    prefix="condition_",
    template="panel/condition_step.html",
)


@blueprint.route("/bids/<reference>/conditions")
@access(SIGNED_IN)
def bid_conditions(reference: str) -> str:
    """What must be done, by whom and by when, and what was."""
    bid = _bid(reference)
    cards = conditions.cards(bid, me(), now())
    return bid_page("panel/conditions.html", bid, cards=cards, step_url=CONDITION_STEPS.url)


CONDITION_STEPS.add(blueprint, "report", report_condition)
CONDITION_STEPS.add(blueprint, "discharge", discharge_condition)
CONDITION_STEPS.add(blueprint, "not_yet", condition_not_yet)
CONDITION_STEPS.add(blueprint, "waive", waive_condition)
