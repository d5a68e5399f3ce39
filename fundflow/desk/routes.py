"""My work, the list of bids, and a bid's front page and history."""

from flask import Blueprint, render_template, request

from fundflow import ledger
from fundflow.desk import queries, work
from fundflow.permissions import is_staff, sees_money, sees_review
from fundflow.steps import open_steps
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page, step_url
from fundflow.web.bids import visible_bid
from fundflow.workflow.application import BidState

rooms = Blueprint("desk", __name__)


@rooms.route("/work")
@access(SIGNED_IN)
def my_work() -> str:
    """What waits for whoever is signed in, oldest deadline first."""
    mine = work.waiting_for(me(), now())
    listed = {line.reference for line in mine}
    others = [bid for bid in queries.waiting_for_others(me(), now()) if bid.reference not in listed]
    return render_template("desk/work.html", mine=mine, others=others,
                           may_bid=bool(queries.schools_of(me(), now())))  # fmt: skip


@rooms.route("/bids")
@access(SIGNED_IN)
def bids() -> str:
    """The bids this person may see, narrowed by what stands in the address."""
    wanted = queries.Wanted.from_args(request.args)
    return render_template(
        "desk/bids.html", page=queries.bids_page(me(), now(), wanted), wanted=wanted,
        states=list(BidState), for_staff=is_staff(me(), now()),
        may_bid=bool(queries.schools_of(me(), now())),
    )  # fmt: skip


@rooms.route("/bids/<reference>")
@access(SIGNED_IN)
def bid(reference: str) -> str:
    """A bid's front page: what can be done now, the bid in brief, money and confirmations."""
    found = visible_bid(reference, *queries.FRONT_PAGE)
    user, at = me(), now()
    inside = sees_review(user, found, at)
    return bid_page(
        "desk/bid.html", found,
        steps=[(o, step_url(o.step.name, reference=found.reference))
               for o in open_steps(found, user, at)],
        extras=queries.other_things_to_do(found, user, at),
        fund_totals=ledger.totals(found.fund_id) if inside else None,
        bid_totals=ledger.bid_totals(found.id) if sees_money(user, found, at) else None,
    )  # fmt: skip


@rooms.route("/bids/<reference>/history")
@access(SIGNED_IN)
def history(reference: str) -> str:
    """Everything that happened to a bid, newest first."""
    found = visible_bid(reference)
    inside, money = sees_review(me(), found, now()), sees_money(me(), found, now())
    entries = queries.history_of(found, inside=inside, money=money)
    return bid_page("desk/history.html", found, entries=entries, reasons=money)
