"""The demonstration's panel meetings: planned, papers, the call, closed, their minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fundflow.demo.terms import PLANNED
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.minutes import Minutes
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleName, Seat
from fundflow.panel.operations import attendance, meetings
from fundflow.panel.operations.minutes import agree_minutes, circulate, draft_minutes, edit_section
from fundflow.panel.queries import members_on

# Of the days in `terms.PLANNED`; those to come have papers a week before.
LATEST = -4  # whose minutes the clerk is still writing
AWAY = {-340: "Sue Tan", -32: "Peter Rowe"}  # by meeting; a substitute comes where there is one
LATE = {-4: "Sue Tan"}  # joins after the first item


def hold_meeting(told: Told, days: int) -> Iterator[datetime]:
    """Plan, issue, hold and close one meeting; bids' own stories decide its items."""
    day, told_from = told.meets[days], told.as_told(days)
    clerk = told.people.staff(RoleName.CLERK)
    yield (planned := told.at(told_from - 130))
    meeting = meetings.plan_meeting(told.fund, told.at(day, 16), "On a video call", user=clerk, now=planned)
    told.meetings[told_from] = meeting.id
    yield (issued := told.at(told_from - 7, 12))
    if not _again(meeting).items:
        return
    meetings.issue_papers(_again(meeting), user=clerk, now=issued)
    yield (opened := told.at(day, 16))
    meetings.open_session(_again(meeting), user=clerk, now=opened)
    yield opened + timedelta(minutes=1)
    _join(told, meeting, days, opened + timedelta(minutes=1))
    if days in LATE:
        yield (now := opened + timedelta(minutes=12))
        late = _seat(meeting, LATE[days], now)
        attendance.record_call(_again(meeting), late.id, present=True, user=clerk, now=now)
    yield (closed := opened + timedelta(hours=2))
    meetings.close_session(_again(meeting), user=clerk, now=closed)
    yield from _write_up(told, meeting, days)


def _join(told: Told, meeting: Meeting, days: int, now: datetime) -> None:
    """Everybody joins the call but who is away, or comes late; a substitute for anyone who is away."""
    away, late = AWAY.get(days), LATE.get(days)
    here = [
        seat.id
        for seat in members_on(_again(meeting), now)
        if (
            seat.stands_in_for.user.name == away if seat.stands_in_for else seat.user.name not in (away, late)
        )
    ]
    attendance.record_attendance(_again(meeting), here, (), user=told.people.staff(RoleName.CLERK), now=now)


def _seat(meeting: Meeting, name: str, now: datetime) -> Seat:
    return next(seat for seat in members_on(_again(meeting), now) if seat.user.name == name)


def _write_up(told: Told, meeting: Meeting, days: int) -> Iterator[datetime]:
    """Minutes, which the next meeting agrees; those of the latest are still a draft."""
    clerk = told.people.staff(RoleName.CLERK)
    day = told.meets[days]
    yield (now := told.at(day, 20))
    minutes = draft_minutes(_again(meeting), user=clerk, now=now)
    if days == LATEST:
        _edit(minutes, told, now)
        return
    yield (now := told.after(day + 3, 9))
    circulate(minutes, user=clerk, now=now)
    following = PLANNED[PLANNED.index(days) + 1]
    yield (now := told.at(told.meets[following], 16) + timedelta(minutes=3))
    agree_minutes(minutes, told.meetings[told.as_told(following)], user=clerk, now=now)


def _edit(minutes: Minutes, told: Told, now: datetime) -> None:
    section = minutes.sections[-1]
    text = f"{section.text}\n\nThe next meeting will see the evaluation of the awards of two years ago."
    edit_section(minutes, section, text.strip(), user=told.people.staff(RoleName.CLERK), now=now)


def _again(record: Meeting) -> Meeting:
    db.session.refresh(record)
    return record
