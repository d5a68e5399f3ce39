"""Drafting the minutes from what happened: a section for the meeting, one for each item."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from fundflow.models.history import HistoryEntry
from fundflow.models.panel import AttendanceEvent, ItemOutcome, Meeting
from fundflow.models.person import Seat, SeatPosition
from fundflow.panel.minutes.item import text_of
from fundflow.panel.minutes.records import MeetingRecord, record_of
from fundflow.workflow.date_words import clock_time, day_words, moment_words
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date

AT_THE_START = timedelta(minutes=10)  # who is ticked by then was there from the start


class DraftedSection(NamedTuple):
    """One section as drafted; `item_id` for those that are hidden from anyone who is barred."""

    heading: str
    text: str
    item_id: int | None = None


def draft(meeting: Meeting, now: datetime) -> list[DraftedSection]:
    """The minutes as the records tell them now."""
    record = record_of(meeting, now)
    return [
        DraftedSection("The meeting", _the_meeting(record)),
        DraftedSection("Present", _present(record)),
        *_last_minutes(record),
        *_by_email(record),
        *_items(record),
    ]


def _the_meeting(record: MeetingRecord) -> str:
    meeting = record.meeting
    lines = [
        f"- Panel of the {meeting.fund.name}",
        f"- Date: {day_words(meeting.starts_at)}",
        f"- Place: {meeting.place}",
    ]
    lines += [
        f"- {word}: {_when(entry, meeting)}"
        for word, entry in (("Started", record.opened), ("Closed", record.closed))
        if entry
    ]
    if record.opened:
        lines.append(f"- Clerk: {record.opened.actor_name}")
    return "\n".join(lines)


def _when(entry: HistoryEntry, meeting: Meeting) -> str:
    """The time, with the day where it is another one."""
    same_day = london_date(entry.at) == london_date(meeting.starts_at)
    return clock_time(entry.at) if same_day else moment_words(entry.at)


def _present(record: MeetingRecord) -> str:
    names = {seat.id: seat.user.name for seat in record.seats}
    here = [seat for seat in record.seats if seat.id in record.came]
    away = [
        seat.user.name
        for seat in record.seats
        if seat.id not in record.came and seat.stands_in_for_id is None
    ]
    parts = ["\n".join(f"- {_seat_words(seat, names)}" for seat in here) or "Nobody was recorded as present."]
    if away:
        parts.append(f"Apologies or absent: {joined(away)}.")
    if moves := list(_moves(record)):
        parts.append("\n".join(["Joined and left:", *moves]))
    return "\n\n".join(parts)


def _seat_words(seat: Seat, names: dict[int, str]) -> str:
    place = {SeatPosition.CHAIR: "chair, ", SeatPosition.DEPUTY: "deputy chair, "}.get(seat.position, "")
    stands_in = names.get(seat.stands_in_for_id) if seat.stands_in_for_id else None
    instead = f", in place of {stands_in}" if stands_in else ""
    return f"{seat.user.name} ({place}{seat.sector.words.lower()}){instead}"


def _moves(record: MeetingRecord) -> Iterator[str]:
    """Who came late, left the call or came back; coming for the start is not worth a line."""
    start = record.opened.at if record.opened else record.meeting.starts_at
    gone: set[int] = set()
    for event in _changes(record.events):
        name, at = event.seat.user.name, clock_time(event.at)
        why = f": {event.why}" if event.why else ""
        if not event.present:
            gone.add(event.seat_id)
            yield f"- {name} left at {at}{why}."
        elif event.seat_id in gone:
            yield f"- {name} came back at {at}."
        elif event.at > start + AT_THE_START:
            yield f"- {name} joined at {at}."


def _changes(events: Iterable[AttendanceEvent]) -> Iterator[AttendanceEvent]:
    """Without events that say again what was so already."""
    there: dict[int, bool] = {}
    for event in events:
        if there.get(event.seat_id, False) != event.present:
            there[event.seat_id] = event.present
            yield event


def _last_minutes(record: MeetingRecord) -> list[DraftedSection]:
    said = [
        f"The minutes of the meeting on {day_words(minutes.meeting.starts_at)} were agreed."
        for minutes in record.agreed
    ]
    return [DraftedSection("Minutes of the last meeting", "\n".join(said))] if said else []


def _by_email(record: MeetingRecord) -> list[DraftedSection]:
    """Reported here, since they were decided between the meetings."""
    return [
        DraftedSection(
            _heading("Decided by email since the last meeting", found.title),
            f"On the agenda of {moment_words(found.item.meeting.starts_at)}.\n\n{text_of(found)}",
            found.item.id,
        )
        for found in record.by_email
    ]


def _items(record: MeetingRecord) -> list[DraftedSection]:
    held = [found for found in record.items if found.item.outcome is not ItemOutcome.REMOVED]
    taken_off = [found for found in record.items if found.item.outcome is ItemOutcome.REMOVED]
    return [
        DraftedSection(_heading(f"Item {number}", found.title), text_of(found), found.item.id)
        for number, found in enumerate(held, 1)
    ] + [
        DraftedSection(_heading("Taken off the agenda", found.title), text_of(found), found.item.id)
        for found in taken_off
    ]


def _heading(what: str, title: str) -> str:
    return f"{what}: {title}"[:200]
