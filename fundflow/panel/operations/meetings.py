"""The clerk's meetings: planning, changing the date or place, the meeting's steps."""

from datetime import datetime
from typing import Any, NamedTuple

from fundflow import ledger, papers
from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import addressees
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import Meeting
from fundflow.models.person import User
from fundflow.panel.operations.common import ONLY_CLERK, require_meeting_clerk
from fundflow.permissions import is_clerk
from fundflow.steps import Stale, lock, take_step
from fundflow.steps import note as keep_note
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date


class When(NamedTuple):
    """When a meeting is, how long (minutes) and where."""

    starts_at: datetime
    minutes_long: int
    place: str


def plan_meeting(
    fund: Fund, starts_at: datetime, place: str, *, user: User, now: datetime, minutes_long: int = 90
) -> Meeting:
    """Plan a meeting; the same one asked for twice is the same meeting."""
    if not is_clerk(user, fund.id, now):
        raise Refused(ONLY_CLERK)
    if starts_at <= now:
        raise Refused("The meeting must be in the future.")
    ledger.lock_fund(fund.id)
    meeting = (
        db.session.query(Meeting)
        .filter_by(fund_id=fund.id, starts_at=starts_at, place=place, state=MeetingState.PLANNED)
        .first()
    )
    if meeting is None:
        meeting = Meeting(fund=fund, starts_at=starts_at, place=place, minutes_long=minutes_long)
        db.session.add(meeting)
    db.session.commit()
    return meeting


def change_meeting(
    meeting: Meeting, to: When, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Change when or where a meeting is, until it starts. Members are told of another date or time,
    schools whose bids are on its agenda of another date."""
    for bid in sorted({item.bid for item in meeting.undecided_items()}, key=lambda bid: bid.id):
        lock(bid, None)  # bids before the meeting, in the order of their ids
    lock(meeting, None)
    require_meeting_clerk(meeting, user, now)
    was = When(meeting.starts_at, meeting.minutes_long, meeting.place)
    if was == to:
        return db.session.commit()  # a second click
    if version is not None and version != meeting.version:
        raise Stale
    if not meeting.takes_bids:
        raise Refused("The meeting has started or is over, so its date and place can’t change.")
    if to.starts_at != was.starts_at:
        refuse_if(None if to.starts_at > now else "The meeting must be in the future.")
    meeting.starts_at, meeting.minutes_long, meeting.place = to
    meeting.sequence += 1
    for bid in (item.bid for item in meeting.undecided_items() if item.change is None):
        bid.due_on = london_date(to.starts_at)
    before = [was.starts_at.isoformat(), was.minutes_long, was.place]
    entry = keep_note(
        meeting,
        "change",
        "Changed the meeting’s date or place",
        user=user,
        now=now,
        version=version,
        given={"before": before},
    )
    if to.starts_at != was.starts_at:
        _tell(meeting, was.starts_at, entry, now)
    return db.session.commit()


def _tell(meeting: Meeting, was: datetime, entry: HistoryEntry, now: datetime) -> None:
    told: dict[str, Any] = {"meeting": meeting, "was": was, "change": None}
    for who in addressees("panel", meeting, entry.at):
        write_letter(
            "panel_extra/meeting_moved.txt",
            "panel",
            who,
            now=now,
            path=meeting.path,
            context=told,
            key=f"step:{entry.id}:panel:{who.email.lower()}",
            entry=entry,
        )
    if london_date(was) == london_date(meeting.starts_at):
        return
    for item in meeting.undecided_items():
        for who in addressees("school", item.bid, entry.at):
            write_letter(
                "panel_extra/meeting_moved.txt",
                "school",
                who,
                now=now,
                bid=item.bid,
                context=told | {"change": item.change},
                key=f"step:{entry.id}:school:{item.id}:{who.email.lower()}",
                entry=entry,
            )


def issue_papers(meeting: Meeting, *, user: User, now: datetime, version: int | None = None) -> None:
    """Give the panel the papers: from now on members see the bids they are not barred from."""
    for bid in sorted({item.bid for item in meeting.undecided_items()}, key=lambda bid: bid.id):
        lock(bid, None)  # bids before the meeting, in the order of their ids
    take_step(meeting, "issue_papers", user=user, now=now, version=version)
    for item in meeting.undecided_items():
        papers.issue(item, user=user, now=now)
    db.session.commit()


def open_session(meeting: Meeting, *, user: User, now: datetime, version: int | None = None) -> None:
    """Start the meeting: attendance and votes can be recorded."""
    take_step(meeting, "open_session", user=user, now=now, version=version)
    db.session.commit()


def close_session(meeting: Meeting, *, user: User, now: datetime, version: int | None = None) -> None:
    """End the meeting, once every item is decided or moved."""
    take_step(meeting, "close_session", user=user, now=now, version=version)
    db.session.commit()


def cancel(meeting: Meeting, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Cancel a meeting that has no bids left on its agenda."""
    take_step(meeting, "cancel", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()
