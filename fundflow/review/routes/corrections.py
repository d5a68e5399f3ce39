"""The officer's steps later in a bid's life, hand-overs, and requests for a review."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from fundflow.actors import actors_for
from fundflow.models.bid import Bid
from fundflow.models.review import ReviewRequest
from fundflow.permissions import is_staff
from fundflow.review import rules
from fundflow.review.blueprint import blueprint
from fundflow.review.forms import HandBidOverForm, StopForm
from fundflow.review.operations import later
from fundflow.review.queries import unbarred_officers
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_steps import BID_STEPS, bid_form_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import Form, ReasonForm, carried_out
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused

BID_STEPS.add(blueprint, "reinstate", later.reinstate)
BID_STEPS.add(blueprint, "keep_going", later.keep_going)
BID_STEPS.add(blueprint, "uphold_review", later.uphold_review, template="review/uphold_review.html")


@blueprint.route("/bids/<reference>/reviews/<id:number>/dismiss", methods=["GET", "POST"])
@access(SIGNED_IN)
def dismiss_review(reference: str, number: int) -> Any:
    bid = visible_bid(reference)
    asked = visible_part(ReviewRequest, number, bid)
    form = ReasonForm.on(bid)
    return act_page(
        bid,
        form,
        rules.why_not_hear(bid, me(), now()),
        lambda: later.dismiss_review(
            asked, form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        heading="Do not uphold the school’s request",
        grounds=asked.grounds,
        explain=("The decision stands. The school is told your reason.",),
        done="The decision stands. The school is being told.",
    )


@blueprint.route("/bids/<reference>/ask-termination", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask_termination(reference: str) -> Any:
    bid = visible_bid(reference)
    by_school = Actor.SCHOOL_TEAM in actors_for(me(), bid, now())
    form = (ReasonForm if by_school else StopForm).on(bid)
    explain = f"{bid.fund.decider.person} is asked to stop this funding. Until they do, nothing changes."
    paid = "If they do, we still pay for days already worked. We ask back what was paid and not earned."
    return act_page(
        bid,
        form,
        rules.why_not_ask_to_stop(bid, me(), now()),
        lambda: later.ask_termination(bid, form.reason.data, user=me(), now=now(), version=form.version.data),
        heading="We can’t go on" if by_school else "Ask for the funding to be stopped",
        button="Ask to stop the funding" if by_school else "",
        explain=(explain, paid),
        done="The decision maker is being asked.",
    )


@blueprint.route("/bids/<reference>/assign", methods=["GET", "POST"])
@access(SIGNED_IN)
def assign(reference: str) -> Any:
    bid = visible_bid(reference)
    form = HandBidOverForm.among(bid, unbarred_officers(bid, now()))
    return act_page(
        bid,
        form,
        rules.why_not_hand_over(bid, me(), now()),
        lambda: later.hand_over(bid, form.officer_id, user=me(), now=now(), version=form.version.data),
        heading="Hand the bid to another officer",
        explain=(f"The bid is with {bid.officer_name or 'nobody'} now. The new officer is told.",),
        done="The bid is handed over. The new officer is being told.",
    )


def act_page(
    bid: Bid,
    form: Form,
    why_not: str | None,
    act: Callable[[], None],
    *,
    heading: str,
    explain: tuple[str, ...],
    done: str,
    **context: Any,
) -> Any:
    """The page of an act that is no step; refused (409) before the form is shown, where it must.

    Schools are refused when it is sent too: the form names officers, or holds a school's grounds.
    """
    if why_not and not (form.is_submitted() and is_staff(me(), now())):
        raise Refused(why_not)
    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(done, "success")
        return redirect(url_for("desk.bid", reference=bid.reference))
    return bid_form_page(bid, form, heading=heading, explain=explain, template="review/act.html", **context)
