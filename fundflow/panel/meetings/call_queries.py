"""Who came and went, for the page from which the clerk runs the call."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration
from fundflow.models.panel import AgendaItem, AttendanceEvent, Meeting
from fundflow.models.person import Seat


class LastSeen(NamedTuple):
    """The last that was recorded of one person: that they came (`present`) or went, and when."""

    present: bool
    at: datetime
    why: str


class Attendance(NamedTuple):
    """By seat's id, for the whole call and for one item."""

    call: dict[int, LastSeen]
    item: dict[int, LastSeen]

    @property
    def on_call(self) -> set[int]:
        return {seat for seat, last in self.call.items() if last.present}


def comings(item: AgendaItem) -> Attendance:
    """Everybody's last coming or going; one query."""
    found = Attendance({}, {})
    for event in _events(item.meeting, item):
        where = found.call if event.item_id is None else found.item
        where[event.seat_id] = LastSeen(event.present, event.at, event.why)
    return found


def on_the_call(meeting: Meeting) -> set[int]:
    """Ids of the seats whose holders joined the call and have not left it."""
    last = {event.seat_id: event.present for event in _events(meeting, None)}
    return {seat for seat, present in last.items() if present}


def _events(meeting: Meeting, item: AgendaItem | None) -> list[AttendanceEvent]:
    wanted: ColumnElement[bool] = AttendanceEvent.item_id.is_(None)
    if item is not None:
        wanted = or_(wanted, AttendanceEvent.item_id == item.id)
    return list(
        db.session.scalars(
            select(AttendanceEvent)
            .where(AttendanceEvent.meeting_id == meeting.id, wanted)
            .order_by(AttendanceEvent.id)
        )
    )


class EarlierVote(NamedTuple):
    """What was voted on before another proposal was put, and how (member’s name → Choice's value)."""

    pence: int
    until: datetime
    why: str
    votes: dict[str, str]


def earlier_votes(item: AgendaItem) -> list[EarlierVote]:
    """Every proposal of this item that was voted on and given up for another, oldest first."""
    entries = db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.bid_id == item.bid_id, HistoryEntry.step == "propose")
        .order_by(HistoryEntry.id)
    ).all()
    ours = [entry for entry in entries if entry.facts.get("item") == item.id and entry.facts.get("votes")]
    names = _names({int(seat) for entry in ours for seat in entry.facts["votes"]})
    return [
        EarlierVote(
            entry.facts["before"],
            entry.at,
            entry.reason,
            {names.get(int(seat), "–"): choice for seat, choice in entry.facts["votes"].items()},
        )
        for entry in ours
    ]


def _names(seats: set[int]) -> dict[int, str]:
    if not seats:
        return {}
    found = db.session.scalars(select(Seat).where(Seat.id.in_(seats)))
    return {seat.id: seat.user.name for seat in found}


def undeclared(meeting: Meeting, item_ids: list[int], user_id: int) -> set[int]:
    """Of these items, those on whose bids this person has not said whether they have an interest."""
    said = exists().where(Declaration.bid_id == AgendaItem.bid_id, Declaration.user_id == user_id)
    return set(
        db.session.scalars(
            select(AgendaItem.id)
            .where(AgendaItem.meeting_id == meeting.id, AgendaItem.id.in_(item_ids))
            .where(AgendaItem.outcome.is_(None), ~said)
        )
    )
