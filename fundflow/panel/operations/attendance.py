"""Who is on the call, and who is there for which item. Every coming and going is kept.

Anyone who joins is there for every item that the panel is still to take, but for those they are barred
from; anyone who is barred from an item leaves when it is taken. Items that members vote on by email, or
that were carried already, stay as they are: who leaves later has voted all the same.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from fundflow.extensions import db
from fundflow.models.panel import AgendaItem, AttendanceEvent, Meeting
from fundflow.models.person import Seat, User
from fundflow.panel import queries
from fundflow.panel.meetings import call_queries
from fundflow.panel.operations.common import (
    lock_item,
    mark,
    require_clerk,
    require_meeting_clerk,
    require_open,
    standing_of,
)
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.sitting import ItemStanding, Sitting
from fundflow.rules.panel.sittings import is_carried, sitting_of, standings_of
from fundflow.steps import lock_and_refresh
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_of_them
from fundflow.workflow.meeting import MeetingState

STARTED = (MeetingState.IN_SESSION, MeetingState.CLOSED)


# -- the whole call -----------------------------------------------------------------------------


def record_call(meeting: Meeting, seat_id: int, *, present: bool, user: User, now: datetime) -> None:
    """Record that somebody joined the call, or left it. Raises Refused for a substitute whose member
    is there for every item they could sit on, and the other way round."""
    items = _held(meeting, user, now)
    seats = {seat.id: seat for seat in queries.members_on(meeting, now)}
    if seat_id not in seats:
        raise Refused("That person is not on this panel.")
    _come_or_go(meeting, items, [seats[seat_id]], present=present, user=user, now=now)
    db.session.commit()


def record_attendance(
    meeting: Meeting, present: Collection[int], was: Collection[int], *, user: User, now: datetime
) -> None:
    """Record who is on the call (ids of seats), several people at once.

    was  who was ticked when the page was made: only members whose tick changed are touched, so
         that somebody who left during one item stays away from it
    """
    items = _held(meeting, user, now)
    changed = [seat for seat in queries.members_on(meeting, now) if (seat.id in present) != (seat.id in was)]
    leaving = [seat for seat in changed if seat.id not in present]
    joining = sorted((seat for seat in changed if seat.id in present), key=_members_first)
    for seats, here in ((leaving, False), (joining, True)):
        if seats:
            _come_or_go(meeting, items, seats, present=here, user=user, now=now)
    db.session.commit()


def _members_first(seat: Seat) -> tuple[bool, int]:
    return seat.stands_in_for_id is not None, seat.id


def _held(meeting: Meeting, user: User, now: datetime) -> list[AgendaItem]:
    """The open items that this clerk keeps, their bids locked and everything read afresh."""
    require_meeting_clerk(meeting, user, now)
    bids = sorted({item.bid for item in meeting.undecided_items()}, key=lambda bid: bid.id)
    lock_and_refresh(*bids, meeting)  # the meeting, so that a second click finds what the first one recorded
    if meeting.state is not MeetingState.IN_SESSION:
        raise Refused("Start the meeting first.")
    return [item for item in meeting.undecided_items() if bar_of(item.bid, user, now) is None]


def _come_or_go(
    meeting: Meeting,
    items: list[AgendaItem],
    seats: Sequence[Seat],
    *,
    present: bool,
    user: User,
    now: datetime,
) -> None:
    on_call = call_queries.on_the_call(meeting)
    for seat in seats:
        marked, why_not = _everywhere(items, seat, present, now)
        if why_not and not marked:
            raise Refused(why_not[0])
        if (seat.id in on_call) != present:
            keep_event(meeting, seat.id, present=present, user=user, now=now)


def _everywhere(items: list[AgendaItem], seat: Seat, present: bool, now: datetime) -> tuple[int, list[str]]:
    """Mark one person on every item their coming or going concerns; how many, and why not others."""
    marked, why_not = 0, []
    for item in items:
        sitting = sitting_of(item, now)
        mine = next(standing for standing in sitting.standings if standing.seat.id == seat.id)
        if _stays_as_it_is(item, sitting, mine, present, now) or (present and mine.barred):
            continue
        if present and (why := why_not_both(sitting.standings, mine)):
            why_not.append(why)
            continue
        marked += 1
        if mark(item, seat.id, present, now):
            item.touch()
            db.session.flush()
    return marked, why_not


def _stays_as_it_is(
    item: AgendaItem, sitting: Sitting, mine: ItemStanding, present: bool, now: datetime
) -> bool:
    """Whether the call no longer matters to an item: it is voted on by email, or was carried (and
    this member, if they leave, has voted)."""
    if item.email_vote_until is not None:
        return True
    return (present or mine.vote is not None) and is_carried(item, sitting, now)


# -- one item -----------------------------------------------------------------------------------


def record_presence(item: AgendaItem, seat_id: int, *, present: bool, user: User, now: datetime) -> None:
    """Record that somebody left for this item, or came back (or is there for it after all)."""
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if item.meeting.state not in STARTED:
        raise Refused("Start the meeting first.")
    standing = standing_of(item, seat_id, now)
    if present and standing.barred:
        raise Refused(f"{standing.seat.user.name} must leave for this item: {bar_of_them(standing.barred)}.")
    if present and not standing.present:
        refuse_if(why_not_both(standings_of(item, now), standing))
    if mark(item, seat_id, present, now):
        keep_event(item.meeting, seat_id, item=item, present=present, user=user, now=now)
        item.touch()
    db.session.commit()


def take_item(item: AgendaItem, *, user: User, now: datetime) -> None:
    """The panel takes this item: anyone who is barred from it, and on the call, leaves now."""
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if item.meeting.state is not MeetingState.IN_SESSION:
        raise Refused("Start the meeting first.")
    barred_leave(item, user=user, now=now)
    db.session.commit()


def barred_leave(item: AgendaItem, *, user: User, now: datetime) -> None:
    """Record, once, that those who are barred left the call for this item; asked by every act of the
    clerk that shows that the panel has taken it. The caller has locked the item and commits."""
    if item.meeting.state is not MeetingState.IN_SESSION:
        return
    leaving = yet_to_leave(item, standings_of(item, now), call_queries.on_the_call(item.meeting))
    for standing in leaving:
        mark(item, standing.seat.id, False, now)
        keep_event(
            item.meeting,
            standing.seat.id,
            item=item,
            present=False,
            user=user,
            now=now,
            why=bar_of_them(standing.barred) if standing.barred else "",
        )
    if leaving:
        item.touch()


def yet_to_leave(
    item: AgendaItem, standings: Sequence[ItemStanding], on_call: Collection[int]
) -> list[ItemStanding]:
    """Those who are barred, are on the call, and were not recorded as leaving for this item."""
    gone = {presence.seat_id for presence in item.presences if not presence.present}
    return [
        s for s in standings if s.barred and s.seat.id not in gone and (s.present or s.seat.id in on_call)
    ]


def why_not_both(standings: Sequence[ItemStanding], mine: ItemStanding) -> str | None:
    """Why this member, or substitute, can’t be counted: the other of the two is there already."""
    name = mine.seat.user.name
    for other in standings:
        if not other.counts:
            continue
        if other.seat.id == mine.seat.stands_in_for_id:
            return (
                f"{other.seat.user.name} is there for this item; {name} stands in only while they are away."
            )
        if other.seat.stands_in_for_id == mine.seat.id:
            return (
                f"{other.seat.user.name} stands in for {name} on this item: record first that they "
                "have left it."
            )
    return None


def keep_event(
    meeting: Meeting,
    seat_id: int,
    *,
    present: bool,
    user: User,
    now: datetime,
    item: AgendaItem | None = None,
    why: str = "",
) -> None:
    """Keep a coming or going, for one item or the whole call, for the minutes."""
    db.session.add(
        AttendanceEvent(
            meeting_id=meeting.id,
            item_id=item.id if item else None,
            seat_id=seat_id,
            present=present,
            why=why[:300],
            at=now,
            recorded_by_id=user.id,
        )
    )
