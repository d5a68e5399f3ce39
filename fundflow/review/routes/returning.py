"""Asking the school for more, and asking again where it has not answered in time."""

from typing import Any

from fundflow.review import rules
from fundflow.review.blueprint import blueprint
from fundflow.review.forms import AskAgainForm, ReturnForm
from fundflow.review.operations import returning
from fundflow.review.routes.corrections import act_page
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.workflow.working_days import london_date


@BID_STEPS.own(blueprint, "return_for_changes")
def return_for_changes(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ReturnForm.about(bid, london_date(now()))
    return BID_STEPS.page(
        bid,
        "return_for_changes",
        form,
        lambda: returning.return_for_changes(
            bid, form.questions(), form.answer_by.data, user=me(), now=now(), version=form.version.data
        ),
        template="review/return_for_changes.html",
    )


@blueprint.route("/bids/<reference>/ask-again", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask_again(reference: str) -> Any:
    bid = visible_bid(reference)
    form = AskAgainForm.about(bid, london_date(now()))
    return act_page(
        bid,
        form,
        rules.why_not_ask_again(bid, me(), now()),
        lambda: returning.ask_again(
            bid, form.answer_by.data, form.reason.data or "", user=me(), now=now(), version=form.version.data
        ),
        heading="Ask the school again",
        queries=bid.latest_queries(),
        explain=("The school keeps its questions and gets a new date. It is told in a letter.",),
        done="The school is being asked again.",
    )
