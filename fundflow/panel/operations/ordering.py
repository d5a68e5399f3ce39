"""Ordering an agenda so that people leave and come back least often."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.panel.operations.common import require_meeting_clerk
from fundflow.rules.interests.bars import bar_on
from fundflow.rules.panel.order import calmest_order, comings_and_goings
from fundflow.rules.panel.sittings import load_sittings, seats_of
from fundflow.steps import lock
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


class CalmOrder(NamedTuple):
    """The order with the fewest comings and goings, beside today's.

    items      those that the meeting is still to take, in the new order
    now, then  how often somebody leaves or comes back, in today's order and in the new one
    """

    items: Sequence[AgendaItem]
    now: int
    then: int

    @property
    def is_calmer(self) -> bool:
        return self.then < self.now


def calm_order(meeting: Meeting, now: datetime) -> CalmOrder:
    """The items that the meeting is to take, in the order in which fewest members leave and come back.

    Members count, not their substitutes. What is voted on by email keeps its place.
    """
    items = [item for item in meeting.undecided_items() if item.email_vote_until is None]
    load_sittings(items, now)
    barred = [_barred_from(item, now) for item in items]
    order = calmest_order(barred)
    then = comings_and_goings(barred[index] for index in order)
    return CalmOrder([items[index] for index in order], comings_and_goings(barred), then)


def _barred_from(item: AgendaItem, now: datetime) -> frozenset[int]:
    """Ids of the members' seats that take no part in an item on the day of its meeting."""
    day = max(london_date(now), london_date(item.meeting.starts_at))
    members = (seat for seat in seats_of(item, now) if seat.stands_in_for_id is None)
    return frozenset(seat.id for seat in members if bar_on(item.bid, seat.user, day))


def order_calmly(meeting: Meeting, *, version: int | None, user: User, now: datetime) -> None:
    """Put the agenda in the order of `calm_order`, until the meeting starts; `version` is the meeting's."""
    lock(meeting, version)
    db.session.expire_all()
    require_meeting_clerk(meeting, user, now)
    if not meeting.takes_bids:
        raise Refused("The meeting has started or is over. Move items one by one instead.")
    order = calm_order(meeting, now)
    if not order.is_calmer:
        raise Refused("In no other order do fewer people leave and come back.")
    places = sorted(item.position for item in order.items)
    for item in order.items:
        item.position = -item.position  # positions are unique, so all step aside first
    db.session.flush()
    for place, item in zip(places, order.items, strict=True):
        item.position = place
    meeting.touch()
    db.session.commit()
