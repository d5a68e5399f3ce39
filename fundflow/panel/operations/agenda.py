"""A meeting's agenda: its order, moving an item to another meeting, what members say of their interests."""

from collections.abc import Collection
from datetime import datetime

from fundflow import interests, papers
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_letter
from fundflow.letters.recipients import addressees
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, ItemOutcome, Meeting
from fundflow.models.person import User
from fundflow.panel.operations.common import (
    lock_item,
    require_clerk,
    require_meeting_clerk,
    require_open,
)
from fundflow.rules.panel.sittings import standings_of
from fundflow.steps import lock, lock_and_refresh
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date


def declare_no_interests(meeting: Meeting, item_ids: Collection[int], *, user: User, now: datetime) -> int:
    """A member says that they have no interest in these items' bids; answers for how many that is new.

    What they said of a bid before stays, and what they are barred from: both are changed one by one.
    """
    chosen = [item for item in meeting.items if item.id in item_ids]
    lock_and_refresh(*sorted({item.bid for item in chosen}, key=lambda bid: bid.id))
    said = 0
    for item in chosen:
        mine = next((s for s in standings_of(item, now) if s.seat.user_id == user.id), None)
        if mine is None or mine.barred or mine.declared or not item.is_open:
            continue
        interests.keep(item.bid, user, InterestKind.NONE, "", user=user, now=now)
        item.touch()
        said += 1
    db.session.commit()
    return said


def move_up(item: AgendaItem, *, version: int | None, user: User, now: datetime) -> None:
    """Take an item one place up the agenda; `version` is the meeting's."""
    meeting = item.meeting
    lock(meeting, version)
    db.session.expire_all()
    require_meeting_clerk(meeting, user, now)
    if meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED):
        raise Refused("The meeting is over, so its agenda can’t change.")
    above = [i for i in meeting.items if i.position < item.position and i.outcome is not ItemOutcome.REMOVED]
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
    lock_item(item)
    require_clerk(item, user, now)
    there = item.record.open_item
    if there and there is not item and there.meeting_id == meeting_id:
        db.session.commit()  # a second click
        return there
    require_open(item)
    old = item.meeting
    new = _lock_meetings(old, meeting_id)
    if new is None or new is old or new.fund_id != old.fund_id or not new.takes_bids:
        raise Refused("Select a meeting that takes bids.")
    item.outcome, item.outcome_at = ItemOutcome.REMOVED, now
    position = 1 + max((i.position for i in new.items), default=0)
    moved = AgendaItem(meeting=new, bid=item.bid, change=item.change, position=position)
    db.session.add(moved)
    bid = item.bid
    if item.change is None:
        bid.due_on = london_date(new.starts_at)
    for record in (item.record, old, new):
        record.touch()
    papers.issue_if_out(moved, user=user, now=now)
    _tell(item, old, new, user, now)
    db.session.commit()
    return moved


def _lock_meetings(old: Meeting, other_id: int) -> Meeting | None:
    """Lock both meetings' rows, in the order of their ids, and return the other one."""
    for number in sorted({old.id, other_id}):
        db.session.get(Meeting, number, with_for_update={"key_share": True}, populate_existing=True)
    return db.session.get(Meeting, other_id)


def _tell(item: AgendaItem, old: Meeting, new: Meeting, user: User, now: datetime) -> None:
    bid = item.bid
    entry = record_event(
        bid,
        "move_item",
        f"Moved to the meeting on {day_words(new.starts_at)}",
        user=user,
        now=now,
        internal=False,
    )
    db.session.flush()  # letters point at the entry
    for recipient in ("school", "officer"):
        for who in addressees(recipient, bid, entry.at):
            write_letter(
                "panel_extra/moved.txt",
                recipient,
                who,
                now=now,
                bid=bid,
                key=f"step:{entry.id}:{recipient}:{who.email.lower()}",
                entry=entry,
                context={"old": old, "new": new, "change": item.change},
            )
