"""What a member reads who waits outside a running meeting: which item goes on, and when to come back.

Of an item they take no part in, they learn its number and that it is being discussed, nothing else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.panel import AgendaItem, AttendanceEvent, ItemOutcome, Meeting, Vote
from fundflow.models.person import User
from fundflow.rules.interests.bars import bar_on
from fundflow.rules.panel.sittings import items_to_settle
from fundflow.workflow.working_days import london_date


class Wait(NamedTuple):
    """How a running meeting stands for one member.

    taken      the number of the item being discussed; None where none is left
    takes_part whether this member takes part in it
    back_for   the number of the next item they take part in; None where there is none
    """

    taken: int | None
    takes_part: bool
    back_for: int | None


def wait_of(meeting: Meeting, user: User, now: datetime) -> Wait:
    """What a member should do now: stay, wait until an item, or go. The meeting is in session."""
    listed = [item for item in meeting.items if item.outcome is not ItemOutcome.REMOVED]
    numbers = {item.id: number for number, item in enumerate(listed, start=1)}
    left = items_to_settle(meeting, now)
    if not left:
        return Wait(None, takes_part=False, back_for=None)
    bids = _bids_of(left)
    day = london_date(now)
    mine = {item.id for item in left if bar_on(bids[item.bid_id], user, day) is None}
    here = _taken_now(listed, left)
    at = left.index(here)
    later = [*left[at + 1 :], *left[:at]]  # what was left out comes last
    back = next((numbers[item.id] for item in later if item.id in mine), None)
    return Wait(numbers[here.id], takes_part=here.id in mine, back_for=back)


def _taken_now(listed: Sequence[AgendaItem], left: Sequence[AgendaItem]) -> AgendaItem:
    """The item on which the clerk recorded something last, since the last one ended; else the first left."""
    ended = max((item.outcome_at for item in listed if item.outcome_at), default=None)
    latest: dict[int, datetime] = {}
    for what in (AttendanceEvent, Vote):
        rows = db.session.execute(
            select(what.item_id, func.max(what.at))
            .where(what.item_id.in_([item.id for item in left]))
            .group_by(what.item_id)
        )
        for item_id, at in rows:
            if item_id is not None and (ended is None or at > ended):
                latest[item_id] = max(at, latest.get(item_id, at))
    touched = [item for item in left if item.id in latest]
    return max(touched, key=lambda item: latest[item.id], default=left[0])


def _bids_of(items: Sequence[AgendaItem]) -> dict[int, Bid]:
    """The bids by their ids, with what bars somebody from them, at once. The session alone keeps none."""
    found = db.session.scalars(
        select(Bid)
        .where(Bid.id.in_([item.bid_id for item in items]))
        .options(
            joinedload(Bid.lead_school),
            selectinload(Bid.partners),
            selectinload(Bid.declarations),
            selectinload(Bid.named_people),
        )
    )
    return {bid.id: bid for bid in found}
