"""The steps a school takes on its bid, each on a page of its own."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from fundflow.applications import offers, operations, queries
from fundflow.applications.blueprint import blueprint
from fundflow.applications.forms import GroundsForm, SendForm
from fundflow.applications.late_answers import go_on_without
from fundflow.applications.routes.form import show_check
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.rules.awards import schedule_of, shares_of
from fundflow.rules.plans import pence_to_award
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_steps import BID_STEPS, bid_form_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


@BID_STEPS.own(blueprint, "submit")
def submit(reference: str) -> Any:
    """The button is on the page of check answers."""
    return _send(visible_bid(reference), operations.submit)


@BID_STEPS.own(blueprint, "resubmit")
def resubmit(reference: str) -> Any:
    return _send(visible_bid(reference), operations.resubmit)


def _send(bid: Bid, act: Callable[..., None]) -> Any:
    form = SendForm.about(bid, london_date(now()))
    if not form.is_submitted():
        return redirect(url_for("applications.check", reference=bid.reference))
    if form.validate() and carried_out(
        form,
        lambda: act(
            bid,
            agreement=form.agreement.data,
            why_odd=form.reason,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        bid,
    ):
        return redirect(url_for("applications.submitted", reference=bid.reference))
    if not queries.leads(me(), bid, now()):
        raise Refused(form.problem or "Only the school that leads the bid can do this.")
    return show_check(bid, form)


def _offered(bid: Bid) -> dict[str, Any]:
    offer = bid.offers[-1] if bid.offers else None
    awarded = pence_to_award(bid) if offer else 0
    return {
        "offer": offer,
        "awarded": awarded,
        "schedule": schedule_of(bid.fund, awarded) if offer else [],
        "shares": shares_of(bid, awarded) if offer else [],
    }


def _about_to_accept(bid: Bid) -> list[str]:
    """What accepting the offer does to the money, in sentences."""
    if not bid.offers:
        return [f"You are about to accept the offer for {bid.lead_school.name}"]
    offered, awarded = bid.offers[-1].pence, pence_to_award(bid)
    said = [f"You are about to accept {pounds(awarded)} for {bid.lead_school.name}"]
    if awarded < offered:
        said += [f"We offered {pounds(offered)}. Your plan comes to {pounds(awarded)}."]
    for part in schedule_of(bid.fund, awarded):
        said += [f"{part.when.words}: {pounds(part.pence)}."]
    return [*said, "You agree to the conditions of grant. What is not earned must be paid back."]


BID_STEPS.add(blueprint, "withdraw", operations.withdraw)
BID_STEPS.add(blueprint, "answer_panel", operations.answer_panel)
BID_STEPS.add(blueprint, "reply_to_report", operations.reply_to_report, template="applications/reply.html")
BID_STEPS.add(
    blueprint,
    "accept_offer",
    offers.accept_offer,
    template="applications/accept.html",
    context=_offered,
    about_to=_about_to_accept,
)
BID_STEPS.add(blueprint, "turn_down_offer", offers.turn_down_offer)
BID_STEPS.add(blueprint, "go_on_without", go_on_without)


@blueprint.route("/bids/<reference>/ask-for-review", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask_for_review(reference: str) -> Any:
    """Within ten working days a school may ask that a decision be looked at again."""
    bid = visible_bid(reference)
    form = GroundsForm.on(bid)
    if not form.is_submitted():
        queries.require_review(me(), bid, now())
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.ask_for_review(
            bid, grounds=form.grounds.data, user=me(), now=now(), version=form.version.data
        ),
        bid,
    ):
        flash("A manager who took no part will look at the decision.", "success")
        return redirect(url_for("desk.bid", reference=reference))
    return bid_form_page(
        bid,
        form,
        heading="Ask for a review",
        explain=(
            "A manager of the council who took no part in the decision will look at it.",
            f"You can ask until {day_words(queries.review_until(bid))}.",
        ),
    )
