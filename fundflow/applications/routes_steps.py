"""The steps a school takes on its bid, each on a page of its own."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow.applications import offers, operations, queries
from fundflow.applications.forms import AcceptForm, AnswerForm, GroundsForm
from fundflow.applications.routes import rooms
from fundflow.applications.routes_form import show_check
from fundflow.models.bid import Bid
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid
from fundflow.web.forms import AgreementForm, ReasonForm, carried_out
from fundflow.web.step_pages import step_page
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused

STEPS = "/bids/<reference>/steps"


@rooms.route(STEPS + "/submit", methods=["GET", "POST"])
@access(SIGNED_IN)
def submit(reference: str) -> Any:
    """The button is on the page of check answers."""
    return _send(visible_bid(reference), operations.submit)


@rooms.route(STEPS + "/resubmit", methods=["GET", "POST"])
@access(SIGNED_IN)
def resubmit(reference: str) -> Any:
    return _send(visible_bid(reference), operations.resubmit)


def _send(bid: Bid, act: Callable[..., None]) -> Any:
    form = AgreementForm.on(bid)
    if not form.is_submitted():
        return redirect(url_for("applications.check", reference=bid.reference))
    if form.validate() and carried_out(
        form,
        lambda: act(bid, agreement=form.agreement.data, user=me(), now=now(), version=form.version.data),
        bid,
    ):
        return redirect(url_for("applications.submitted", reference=bid.reference))
    if not queries.leads(me(), bid, now()):
        raise Refused(form.problem or "Only the school that leads the bid can do this.")
    return show_check(bid, form)


@rooms.route(STEPS + "/withdraw", methods=["GET", "POST"])
@access(SIGNED_IN)
def withdraw(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid,
        "withdraw",
        form,
        lambda: operations.withdraw(
            bid, reason=form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        explain=(
            "The bid stops here. Nobody will look at it further.",
            "If it was submitted before, the liaison officer can reinstate it as you last sent it. "
            "What you changed since without sending it is put back.",
        ),
        done="The bid is withdrawn. The people concerned are being told.",
    )


@rooms.route(STEPS + "/answer-panel", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer_panel(reference: str) -> Any:
    bid = visible_bid(reference)
    form = AnswerForm.on(bid)
    return step_page(
        bid,
        "answer_panel",
        form,
        lambda: operations.answer_panel(
            bid, answer=form.answer.data, user=me(), now=now(), version=form.version.data
        ),
        explain=(f"The panel asks: {bid.panel_question}",),
        done="Your answer is sent. The liaison officer takes the bid back to the panel.",
    )


@rooms.route(STEPS + "/accept-offer", methods=["GET", "POST"])
@access(SIGNED_IN)
def accept_offer(reference: str) -> Any:
    bid = visible_bid(reference)
    form = AcceptForm.on(bid)
    offer = bid.offers[-1] if bid.offers else None
    return step_page(
        bid,
        "accept_offer",
        form,
        lambda: offers.accept_offer(
            bid, agreement=form.agreement.data, user=me(), now=now(), version=form.version.data
        ),
        done="You accepted the offer. The people concerned are being told.",
        template="applications/accept.html",
        offer=offer,
        advance=offers.advance_pence(bid.fund, offer.pence) if offer else 0,
    )


@rooms.route(STEPS + "/turn-down-offer", methods=["GET", "POST"])
@access(SIGNED_IN)
def turn_down_offer(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid,
        "turn_down_offer",
        form,
        lambda: offers.turn_down_offer(
            bid, reason=form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        explain=("The money goes back into the fund, for other schools.",),
        done="You turned the offer down. The people concerned are being told.",
    )


@rooms.route("/bids/<reference>/ask-for-review", methods=["GET", "POST"])
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
    return render_template(
        "step.html",
        bid=bid,
        form=form,
        heading="Ask for a review",
        button="Ask for a review",
        warning=False,
        explain=(
            "A manager of the council who took no part in the decision will look at it.",
            f"You can ask until {day_words(queries.review_until(bid))}.",
        ),
    ), form.status
