"""Decisions: what may be decided, each outcome's page, corrections; and a bid's panel tab."""

from typing import Any

from flask import abort, redirect, render_template, url_for

from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem
from fundflow.models.panel_rules import Choice
from fundflow.panel import operations, pages, queries
from fundflow.panel.forms import ApproveForm, DecisionForm, DeferForm, ReasonForm
from fundflow.panel.routes import rooms
from fundflow.permissions import sees_review
from fundflow.steps import open_steps
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.step_pages import step_page
from fundflow.workflow.working_days import add_working_days, london_date

DECISIONS = ("approve", "decline", "defer")


@rooms.route("/bids/<reference>/panel")
@access(SIGNED_IN)
def bid_panel(reference: str) -> str:
    """Everything the panel did with a bid."""
    bid = _papers_of(reference)
    at = now()
    items = [(item, queries.shown_votes(me(), item, at), item.total(at)) for item in queries.items_of(bid)]
    return bid_page(
        "panel/bid_panel.html", bid, items=items, decisions=queries.decisions_of(bid),
        offers=queries.offers_of(bid), declarations=queries.declarations_on(bid),
        place=url_for("panel.item", meeting_id=items[0][0].meeting_id, item_id=items[0][0].id)
        if items and pages.may_enter(me(), at) else None,
    )  # fmt: skip


@rooms.route("/bids/<reference>/decide")
@access(SIGNED_IN)
def decide(reference: str) -> Any:
    """The vote, the score and what may be decided on them, with what each outcome waits for."""
    bid = _papers_of(reference)
    steps = [o for o in open_steps(bid, me(), now()) if o.step.name in DECISIONS]
    if not steps:
        return redirect(url_for("panel.bid_panel", reference=reference))
    item = bid.open_item
    facts = pages.decision_facts(item, now()) if item else {}
    return render_template("panel/decide.html", bid=bid, steps=steps, item_is_open=bool(item),
                           **facts)  # fmt: skip


@rooms.route("/bids/<reference>/steps/approve", methods=["GET", "POST"])
@access(SIGNED_IN)
def approve(reference: str) -> Any:
    bid = _papers_of(reference)
    form = ApproveForm.on(bid, data={"amount": _suggested(bid), "conditions": _conditions(bid)})
    form.expect_departure(_departs(bid, Choice.FUND))
    reply_by = add_working_days(london_date(now()), bid.fund.offer_days)
    return step_page(
        bid, "approve", form,
        lambda: operations.approve(
            bid, form.amount.data or 0, conditions=form.conditions.data or "",
            reasons=form.reasons.data, equality_note=form.equality_note.data,
            departure=form.departure_text, version=form.version.data, user=me(), now=now()),
        explain=(f"The school is offered this amount and can reply until {reply_by:%-d %B %Y}. "
                 "The money is reserved at once; the school, its partners and finance are told.",),
        done="The offer is out and its money is reserved. The school is being told.",
        template="panel/decision.html", **_facts(bid),
    )  # fmt: skip


@rooms.route("/bids/<reference>/steps/decline", methods=["GET", "POST"])
@access(SIGNED_IN)
def decline(reference: str) -> Any:
    bid = _papers_of(reference)
    form = DecisionForm.on(bid)
    form.expect_departure(_departs(bid, Choice.DO_NOT_FUND))
    return step_page(
        bid, "decline", form,
        lambda: operations.decline(
            bid, reasons=form.reasons.data, equality_note=form.equality_note.data,
            departure=form.departure_text, version=form.version.data, user=me(), now=now()),
        explain=(f"The school is told, with the reasons, and has {bid.fund.review_days} working "
                 "days to ask for a review.",),
        done="The decision is recorded. The school is being told.",
        template="panel/decision.html", **_facts(bid),
    )  # fmt: skip


@rooms.route("/bids/<reference>/steps/defer", methods=["GET", "POST"])
@access(SIGNED_IN)
def defer(reference: str) -> Any:
    bid = _papers_of(reference)
    form = DeferForm.on(bid)
    return step_page(
        bid, "defer", form,
        lambda: operations.defer(bid, form.question.data, version=form.version.data, user=me(),
                                 now=now()),
        explain=("The school answers, then the officer brings the bid back to a meeting. A bid can "
                 "be deferred twice.",),
        done="The bid is deferred. The school is being asked.",
        template="panel/decision.html", **_facts(bid),
    )  # fmt: skip


@rooms.route("/bids/<reference>/steps/undo-decision", methods=["GET", "POST"])
@access(SIGNED_IN)
def undo_decision(reference: str) -> Any:
    bid = _papers_of(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid, "undo_decision", form,
        lambda: operations.undo_decision(bid, form.reason.data, version=form.version.data,
                                         user=me(), now=now()),
        explain=("The decision is kept, marked as undone, with your reason. An offer that is out "
                 "ends, and its money is free again.",
                 "The bid goes back to the panel’s agenda, with its votes, to be decided anew. The "
                 "school, the officer and finance are told."),
        done="The decision is undone and the item is open again. The school is being told.",
    )  # fmt: skip


@rooms.route("/bids/<reference>/steps/renew-offer", methods=["GET", "POST"])
@access(SIGNED_IN)
def renew_offer(reference: str) -> Any:
    bid = _papers_of(reference)
    form = ReasonForm.on(bid)
    pence = bid.offer.pence if bid.offers else 0
    reply_by = add_working_days(london_date(now()), bid.fund.offer_days)
    return step_page(
        bid, "renew_offer", form,
        lambda: operations.renew_offer(bid, form.reason.data, version=form.version.data, user=me(),
                                       now=now()),
        explain=(f"The school is offered {pounds(pence)} again and can reply until "
                 f"{reply_by:%-d %B %Y}. The money is reserved at once.",),
        done="The offer is out again. The school is being told.",
    )  # fmt: skip


def _papers_of(reference: str) -> Bid:
    """A bid whose papers this person may see; else 404, whatever else they may see of it."""
    bid = visible_bid(reference)
    return bid if sees_review(me(), bid, now()) else abort(404)


def _item(bid: Bid) -> AgendaItem | None:
    return bid.open_item or bid.latest_item


def _facts(bid: Bid) -> dict[str, Any]:
    item = _item(bid)
    return pages.decision_facts(item, now()) if item else {"item": None, "limit": None, "free": 0}


def _departs(bid: Bid, wanted: Choice) -> str | None:
    item = _item(bid)
    return operations.why_departs(item, wanted, now()) if item else None


def _suggested(bid: Bid) -> int:
    """What the officer recommended, up to what was asked for; else what was asked for."""
    recommended = bid.review.recommended_pence if bid.review else None
    return min(recommended or bid.requested_pence, bid.requested_pence)


def _conditions(bid: Bid) -> str:
    return bid.review.conditions if bid.review else ""
