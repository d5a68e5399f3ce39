"""A decision is corrected in one act; and the decision maker says whether it stands when an interest was
found late."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.extensions import db
from fundflow.interests.late import let_stand, why_not_settle
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, LateInterest
from fundflow.panel import queries
from fundflow.panel.blueprint import blueprint
from fundflow.panel.decisions import pages as decision_pages
from fundflow.panel.decisions.forms import (
    CorrectOfferForm,
    CorrectRefusalForm,
    StandsForm,
    conditions_data,
    feedback_data,
)
from fundflow.panel.operations import correcting, deciding
from fundflow.panel.routes.decisions import facts, papers_of
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.forms import carried_out


@BID_STEPS.own(blueprint, "correct_decision")
def correct_decision(reference: str) -> Any:
    """Another amount, conditions, reasons or feedback; not another outcome."""
    bid = papers_of(reference)
    wrong = queries.standing_decision(bid)
    if wrong is not None and wrong.pence is not None:
        return _correct_offer(bid, wrong)
    return _correct_refusal(bid, wrong)


def _correct_offer(bid: Bid, wrong: Decision) -> Any:
    form, at = CorrectOfferForm.on(bid, data=_offer_data(wrong)), now()
    form.bid = bid
    form.limits = decision_pages.limits(wrong.item, at, reserved=wrong.pence or 0)
    form.departs_with = lambda pence: correcting.why_correction_departs(wrong, pence)
    form.expect_departure(form.departs_with(bid.requested_pence))
    return BID_STEPS.page(
        bid,
        "correct_decision",
        form,
        lambda: correcting.correct_offer(
            bid,
            form.amount.data or 0,
            conditions=form.conditions,
            reasons=form.reasons.data or "",
            reason=form.reason.data or "",
            departure=form.departure_text,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        explain=(
            _letters(bid),
            "What was reserved is free again, and the new amount is reserved. "
            + decision_pages.reply_words(bid, at, _held(bid)),
        ),
        about_to=lambda: decision_pages.about_to_correct(bid, wrong.pence or 0, form.amount.data or 0),
        template="panel/decision.html",
        wrong=wrong,
        back=url_for("panel.bid_panel", reference=bid.reference),
        **facts(bid),
    )


def _correct_refusal(bid: Bid, wrong: Decision | None) -> Any:
    if wrong is None:
        form = CorrectRefusalForm.on(bid)
    else:
        data = {"reasons": wrong.told_reasons, **feedback_data(wrong)}
        form = CorrectRefusalForm.by(wrong.item.rules).on(bid, data=data)
    return BID_STEPS.page(
        bid,
        "correct_decision",
        form,
        lambda: correcting.correct_refusal(
            bid,
            reasons=form.reasons.data or "",
            reason=form.reason.data or "",
            feedback=form.feedback,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        explain=(_letters(bid),),
        template="panel/decision.html",
        wrong=wrong,
        back=url_for("panel.bid_panel", reference=bid.reference),
        **facts(bid),
    )


def _offer_data(wrong: Decision) -> dict[str, Any]:
    return {
        "amount": wrong.pence,
        "reasons": wrong.told_reasons,
        **conditions_data(decision_pages.conditions_of(wrong)),
    }


def _held(bid: Bid) -> Any:
    return bid.decision_held_until or deciding.letters_due_on(bid, now())


def _letters(bid: Bid) -> str:
    if bid.decision_held_until:
        return (
            "The first letter has not gone, and never will. The school hears of the corrected decision only."
        )
    if bid.fund.holds_decision_letters:
        return "A new letter is held for the officer to check, then goes to the school."
    return "The school gets a new letter."


@blueprint.route("/bids/<reference>/late-interests/<id:number>", methods=["GET", "POST"])
@access(SIGNED_IN)
def late_interest(reference: str, number: int) -> Any:
    """Does the decision still stand, although an interest was found after it?"""
    bid = papers_of(reference)
    late = _late_interest(bid, number)
    form = StandsForm.on(bid)
    why_not = why_not_settle(late, me(), now())
    if why_not and not form.is_submitted():
        return redirect(url_for("panel.bid_panel", reference=reference))
    if form.validate_on_submit() and carried_out(
        form, lambda: let_stand(late, form.reason.data or "", user=me(), now=now()), bid
    ):
        flash("The decision stands.", "success")
        return redirect(url_for("panel.bid_panel", reference=reference))
    return render_template("panel/late_interest.html", bid=bid, late=late, form=form), form.status


def _late_interest(bid: Bid, number: int) -> LateInterest:
    late = db.session.get(LateInterest, number)
    return late if late is not None and late.decision.bid_id == bid.id else abort(404)
