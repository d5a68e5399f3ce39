"""The panel's meetings for calendar programs (RFC 5545): when and where, and nothing of any bid.

Calendar programs can't sign in, so everybody's calendar has an address of its own: a signature
over who it is for and how often they made a new one. Nothing is stored but that number.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Alarm, Calendar, Event, vDuration
from icalendar.enums import STATUS
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import Meeting
from fundflow.models.person import User
from fundflow.panel.queries import sees_meeting
from fundflow.workflow.meeting import MeetingState

PAST = timedelta(days=365)
MOST = 200  # meetings in one calendar
EVERY = timedelta(hours=4)  # how often programs are asked to look again
NOTICE = timedelta(days=-1)

# -- addresses ----------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"],
        salt="fundflow calendar",
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )


def token_of(user: User) -> str:
    """What the address of this person's calendar ends in; good until they make a new one."""
    return str(_signer().dumps([user.id, user.calendar_number]))


def holder_of(token: str) -> User | None:
    """Whose calendar it is; None where the address is wrong, was replaced, or its holder has left."""
    try:
        number, count = _signer().loads(token)
    except BadSignature:  # whatever does not carry our signature, so nothing else can be wrong with it
        return None
    query = select(User).where(User.id == number, User.calendar_number == count, User.active)
    return db.session.scalar(query.options(selectinload(User.roles), selectinload(User.seats)))


def make_new_address(user: User) -> None:
    """End the present address of one's own calendar: a new one takes its place."""
    user.calendar_number = User.calendar_number + 1  # in the database, so that two at once both count
    db.session.commit()


# -- calendars ----------------------------------------------------------------------------------


def meetings_for(user: User, now: datetime) -> Sequence[Meeting]:
    """The meetings this person may see, those of the last year and all to come; latest first."""
    query = select(Meeting).where(sees_meeting(user, now), Meeting.starts_at >= now - PAST)
    newest = query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(MOST)
    return db.session.scalars(newest.options(joinedload(Meeting.fund))).all()


def feed(meetings: Sequence[Meeting], now: datetime) -> bytes:
    """The calendar to subscribe to."""
    changed = _changes(meetings)
    calendar = _calendar([_event(meeting, changed.get(meeting.id), now) for meeting in meetings])
    calendar.calendar_name = f"Panel meetings, {current_app.config['COUNCIL']}"
    calendar.add("refresh-interval", EVERY, parameters={"value": "DURATION"})  # the standard asks for it
    calendar.add("x-published-ttl", vDuration(EVERY))  # the same, as Outlook reads it
    return bytes(calendar.to_ical())


def one_meeting(meeting: Meeting, now: datetime) -> bytes:
    """One meeting, to be added by hand, with a reminder the day before."""
    event = _event(meeting, _changes([meeting]).get(meeting.id), now)
    if meeting.state is not MeetingState.CANCELLED:
        event.add_component(_reminder(str(event["SUMMARY"])))
    return bytes(_calendar([event]).to_ical())


def _calendar(events: list[Event]) -> Calendar:
    return Calendar.new(
        prodid="-//fundflow//Panel meetings//EN",
        method="PUBLISH",
        uid=f"meetings@{_host()}",
        subcomponents=events,
    )


def _host() -> str | None:
    """The host in the names of our calendars and entries: it makes them unique in the world."""
    return urlsplit(str(current_app.config["BASE_URL"])).hostname


def _event(meeting: Meeting, changed: datetime | None, now: datetime) -> Event:
    cancelled = meeting.state is MeetingState.CANCELLED
    return Event.new(
        uid=f"meeting-{meeting.id}@{_host()}",
        sequence=meeting.sequence,
        stamp=now,
        last_modified=changed,
        start=meeting.starts_at,
        end=meeting.starts_at + timedelta(minutes=meeting.minutes_long),
        summary=one_line(f"Panel meeting: {meeting.fund.name}"),
        location=one_line(meeting.place),
        url=f"{current_app.config['BASE_URL']}{meeting.path}",
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
    )


def _reminder(summary: str) -> Alarm:
    alarm = Alarm.new(description=summary)
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", NOTICE)
    return alarm


def one_line(text: str) -> str:
    """Somebody's words without line breaks or invisible letters, neither of which a place needs."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def _changes(meetings: Sequence[Meeting]) -> dict[int, datetime]:
    """When each meeting last changed, as its history has it; by its id."""
    query = select(HistoryEntry.record_id, func.max(HistoryEntry.at)).where(
        HistoryEntry.process == Meeting.workflow.name,
        HistoryEntry.record_id.in_([meeting.id for meeting in meetings]),
    )
    return {number: at for number, at in db.session.execute(query.group_by(HistoryEntry.record_id))}
