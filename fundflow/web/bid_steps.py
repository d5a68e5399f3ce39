"""The pages of a bid's steps, and of small forms about a bid that are no step."""

from typing import Any

from flask import Blueprint, render_template, url_for

from fundflow.models.bid import Bid
from fundflow.web.bids import visible_bid
from fundflow.web.forms import Form
from fundflow.web.step_pages import StepPages
from fundflow.workflow.application import APPLICATION

blueprint = Blueprint("bid_steps", __name__)


def front_page(bid: Bid) -> str:
    """Where small pages about a bid lead back to."""
    return url_for("desk.bid", reference=bid.reference)


def bid_caption(bid: Bid) -> str:
    """The line above the heading of a small page about a bid."""
    return f"{bid.reference} · {bid.lead_school.name}"


BID_STEPS = StepPages(
    APPLICATION,
    path="/bids/<reference>/steps",
    load=visible_bid,
    parts=lambda bid: {"reference": bid.reference},
    back=front_page,
    back_text="Back to the bid",
    caption=bid_caption,
)


def bid_form_page(
    bid: Bid,
    form: Form,
    *,
    heading: str,
    explain: tuple[str, ...] = (),
    button: str = "",
    warning: bool = False,
    template: str = "step.html",
    **context: Any,
) -> tuple[str, int]:
    """A small form about a bid, on the page that steps have."""
    page = render_template(
        template,
        bid=bid,
        form=form,
        heading=heading,
        button=button or heading,
        warning=warning,
        explain=explain,
        **{"caption": bid_caption(bid), "back": front_page(bid), "back_text": "Back to the bid", **context},
    )
    return page, form.status


def add_rest() -> None:
    """Steps that no room registered get their page here, once every room is imported."""
    BID_STEPS.add_rest(blueprint, but=("enter_award",))  # which confirming an opening takes
