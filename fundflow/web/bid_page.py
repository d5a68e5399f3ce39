"""The frame around every page of a bid: heading, status, the five stages, tabs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, url_for

from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.permissions import is_staff, sees_money, sees_notes, sees_review
from fundflow.web.access import me, now
from fundflow.workflow.application import BidState, Stage


class Tab(NamedTuple):
    name: str
    endpoint: str
    shown_to: Callable[[User, Bid, datetime], bool]


def _everybody(_user: User, _bid: Bid, _now: datetime) -> bool:
    return True


TABS = (
    Tab("Overview", "desk.bid", _everybody),
    Tab("Application", "applications.application", _everybody),
    Tab("Review", "review.review", sees_review),
    Tab("Notes", "review.notes", sees_notes),
    Tab("Panel", "panel.bid_panel", sees_review),
    Tab("Money", "payments.bid_money", sees_money),
    Tab("Impact", "impact.bid_impact", _everybody),
    Tab("History", "desk.history", _everybody),
    Tab("Letters", "letters_pages.bid_letters", _everybody),
)

DONE_AFTER = (BidState.CLOSED,)


def bid_page(template: str, bid: Bid, **context: Any) -> str:
    """Render a page of a bid (a template that extends `bid_base.html`)."""
    user, at = me(), now()
    return render_template(
        template,
        bid=bid,
        for_staff=is_staff(user, at) and bid.why_barred(user, at) is None,
        stages=stages(bid),
        tabs=[(tab.name, url_for(tab.endpoint, reference=bid.reference), tab.endpoint)
              for tab in TABS if tab.shown_to(user, bid, at)],
        **context,
    )  # fmt: skip


def stages(bid: Bid) -> list[dict[str, str]]:
    """The five stages, each `done`, `now` or `later`."""
    order = list(Stage)
    here = order.index(bid.state.stage)
    finished = bid.state in DONE_AFTER
    return [
        {"name": stage.value,
         "when": "done" if n < here or finished else "now" if n == here else "later"}
        for n, stage in enumerate(order)
    ]  # fmt: skip


def step_url(name: str, reference: str) -> str:
    """The page on which a step of the application is taken; every room keeps to this address."""
    return f"/bids/{reference}/steps/{name.replace('_', '-')}"
