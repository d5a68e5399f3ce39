"""What the minutes are drafted from: everything the meeting left in the records, read once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.minutes import Minutes
from fundflow.models.panel import AgendaItem, AttendanceEvent, ItemOutcome, Meeting, Vote
from fundflow.models.person import Seat
from fundflow.models.scores import ScoreSheet
from fundflow.panel.queries import members_on
from fundflow.rules.panel.frozen_sitting import freeze_sitting
from fundflow.rules.panel.sittings import load_records
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Rules


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item, with what was kept of it.

    sitting    who sat, frozen with the decision that stands, else as it is now
    decisions  every one on this item, the oldest first
    late       interests found after one of them
    left_by    how it left the agenda without a decision, if it did
    notes      proposals put to the vote, and votes by email asked for, in their order
    """

    item: AgendaItem
    sitting: dict[str, Any]
    decisions: Sequence[Decision]
    late: Sequence[LateInterest]
    declared: Sequence[Declaration]
    events: Sequence[AttendanceEvent]
    left_by: HistoryEntry | None
    notes: Sequence[HistoryEntry] = ()

    @property
    def bid(self) -> Bid:
        return self.item.bid

    @property
    def decision(self) -> Decision | None:
        """The one that stands."""
        return next((d for d in reversed(self.decisions) if d.undone_at is None), None)

    @property
    def sat_at(self) -> datetime | None:
        """When the panel’s vote was first recorded as the decision that stands: a correction keeps it."""
        found = self.decision
        while found is not None and found.corrects_id is not None:
            found = next(d for d in self.decisions if d.id == found.corrects_id)
        return found.decided_at if found else None

    @property
    def rules(self) -> Rules:
        kept = self.decision.rules if self.decision else None
        return kept.rules if kept else self.item.rules

    @property
    def title(self) -> str:
        return f"{self.bid.reference} {self.item.title}"


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """The meeting: when it was held, who came, and its items in their order."""

    meeting: Meeting
    opened: HistoryEntry | None
    closed: HistoryEntry | None
    seats: Sequence[Seat]
    events: Sequence[AttendanceEvent]  # of the whole call
    came: frozenset[int]  # seats whose holders were there for something
    items: Sequence[ItemRecord]
    agreed: Sequence[Minutes]  # minutes of earlier meetings that this one agreed
    by_email: Sequence[ItemRecord]  # decided between the last meeting and this one


def record_of(meeting: Meeting, now: datetime) -> MeetingRecord:
    """Read a meeting’s records; the number of queries does not grow with what was decided."""
    taken = db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.process == "meeting", HistoryEntry.record_id == meeting.id)
        .order_by(HistoryEntry.id)
    )
    steps = {entry.step: entry for entry in taken}
    events = db.session.scalars(
        select(AttendanceEvent)
        .where(AttendanceEvent.meeting_id == meeting.id)
        .order_by(AttendanceEvent.id)
        .options(joinedload(AttendanceEvent.seat).joinedload(Seat.user))
    ).all()
    items = _items(AgendaItem.meeting_id == meeting.id)
    return MeetingRecord(
        meeting,
        steps.get("open_session"),
        steps.get("close_session"),
        _seats(meeting),
        [event for event in events if event.item_id is None],
        _came(items, events),
        _records(items, events, now),
        _agreed_at(meeting),
        by_email_between(meeting, _start_of(previous(meeting)), meeting.starts_at, now),
    )


def by_email_between(
    meeting: Meeting, since: datetime | None, until: datetime, now: datetime
) -> list[ItemRecord]:
    """Items of the fund’s other meetings that were decided by email in a span of time."""
    decided = select(Decision.item_id).where(Decision.by_email.is_(True), Decision.decided_at <= until)
    if since is not None:
        decided = decided.where(Decision.decided_at > since)
    found = _items(
        AgendaItem.id.in_(decided),
        AgendaItem.meeting_id != meeting.id,
        AgendaItem.meeting.has(Meeting.fund_id == meeting.fund_id),
    )
    return [record for record in _records(found, (), now) if record.decision]


def previous(meeting: Meeting) -> Meeting | None:
    """The meeting of this fund that was held before this one."""
    return db.session.scalar(
        select(Meeting)
        .where(Meeting.fund_id == meeting.fund_id, Meeting.starts_at < meeting.starts_at)
        .where(Meeting.state == MeetingState.CLOSED)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(1)
    )


def _start_of(meeting: Meeting | None) -> datetime | None:
    return meeting.starts_at if meeting else None


def _seats(meeting: Meeting) -> list[Seat]:
    return members_on(meeting, meeting.starts_at)


def _items(*which: Any) -> Sequence[AgendaItem]:
    return db.session.scalars(
        select(AgendaItem)
        .where(*which)
        .order_by(AgendaItem.meeting_id, AgendaItem.position)
        .options(
            joinedload(AgendaItem.meeting),
            joinedload(AgendaItem.bid).options(
                joinedload(Bid.lead_school),
                joinedload(Bid.review),
                joinedload(Bid.officer),
                selectinload(Bid.partners).joinedload(Partner.school),
                selectinload(Bid.declarations).joinedload(Declaration.user),
                selectinload(Bid.named_people),
            ),
            joinedload(AgendaItem.kept_rules),
            selectinload(AgendaItem.presences),
            selectinload(AgendaItem.votes).joinedload(Vote.seat).joinedload(Seat.user),
            selectinload(AgendaItem.scores),
            selectinload(AgendaItem.moderations),
            selectinload(AgendaItem.sheets).selectinload(ScoreSheet.scores),
        )
    ).all()


def _came(items: Sequence[AgendaItem], events: Sequence[AttendanceEvent]) -> frozenset[int]:
    """Seats of those who were there; somebody who only voted by email was not."""
    marked = {
        p.seat_id
        for item in items
        for p in item.presences
        if item.email_vote_from is None or p.changed_at < item.email_vote_from
    }
    return frozenset(marked | {event.seat_id for event in events if event.present})


def _records(
    items: Sequence[AgendaItem], events: Sequence[AttendanceEvent], now: datetime
) -> list[ItemRecord]:
    ids = [item.id for item in items]
    decisions, left = _decisions(ids), _left(items)
    late, notes = _late(ids), _notes([item.bid_id for item in items])
    load_records([item for item in items if _frozen(decisions[item.id]) is None], now)
    return [
        ItemRecord(
            item,
            _sitting(item, decisions[item.id], events, now),
            decisions[item.id],
            late[item.id],
            [said for said in item.bid.declarations if said.kind is not InterestKind.NONE],
            [event for event in events if event.item_id == item.id],
            left.get(item.id),
            [entry for entry in notes[item.bid_id] if _is_about(entry, item)],
        )
        for item in items
    ]


def _decisions(item_ids: list[int]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = defaultdict(list)
    for decision in db.session.scalars(
        select(Decision)
        .where(Decision.item_id.in_(item_ids))
        .order_by(Decision.id)
        .options(
            joinedload(Decision.decided_by),
            joinedload(Decision.undone_by),
            joinedload(Decision.rules),
            selectinload(Decision.award_conditions),
        )
    ):
        found[decision.item_id].append(decision)
    return found


def _late(item_ids: list[int]) -> dict[int, list[LateInterest]]:
    found: dict[int, list[LateInterest]] = defaultdict(list)
    for late in db.session.scalars(
        select(LateInterest)
        .join(LateInterest.decision)
        .where(Decision.item_id.in_(item_ids))
        .order_by(LateInterest.id)
        .options(joinedload(LateInterest.user), joinedload(LateInterest.decision))
    ):
        found[late.decision.item_id].append(late)
    return found


def _left(items: Sequence[AgendaItem]) -> dict[int, HistoryEntry]:
    """The entry that took an item off the agenda: the one of the bid at that very moment."""
    gone: dict[tuple[int | None, datetime | None], int] = {
        (item.bid_id, item.outcome_at): item.id for item in items if item.outcome is ItemOutcome.REMOVED
    }
    entries = db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.bid_id.in_([bid for bid, _ in gone]))
        .where(HistoryEntry.at.in_([at for _, at in gone]))
        .order_by(HistoryEntry.id)
    )
    return {gone[entry.bid_id, entry.at]: entry for entry in entries if (entry.bid_id, entry.at) in gone}


def _notes(bids: list[int]) -> dict[int | None, list[HistoryEntry]]:
    found: dict[int | None, list[HistoryEntry]] = defaultdict(list)
    for entry in db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.bid_id.in_(bids), HistoryEntry.step.in_(("propose", "email_vote")))
        .order_by(HistoryEntry.id)
    ):
        found[entry.bid_id].append(entry)
    return found


def _is_about(entry: HistoryEntry, item: AgendaItem) -> bool:
    """A proposal names its item; a vote by email was asked for from the item’s own moment on."""
    if entry.step == "propose":
        return entry.facts.get("item") == item.id
    return item.email_vote_from is not None and entry.at >= item.email_vote_from


def _sitting(
    item: AgendaItem, decisions: list[Decision], events: Sequence[AttendanceEvent], now: datetime
) -> dict[str, Any]:
    """As frozen with the newest decision that keeps one; else the panel as it sits now."""
    frozen = _frozen(decisions)
    if frozen is not None:
        return frozen
    return {} if item.outcome is ItemOutcome.REMOVED else freeze_sitting(item, now, events)


def _frozen(decisions: list[Decision]) -> dict[str, Any] | None:
    return next((d.sitting for d in reversed(decisions) if d.undone_at is None and d.sitting), None)


def _agreed_at(meeting: Meeting) -> Sequence[Minutes]:
    return db.session.scalars(
        select(Minutes)
        .where(Minutes.agreed_at_id == meeting.id)
        .order_by(Minutes.meeting_id)
        .options(joinedload(Minutes.meeting))
    ).all()
