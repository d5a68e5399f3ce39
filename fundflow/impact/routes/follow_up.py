"""The Follow-up tab of a bid: actions that were agreed, and their steps."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.impact import follow_ups
from fundflow.impact.blueprint import blueprint
from fundflow.impact.forms import FollowUpForm
from fundflow.models.bid import Bid
from fundflow.models.follow_up import FollowUp
from fundflow.permissions import sees_money
from fundflow.rules.follow_ups import follow_ups_of
from fundflow.steps import open_steps
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_caption, bid_form_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.engine import Refused
from fundflow.workflow.follow_up import FOLLOW_UP, FollowUpState
from fundflow.workflow.working_days import london_date

BACK = "Back to follow-up"


def followed_bid(reference: str) -> Bid:
    """A bid for its school and for who sees its money for the council; else 404."""
    bid = visible_bid(reference)
    return bid if sees_money(me(), bid, now()) else abort(404)


def follow_up_tab(bid: Bid) -> str:
    return url_for("impact.bid_follow_up", reference=bid.reference)


def _action(reference: str, number: int) -> FollowUp:
    found: FollowUp = visible_part(FollowUp, number, followed_bid(reference))
    return found


FOLLOW_UP_STEPS = StepPages(
    FOLLOW_UP,
    path="/bids/<reference>/follow-up/<id:number>/steps",
    load=_action,
    parts=lambda action: {"reference": action.bid.reference, "number": action.id},
    back=lambda action: follow_up_tab(action.bid),
    back_text=BACK,
    caption=lambda action: bid_caption(action.bid),
    prefix="follow_up_",
)


@blueprint.route("/bids/<reference>/follow-up")
@access(SIGNED_IN)
def bid_follow_up(reference: str) -> str:
    """What was agreed after ratings, and what became of it."""
    bid = followed_bid(reference)
    user, at = me(), now()
    cards = [(one, one.is_overdue(london_date(at)), open_steps(one, user, at)) for one in follow_ups_of(bid)]
    return bid_page(
        "impact/follow_up.html",
        bid,
        cards=cards,
        step_url=FOLLOW_UP_STEPS.url,
        may_ask=follow_ups.why_not_ask(bid, user, at) is None,
        wanted=bid.returns_without_follow_up,
    )


@blueprint.route("/bids/<reference>/follow-up/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_follow_up(reference: str) -> Any:
    bid = followed_bid(reference)
    form = FollowUpForm.on(bid)
    if not form.is_submitted() and (why := follow_ups.why_not_ask(bid, me(), now())):
        raise Refused(why)
    row = FOLLOW_UP.find("ask", FollowUpState.NEW)

    def act() -> None:
        follow_ups.ask(bid, **form.action(), user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(row.done, "success")
        return redirect(follow_up_tab(bid))
    return bid_form_page(
        bid, form, heading=row.button, explain=row.explain, back=follow_up_tab(bid), back_text=BACK
    )


FOLLOW_UP_STEPS.add(blueprint, "report", follow_ups.say)
FOLLOW_UP_STEPS.add(blueprint, "done", follow_ups.finish)
FOLLOW_UP_STEPS.add(blueprint, "let_go", follow_ups.let_go)
