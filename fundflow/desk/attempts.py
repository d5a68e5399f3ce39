"""The bids before and after one that was tried again, as a bid's front page tells of them."""

from datetime import datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.attempts import TRIED, attempt_words, next_attempt
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.permissions import sees_review, visible_to
from fundflow.workflow.working_days import london_date


class Attempt(NamedTuple):
    """Another attempt in words; `reference` is empty where the reader may not open it."""

    words: str
    reference: str


def attempts_of(bid: Bid, user: User, now: datetime) -> list[Attempt]:
    """What the school, the officer and the panel are told of a bid's other attempts."""
    return _before(bid, user, now) + _after(bid, user, now)


def _before(bid: Bid, user: User, now: datetime) -> list[Attempt]:
    before = bid.resubmits if bid.resubmits_id else None
    if before is None or not _concerns(before, user, now):
        return []
    seen = _sees(before, user, now)
    return [Attempt(f"{attempt_words(before)}.", before.reference if seen else "")]


def _after(bid: Bid, user: User, now: datetime) -> list[Attempt]:
    """A draft is told of to its own school alone, as every draft is."""
    tried = bid.state in TRIED and _concerns(bid, user, now)
    after = next_attempt(bid) if tried else None
    if after is None or not _sees(after, user, now):
        return []
    return [Attempt(f"Tried again as {after.reference}.", after.reference)]


def _concerns(bid: Bid, user: User, now: datetime) -> bool:
    ours = bid.lead_school_id in user.school_ids(london_date(now))
    return ours or sees_review(user, bid, now)


def _sees(bid: Bid, user: User, now: datetime) -> bool:
    return db.session.scalar(visible_to(user, now).where(Bid.id == bid.id)) is not None
