"""Other costs of an award: to add one with its receipt, to strike one out."""

from typing import Any

from flask import abort, flash, redirect

from fundflow.models.bid import Bid
from fundflow.models.spent_cost import SpentCost
from fundflow.payments import cost_log, settling
from fundflow.payments.blueprint import blueprint
from fundflow.payments.forms import CostForm, cost_line
from fundflow.payments.routes.days import DAYS, days_page, strike_out_page, visible_days
from fundflow.permissions import costs_seen
from fundflow.rules.claims import why_log_closed
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_part
from fundflow.web.file_forms import taken_in
from fundflow.web.uploads import takes_files
from fundflow.workflow.engine import refuse_if


@blueprint.route(f"{DAYS}/costs/add", methods=["GET", "POST"])
@access(SIGNED_IN)
@takes_files(2)
def add_cost(reference: str) -> Any:
    bid = visible_days(reference)
    lines = cost_log.lines_to_spend(bid, me(), now())
    refuse_if(None if lines else cost_log.why_none_to_spend(bid))
    form = CostForm.on(bid)
    form.offer(bid, lines)
    if not form.is_submitted():
        refuse_if(why_log_closed(bid))
    added: list[SpentCost] = []
    if form.validate_on_submit() and taken_in(form, lambda: added.append(_added(form, bid))):
        flash("The cost is in the log, with its receipt.", "success")
        if said := cost_log.said_of(added[-1]):
            flash(said, "notice")
        return redirect(days_page(bid) + "#costs")
    return bid_page("payments/add_cost.html", bid, form=form), form.status


@blueprint.route(f"{DAYS}/costs/<id:number>/strike-out", methods=["GET", "POST"])
@access(SIGNED_IN)
def strike_out_cost(reference: str, number: int) -> Any:
    bid = visible_days(reference)
    cost: SpentCost = visible_part(SpentCost, number, bid)
    if not costs_seen(me(), bid, [cost], now()):
        abort(404)
    return strike_out_page(
        cost,
        "cost",
        settling.strike_out_cost,
        settling.why_cost_not_struck,
        explain=(
            cost_line(cost),
            "It counts no more. It stays in the log, with its receipt, your name and your reason.",
        ),
        back_text="Back to the days and costs",
    )


def _added(form: CostForm, bid: Bid) -> SpentCost:
    return cost_log.add_cost(
        bid,
        line_id=int(form.line.data),
        what=form.what.data,
        pence=form.pence.data or 0,
        spent_on=form.spent_on.data,
        sent=form.sent,
        user=me(),
        now=now(),
    )
