"""The demonstration's panel meetings: planned, papers, in session, closed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fundflow.demo.telling import Told
from fundflow.extensions import db
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleName
from fundflow.panel.operations import meetings

# Days from now on which the panel meets; those to come have papers a week before.
MEETING_DAYS = (-520, -430, -340, -250, -160, -95, -32, 4, 33)


def hold_meeting(told: Told, days: int) -> Iterator[datetime]:
    """Plan, issue, hold and close one meeting; bids' own stories decide its items."""
    clerk = told.people.staff(RoleName.CLERK)
    yield (planned := told.at(days - 130))
    meeting = meetings.plan_meeting(told.fund, told.at(days, 16), "On a video call", user=clerk, now=planned)
    told.meetings[days] = meeting.id
    yield (issued := told.at(days - 7, 12))
    if not _again(meeting).items:
        return
    meetings.issue_papers(_again(meeting), user=clerk, now=issued)
    yield (opened := told.at(days, 16))
    meetings.open_session(_again(meeting), user=clerk, now=opened)
    yield (closed := opened + timedelta(hours=2))
    if not _again(meeting).undecided_items():
        meetings.close_session(meeting, user=clerk, now=closed)


def _again(record: Meeting) -> Meeting:
    db.session.refresh(record)
    return record
