"""Decisions: what may be decided, each outcome's page; and a bid's panel tab. Corrections stand in
`correcting`, the letters to read over in `letters_over`."""

from typing import Any

from flask import redirect, render_template, url_for

from fundflow.interests.late import why_not_settle
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem
from fundflow.panel import pages, queries
from fundflow.panel.blueprint import blueprint
from fundflow.panel.decisions import pages as decision_pages
from fundflow.panel.decisions.forms import ApproveForm, DeclineBidForm, conditions_data
from fundflow.panel.operations import deciding, decisions, letters_over
from fundflow.panel.scores.queries import sees_scores, shown_total
from fundflow.permissions import sees_review
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import closed, visible_bid
from fundflow.workflow.date_words import day_words
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import add_working_days, london_date

DECISIONS = ("approve", "decline", "defer")


@blueprint.route("/bids/<reference>/panel")
@access(SIGNED_IN)
def bid_panel(reference: str) -> str:
    """Everything the panel did with a bid."""
    bid = papers_of(reference)
    user, at = me(), now()
    items = [
        (item, queries.shown_votes(user, item, at), shown_total(user, item, at))
        for item in queries.items_of(bid, at)
    ]
    cards = decision_pages.cards(bid, user, at)
    return bid_page(
        "panel/bid_panel.html",
        bid,
        items=items,
        cards=cards,
        offers=bid.offers[::-1],
        declarations=bid.declarations,
        may_settle={
            late.id for card in cards for late in card.late if why_not_settle(late, user, at) is None
        },
        may_read_over=bool(bid.decision_held_until) and not letters_over.why_not_read_over(bid, user, at),
        place=url_for("panel.item", meeting_id=items[0][0].meeting_id, item_id=items[0][0].id)
        if items and pages.may_enter(user, at)
        else None,
    )


@blueprint.route("/bids/<reference>/decide")
@access(SIGNED_IN)
def decide(reference: str) -> Any:
    """The vote, the score and what may be decided on them, with what each outcome waits for."""
    bid = papers_of(reference)
    steps = BID_STEPS.links(bid, DECISIONS)
    if not steps:
        return redirect(url_for("panel.bid_panel", reference=reference))
    item = bid.open_item
    return render_template("panel/decide.html", bid=bid, steps=steps, item_is_open=bool(item), **facts(bid))


@BID_STEPS.own(blueprint, "approve")
def approve(reference: str) -> Any:
    bid = papers_of(reference)
    form = _approve_form(bid)
    return BID_STEPS.page(
        bid,
        "approve",
        form,
        lambda: decisions.approve(
            bid,
            form.amount.data or 0,
            conditions=form.conditions,
            feedback=form.feedback,
            reasons=form.reasons.data or "",
            equality_note=form.equality_note.data or "",
            departure=form.departure_text,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        explain=(decision_pages.reply_words(bid, now(), deciding.letters_due_on(bid, now())),),
        done=_done(bid, "approve"),
        about_to=lambda: decision_pages.about_to_reserve(bid, form.amount.data or 0, now()),
        template="panel/decision.html",
        **decision_context(bid),
    )


@BID_STEPS.own(blueprint, "decline")
def decline(reference: str) -> Any:
    bid = papers_of(reference)
    form = _decline_form(bid)
    return BID_STEPS.page(
        bid,
        "decline",
        form,
        lambda: decisions.decline(
            bid,
            reasons=form.reasons.data or "",
            equality_note=form.equality_note.data or "",
            feedback=form.feedback,
            departure=form.departure_text,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        done=_done(bid, "decline"),
        template="panel/decision.html",
        **decision_context(bid),
    )


def papers_of(reference: str) -> Bid:
    """A bid whose papers this person may see; else 404, whatever else they may see of it."""
    bid = visible_bid(reference, lists=queries.PAPERS)
    return bid if sees_review(me(), bid, now()) else closed(bid)


def facts(bid: Bid) -> dict[str, Any]:
    """What the decision maker sees on every page of a decision."""
    item, at = _item(bid), now()
    if item is None:
        return {"item": None, "limit": None, "free": 0, "said": {}, "too_little": ""}
    return {
        **pages.decision_facts(item, at),
        "who_decides": decision_pages.who_decides(bid),
        "too_little": decision_pages.too_little(item, at) if item.is_open else "",
        "said": decision_pages.members_reasons(item, me(), at),
    }


def decision_context(bid: Bid) -> dict[str, Any]:
    """What the page of a decision needs: its facts, and where it leads back to."""
    return {
        **facts(bid),
        "back": url_for("panel.decide", reference=bid.reference),
        "back_text": "Back to the decision",
    }


def _approve_form(bid: Bid) -> ApproveForm:
    item, at = _item(bid), now()
    if item is None:
        return ApproveForm.on(bid)
    asked = conditions_data(decision_pages.suggested_conditions(bid, at))
    form = ApproveForm.by(item.rules).on(bid, data={"amount": item.voted_pence, **asked})
    form.bid, form.limits = bid, decision_pages.limits(item, at)
    form.departs_with = lambda pence: deciding.why_departs(item, Choice.FUND, at, pence)
    form.expect_departure(  # funding for less may not depart
        form.departs_with(bid.requested_pence), told=sees_scores(me(), item, at)
    )
    return form


def _decline_form(bid: Bid) -> DeclineBidForm:
    item = _item(bid)
    if item is None:
        return DeclineBidForm.on(bid)
    form = DeclineBidForm.by(item.rules).on(bid)
    departs = deciding.why_departs(item, Choice.DO_NOT_FUND, now())
    form.expect_departure(departs, told=sees_scores(me(), item, now()))
    return form


def _done(bid: Bid, step: str) -> str:
    what = BID_STEPS.done(bid, step)
    if bid.fund.holds_decision_letters:
        return f"{what} The letters wait for the officer to check them."
    return f"{what} The school is being told."


def _item(bid: Bid) -> AgendaItem | None:
    return bid.open_item or bid.latest_item


def _who_is_told(bid: Bid) -> tuple[str, ...]:
    told = (
        "The officer and finance are told; the school knows of no decision yet."
        if bid.decision_held_until
        else "The school, the officer and finance are told."
    )
    return (f"The bid goes back to the panel’s agenda, with its votes, to be decided again. {told}",)


def _offered_again(bid: Bid) -> tuple[str, ...]:
    pence = bid.offer.pence if bid.offers else 0
    reply_by = add_working_days(london_date(now()), bid.fund.offer_days, bid.fund.schools_off)
    return (
        f"The school is offered {pounds(pence)} again and can reply until {day_words(reply_by)}. "
        "The money is reserved at once.",
    )


BID_STEPS.add(
    blueprint,
    "defer",
    decisions.defer,
    load=papers_of,
    template="panel/decision.html",
    context=decision_context,
)
BID_STEPS.add(blueprint, "undo_decision", decisions.undo_decision, load=papers_of, explain=_who_is_told)
BID_STEPS.add(blueprint, "renew_offer", decisions.renew_offer, load=papers_of, explain=_offered_again)
