"""Whose follow-up somebody sees, and where its pages lead back to."""

from flask import abort, url_for

from fundflow.impact_readers import sees_follow_up
from fundflow.models.bid import Bid
from fundflow.permissions import sees_money
from fundflow.web.access import me, now
from fundflow.web.bids import visible_bid

BACK = "Back to follow-up"


def followed_bid(reference: str) -> Bid:
    """A bid for its school and for who sees its money for the council; else 404."""
    bid = visible_bid(reference)
    return bid if sees_money(me(), bid, now()) else abort(404)


def visited_bid(reference: str) -> Bid:
    """The same, also for people of another school of the bid that is visited, who see their visits alone."""
    bid = visible_bid(reference)
    return bid if sees_follow_up(me(), bid, now()) else abort(404)


def follow_up_tab(bid: Bid) -> str:
    return url_for("impact.bid_follow_up", reference=bid.reference)
