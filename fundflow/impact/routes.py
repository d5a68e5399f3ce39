"""The Impact tab of a bid, and the steps that end the support and the bid."""

from typing import Any

from flask import Blueprint

from fundflow import ledger
from fundflow.impact import operations, queries
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.permissions import sees_money, sees_review
from fundflow.steps import open_steps
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import ConfirmForm, ReasonForm
from fundflow.web.step_pages import step_page

rooms = Blueprint("impact", __name__)

# What stands beside the button of a step of the report.
HINTS = {
    "submit": "The impact officer reads it. You can’t change it then, unless you are asked to.",
    "return": "The school can change its report, and sends it again.",
    "accept": "With a rating, worked out for you from the results.",
}


@rooms.route("/bids/<reference>/impact")
@access(SIGNED_IN)
def bid_impact(reference: str) -> str:
    bid = visible_bid(reference)
    user, at = me(), now()
    report = queries.report_of(bid)
    shown = report if queries.sees_report(user, bid, report, at) else None
    return bid_page(
        "impact/impact.html",
        bid,
        report=report,
        shown=shown,
        results=queries.results(bid, shown),
        percent=queries.percent,
        may_write=report is not None and operations.why_not_editable(report, user, at) is None,
        steps=open_steps(report, user, at) if report else [],
        hints=HINTS,
        feedback=queries.feedback_for(user, bid, at),
        asked=list(bid.feedback),
        is_provider=queries.is_a_provider(user, bid, at),
        inside=sees_review(user, bid, at),
        to_give=queries.feedback_to_give(user, bid, at),
        to_confirm=queries.days_to_confirm(user, bid, at),
        totals=ledger.bid_totals(bid.id) if sees_money(user, bid, at) else None,
    )


@rooms.route("/bids/<reference>/steps/finish-delivery", methods=["GET", "POST"])
@access(SIGNED_IN)
def finish_delivery(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ConfirmForm.on(bid)
    return step_page(
        bid,
        "finish_delivery",
        form,
        lambda: operations.end_delivery(
            bid, "finish_delivery", version=form.version.data, user=me(), now=now()
        ),
        explain=(
            f"The school has {bid.fund.report_days} working days to report what changed.",
            "The supported school is asked to rate the support. Days worked can still be claimed for.",
        ),
        done="The support has ended. The school is being asked for its report.",
    )


@rooms.route("/bids/<reference>/steps/close", methods=["GET", "POST"])
@access(SIGNED_IN)
def close(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ConfirmForm.on(bid)
    left = ledger.bid_totals(bid.id).outstanding if sees_money(me(), bid, now()) else 0
    return step_page(
        bid,
        "close",
        form,
        lambda: operations.close(bid, version=form.version.data, user=me(), now=now()),
        explain=(
            "Nothing more can be claimed on this bid.",
            f"{pounds(left)} of the award was not spent and goes back to the fund."
            if left
            else "All of the award was spent.",
            *_conditions_left(bid),
        ),
        done="The bid is closed. The school and its partners are being told.",
    )


def _conditions_left(bid: Bid) -> tuple[str, ...]:
    """Closing does not wait for conditions, which are tracked until they are met or let go."""
    left = [condition for condition in bid.award_conditions if condition.is_open]
    if not left:
        return ()
    return (
        f"This condition is not met yet; it is still asked for after the bid is closed: {left[0].words}."
        if len(left) == 1
        else f"{len(left)} conditions are not met yet; they are still asked for after the bid is closed.",
    )


@rooms.route("/bids/<reference>/steps/reopen", methods=["GET", "POST"])
@access(SIGNED_IN)
def reopen(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid,
        "reopen",
        form,
        lambda: operations.reopen(
            bid, reason=form.reason.data, version=form.version.data, user=me(), now=now()
        ),
        explain=("The bid can be corrected. Money that went back to the fund stays there.",),
        done="The bid is open again. The people concerned are being told.",
    )
