"""The frame around every page of a bid: heading, status, the five stages, tabs."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, url_for
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.impact_readers import sees_follow_up
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.review import Submission
from fundflow.permissions import (
    AWARDED_STATES,
    is_open_to_school,
    reads_council_words,
    sees_conditions,
    sees_days,
    sees_money,
    sees_notes,
    sees_review,
)
from fundflow.rules.follow_ups import FOLLOWED_IN
from fundflow.rules.interests.bars import bar_of
from fundflow.web.access import me, now
from fundflow.workflow.application import BidState, Stage
from fundflow.workflow.working_days import london_date


class Tab(NamedTuple):
    name: str
    endpoint: str
    shown_to: Callable[[User, Bid, datetime], bool]


def _everybody(_user: User, _bid: Bid, _now: datetime) -> bool:
    return True


def _has_conditions(user: User, bid: Bid, now: datetime) -> bool:
    """Shown where there are any, from the offer on."""
    offered = bid.state in AWARDED_STATES
    return offered and sees_conditions(user, bid, now) and bool(bid.award_conditions)


def _is_followed(user: User, bid: Bid, now: datetime) -> bool:
    """Shown from the acceptance of the offer on."""
    return bid.state in FOLLOWED_IN and sees_follow_up(user, bid, now)


TABS = (
    Tab("Overview", "desk.bid", _everybody),
    Tab("Application", "applications.application", _everybody),
    Tab("Review", "review.review", sees_review),
    Tab("Notes", "review.notes", sees_notes),
    Tab("Panel", "panel.bid_panel", sees_review),
    Tab("Conditions", "panel.bid_conditions", _has_conditions),
    Tab("Days and costs", "payments.bid_days", sees_days),
    Tab("Money", "payments.bid_money", sees_money),
    Tab("Impact", "impact.bid_impact", _everybody),
    Tab("Follow-up", "impact.bid_follow_up", _is_followed),
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
        bid_heading=heading(bid, user, at),
        for_staff=reads_council_words(user, at) and bar_of(bid, user, at) is None,
        stages=stages(bid),
        tabs=[
            (tab.name, url_for(tab.endpoint, reference=bid.reference), tab.endpoint)
            for tab in TABS
            if tab.shown_to(user, bid, at)
        ],
        **context,
    )


class Heading(NamedTuple):
    """The bid's title, and the names of the schools beside the one that leads."""

    title: str
    others: list[str]


def heading(bid: Bid, user: User, at: datetime) -> Heading:
    """What stands above every page of the bid; what was sent last, for anyone who must not see yet what
    its school is changing."""
    ours = bid.lead_school_id in user.school_ids(london_date(at))
    if bid.submitted_at and is_open_to_school(bid) and not ours:
        query = select(Submission.answers).where(Submission.bid_id == bid.id)
        sent = db.session.scalar(query.order_by(Submission.number.desc()).limit(1))
        if sent is not None:
            sections = json.loads(sent)["sections"]
            others = [row["school"]["name"] for row in sections["schools"]["rows"]["schools"]]
            return Heading(sections["about"]["answers"]["title"], others)
    return Heading(bid.title, [partner.school.name for partner in bid.partners if partner.takes_part])


def stages(bid: Bid) -> list[dict[str, str]]:
    """The five stages, each `done`, `now` or `later`."""
    order = list(Stage)
    here = order.index(bid.state.stage)
    finished = bid.state in DONE_AFTER
    return [
        {"name": stage.value, "when": "done" if n < here or finished else "now" if n == here else "later"}
        for n, stage in enumerate(order)
    ]
