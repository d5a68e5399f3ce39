"""The officer's steps later in a bid's life, hand-overs, and requests for a review."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow.models.bid import Bid
from fundflow.models.review import ReviewRequest
from fundflow.permissions import is_staff
from fundflow.review import operations, rules
from fundflow.review.forms import HandOverForm, StopForm
from fundflow.review.queries import unbarred_officers
from fundflow.review.routes import rooms
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import Form, ReasonForm, carried_out
from fundflow.web.step_pages import step_page
from fundflow.workflow.engine import Refused


@rooms.route("/bids/<reference>/steps/reinstate", methods=["GET", "POST"])
@access(SIGNED_IN)
def reinstate(reference: str) -> Any:
    return _with_reason(
        reference,
        "reinstate",
        operations.reinstate,
        "The bid goes back to review as it was submitted.",
        "The bid is being reviewed again. The school is being told.",
    )


@rooms.route("/bids/<reference>/steps/suspend", methods=["GET", "POST"])
@access(SIGNED_IN)
def suspend(reference: str) -> Any:
    return _with_reason(
        reference,
        "suspend",
        operations.suspend,
        "The school can’t claim while payments are paused. It is told your reason.",
        "Payments are paused. The school, the provider and finance are being told.",
    )


@rooms.route("/bids/<reference>/steps/resume", methods=["GET", "POST"])
@access(SIGNED_IN)
def resume(reference: str) -> Any:
    return _with_reason(
        reference,
        "resume",
        operations.resume,
        "The school can claim again.",
        "Payments go on. The school, the provider and finance are being told.",
    )


@rooms.route("/bids/<reference>/steps/uphold-review", methods=["GET", "POST"])
@access(SIGNED_IN)
def uphold_review(reference: str) -> Any:
    return _with_reason(
        reference,
        "uphold_review",
        operations.uphold_review,
        "The bid is reviewed again. The school and the officer read your reason.",
        "The request is upheld. The school and the officer are being told.",
        template="review/uphold_review.html",
    )


def _with_reason(
    reference: str,
    step: str,
    act: Callable[..., None],
    explain: str,
    done: str,
    template: str = "step.html",
) -> Any:
    """The page of a step that asks for a reason alone."""
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid,
        step,
        form,
        lambda: act(bid, form.reason.data, user=me(), now=now(), version=form.version.data),
        explain=(explain,),
        done=done,
        template=template,
    )


@rooms.route("/bids/<reference>/reviews/<id:number>/dismiss", methods=["GET", "POST"])
@access(SIGNED_IN)
def dismiss_review(reference: str, number: int) -> Any:
    bid = visible_bid(reference)
    asked = visible_part(ReviewRequest, number, bid)
    form = ReasonForm.on(bid)
    return act_page(
        bid,
        form,
        rules.why_not_hear(bid, me(), now()),
        lambda: operations.dismiss_review(
            asked, form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        heading="Do not uphold the school’s request",
        grounds=asked.grounds,
        explain=("The decision stands. The school is told your reason.",),
        done="The decision stands. The school is being told.",
    )


@rooms.route("/bids/<reference>/ask-termination", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask_termination(reference: str) -> Any:
    bid = visible_bid(reference)
    form = StopForm.on(bid)
    return act_page(
        bid,
        form,
        rules.why_not_ask_to_stop(bid, me(), now()),
        lambda: operations.ask_termination(
            bid, form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        heading="Ask for the funding to be stopped",
        explain=(
            "Whoever decides for the fund is asked to stop this funding. Until they do, "
            "nothing changes for the school.",
        ),
        done="The decision maker is being asked.",
    )


@rooms.route("/bids/<reference>/assign", methods=["GET", "POST"])
@access(SIGNED_IN)
def assign(reference: str) -> Any:
    bid = visible_bid(reference)
    form = HandOverForm.among(bid, unbarred_officers(bid, now()))
    return act_page(
        bid,
        form,
        rules.why_not_hand_over(bid, me(), now()),
        lambda: operations.hand_over(bid, form.officer_id, user=me(), now=now(), version=form.version.data),
        heading="Hand the bid to another officer",
        explain=(f"The bid is with {bid.officer_name or 'nobody'} now. The new officer is told.",),
        done="The bid is handed over. The new officer is being told.",
    )


def act_page(
    bid: Bid,
    form: Form,
    why_not: str | None,
    act: Callable[[], None],
    *,
    heading: str,
    explain: tuple[str, ...],
    done: str,
    **context: Any,
) -> Any:
    """The page of an act that is no step; refused (409) before the form is shown, where it must.

    Schools are refused when it is sent too: the form names officers, or holds a school's grounds.
    """
    if why_not and not (form.is_submitted() and is_staff(me(), now())):
        raise Refused(why_not)
    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(done, "success")
        return redirect(url_for("desk.bid", reference=bid.reference))
    page = render_template(
        "review/act.html",
        bid=bid,
        form=form,
        heading=heading,
        button=heading,
        warning=False,
        explain=explain,
        **context,
    )
    return page, form.status
