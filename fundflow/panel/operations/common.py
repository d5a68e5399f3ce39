"""What the panel's operations share: holding an item, who may act, keeping a note."""

from datetime import datetime

from fundflow.models.panel import AgendaItem, Meeting, Presence
from fundflow.models.person import User
from fundflow.permissions import is_clerk
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.rules.panel.sittings import standings_of
from fundflow.steps import lock_and_refresh
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you

ONLY_CLERK = "Only the panel’s clerk can do this."


def lock_item(item: AgendaItem) -> None:
    """Lock the item's bid, and read everything about the item afresh under the lock.

    Members and clerks act at the same time, each on a field of their own, so no page's version is
    compared here; where overwriting matters the operation compares a stamp.
    """
    lock_and_refresh(item.bid)


def require_clerk(item: AgendaItem, user: User, now: datetime) -> None:
    """Raise Refused unless this person keeps the meetings of the fund and is not barred."""
    if not is_clerk(user, item.bid.fund_id, now):
        raise Refused(ONLY_CLERK)
    if bar := bar_of(item.bid, user, now):
        raise Refused(f"You can’t handle this item: {bar_to_you(bar)}.")


def require_meeting_clerk(meeting: Meeting, user: User, now: datetime) -> None:
    if not is_clerk(user, meeting.fund_id, now):
        raise Refused(ONLY_CLERK)


def require_open(item: AgendaItem) -> None:
    if not item.is_open:
        raise Refused("This item is no longer open: it was decided or taken off the agenda.")


def standing_of(item: AgendaItem, seat_id: int, now: datetime) -> ItemStanding:
    """How one member stands on an item; raises Refused for a seat that is not on the panel."""
    for standing in standings_of(item, now):
        if standing.seat.id == seat_id:
            return standing
    raise Refused("That person is not on this panel.")


def mark(item: AgendaItem, seat_id: int, present: bool, now: datetime) -> bool:
    """Keep whether a member is there for an item; answers whether that changed anything."""
    known = next((p for p in item.presences if p.seat_id == seat_id), None)
    if known is None:
        item.presences.append(Presence(seat_id=seat_id, present=present, changed_at=now))
        return True
    if known.present == present:
        return False
    known.present, known.changed_at = present, now
    return True
