"""A bid's value for money, before and after delivery, for staff and its school."""

from flask import abort, render_template

from fundflow import figures
from fundflow.permissions import sees_money
from fundflow.reports.blueprint import blueprint
from fundflow.reports.value import value_of_bid
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid


@blueprint.route("/bids/<reference>/value")
@access(SIGNED_IN)
def bid_value(reference: str) -> str:
    """What the bid asked for, and what it came to beside the fund's other bids."""
    bid = visible_bid(reference)
    if bid.awarded_pence is None or not sees_money(me(), bid, now()):
        abort(404)
    return render_template(
        "reports/value.html",
        bid=bid,
        sums=figures.value_for_money(bid),
        part=value_of_bid(bid, now()),
    )
