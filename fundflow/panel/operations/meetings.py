"""The clerk's meetings: planning, the agenda's order, attendance, the meeting's steps."""

from collections.abc import Collection
from datetime import datetime

from fundflow import ledger, papers
from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.panel import AgendaItem, Meeting, Outcome
from fundflow.models.person import User
from fundflow.panel.operations.common import (
    ONLY_CLERK,
    hold_item,
    mark,
    note,
    require_clerk,
    require_meeting_clerk,
    require_open,
)  # fmt: skip
from fundflow.panel.queries import is_clerk
from fundflow.steps import hold, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date


def plan_meeting(fund: Fund, starts_at: datetime, place: str, *, user: User, now: datetime) -> Meeting:
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
        meeting = Meeting(fund=fund, starts_at=starts_at, place=place)
        db.session.add(meeting)
    db.session.commit()
    return meeting


def issue_papers(meeting: Meeting, *, user: User, now: datetime, version: int | None = None) -> None:
    """Give the panel the papers: from now on members see the bids they are not barred from."""
    for bid in sorted({item.bid for item in meeting.undecided_items()}, key=lambda bid: bid.id):
        hold(bid, None)  # bids before the meeting, in the order of their ids
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


def record_attendance(
    meeting: Meeting, present: Collection[int], was: Collection[int], *, user: User, now: datetime
) -> None:
    """Record who is there for every open item (ids of seats).

    was  who was ticked when the page was made: only members whose tick changed are touched, so
         that somebody who left during one item stays away from it
    """
    require_meeting_clerk(meeting, user, now)
    if meeting.state is not MeetingState.IN_SESSION:
        raise Refused("Start the meeting first.")
    changed = set(present) ^ set(was)
    for bid in sorted({item.bid for item in meeting.undecided_items()}, key=lambda bid: bid.id):
        hold(bid, None)  # in the order of their ids, so that two clerks never wait for each other
    db.session.expire_all()
    for item in meeting.undecided_items():
        if item.bid.why_barred(user, now) is None:
            _mark_all(item, changed, set(present), now)
    db.session.commit()


def _mark_all(item: AgendaItem, seats: set[int], present: set[int], now: datetime) -> None:
    there = {standing.seat.id: standing for standing in item.standings(now)}
    marked = [
        mark(item, seat, seat in present, now)
        for seat in sorted(seats & set(there))
        if not (there[seat].barred and seat in present)  # whoever is barred leaves for this item
    ]
    if any(marked):
        item.bid.touch()


def move_up(item: AgendaItem, *, version: int | None, user: User, now: datetime) -> None:
    """Take an item one place up the agenda; `version` is the meeting's."""
    meeting = item.meeting
    hold(meeting, version)
    db.session.expire_all()
    require_meeting_clerk(meeting, user, now)
    if meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED):
        raise Refused("The meeting is over, so its agenda can’t change.")
    above = [i for i in meeting.items
             if i.position < item.position and i.outcome is not Outcome.REMOVED]  # fmt: skip
    if not above:
        raise Refused("This item is the first one already.")
    mine, theirs = item.position, above[-1].position
    item.position = -1  # positions are unique, so one has to step aside
    db.session.flush()
    above[-1].position = mine
    db.session.flush()
    item.position = theirs
    meeting.touch()
    db.session.commit()


def move_to(item: AgendaItem, meeting_id: int, *, user: User, now: datetime) -> AgendaItem:
    """Move an undecided item to another meeting's agenda; the school and the officer are told.

    Votes and scores stay behind with the old item; the members vote afresh.
    """
    hold_item(item)
    require_clerk(item, user, now)
    there = item.bid.open_item
    if there and there is not item and there.meeting_id == meeting_id:
        db.session.commit()  # a second click
        return there
    require_open(item)
    old = item.meeting
    new = _lock_meetings(old, meeting_id)
    if new is None or new is old or new.fund_id != old.fund_id or not new.takes_bids:
        raise Refused("Select a meeting that takes bids.")
    item.outcome, item.outcome_at = Outcome.REMOVED, now
    position = 1 + max((i.position for i in new.items), default=0)
    moved = AgendaItem(meeting=new, bid=item.bid, position=position)
    db.session.add(moved)
    bid = item.bid
    bid.due_on = london_date(new.starts_at)
    for record in (bid, old, new):
        record.touch()
    papers.issue_if_out(moved, user=user, now=now)
    _tell(bid, old, new, user, now)
    db.session.commit()
    return moved


def _lock_meetings(old: Meeting, other_id: int) -> Meeting | None:
    """Lock both meetings' rows, in the order of their ids, and return the other one."""
    for number in sorted({old.id, other_id}):
        db.session.get(Meeting, number, with_for_update={"key_share": True},
                       populate_existing=True)  # fmt: skip
    return db.session.get(Meeting, other_id)


def _tell(bid: Bid, old: Meeting, new: Meeting, user: User, now: datetime) -> None:
    entry = note(bid, "move_item", f"Moved to the meeting on {london_date(new.starts_at):%-d %B %Y}",
                 user=user, now=now, internal=False)  # fmt: skip
    db.session.flush()  # letters point at the entry
    for recipient in ("school", "officer"):
        for who in addressees(recipient, bid, entry):
            write_letter(
                "panel_extra/moved.txt", recipient, who, now=now, bid=bid,
                key=f"step:{entry.id}:{recipient}:{who.email.lower()}", history_entry_id=entry.id,
                context={"old": old, "new": new},
            )  # fmt: skip
