"""A form to be sent several times at once, and what it must leave behind."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.workflow.application import BidState as S
from tests.concurrency.hall import Post, a_fund, right_now
from tests.factories import Make


class Case(NamedTuple):
    """A form, what it must leave behind (model, condition) exactly so many times, and whether the
    page's hidden fields are fetched first."""

    post: Post
    effects: tuple[tuple[Any, Any, int], ...]
    fetch: bool = False


Prepare = Callable[[Make], Case]


def steps(bid: Bid, name: str, count: int = 1) -> tuple[Any, Any, int]:
    return HistoryEntry, (HistoryEntry.bid_id == bid.id) & (HistoryEntry.step == name), count


def a_draft(make: Make) -> tuple[Bid, User]:
    head = make.member(lead := make.school())
    return make.bid(fund=a_fund(make), lead=lead, leader=head, now=right_now()), head


def led(make: Make, state: S) -> tuple[Bid, User]:
    """A bid in this state, and its school's head."""
    lead = make.school()
    head = make.member(lead)
    return make.bid(state=state, fund=a_fund(make), lead=lead, leader=head, now=right_now()), head
