"""Who worked on a bid or on the decision about it, and so can't hear a review of that decision."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, object_session

from fundflow.models.bid import Bid
from fundflow.models.desk import StaffNote
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration
from fundflow.models.panel import AgendaItem, AttendanceEvent, Presence, Vote
from fundflow.models.person import Seat, User
from fundflow.models.review import Review
from fundflow.models.scores import Moderation, ScoreSheet
from fundflow.workflow.meeting import MEETING

BidId = int | InstrumentedAttribute[int]


def was_involved(bid: Bid, user: User) -> bool:
    """Whether this person is the bid's officer, took a step, wrote a note or declared an interest on it,
    or was there, scored, voted or clerked when the panel had it."""
    session = object_session(bid)
    if session is None:
        return False
    return bid.officer_id == user.id or bool(session.scalar(select(or_(*_involved(bid.id, user)))))


def involves(user: User) -> ColumnElement[bool]:
    """`was_involved` as a condition on Bid."""
    return or_(Bid.officer_id == user.id, *_involved(Bid.id, user))


def _involved(bid_id: BidId, user: User) -> list[ColumnElement[bool]]:
    return [*_on_the_bid(bid_id, user), *_at_the_panel(bid_id, user), *_as_clerk(bid_id, user)]


def _on_the_bid(bid_id: BidId, user: User) -> Iterator[ColumnElement[bool]]:
    """Steps and notes, the officer's review, and what was said about interests."""
    yield exists().where(HistoryEntry.bid_id == bid_id, HistoryEntry.user_id == user.id)
    yield exists().where(Review.bid_id == bid_id, Review.updated_by_id == user.id)
    yield exists().where(StaffNote.bid_id == bid_id, StaffNote.by_id == user.id)
    theirs = or_(Declaration.user_id == user.id, Declaration.recorded_by_id == user.id)
    yield exists().where(Declaration.bid_id == bid_id, theirs)


def _at_the_panel(bid_id: BidId, user: User) -> Iterator[ColumnElement[bool]]:
    """Who was there for it, scored and voted, or did so for a member."""
    seats = select(Seat.id).where(Seat.user_id == user.id)
    here = AgendaItem.bid_id == bid_id
    yield exists().where(
        Presence.item_id == AgendaItem.id, here, Presence.present.is_(True), Presence.seat_id.in_(seats)
    )
    yield exists().where(
        Vote.item_id == AgendaItem.id, here, or_(Vote.seat_id.in_(seats), Vote.recorded_by_id == user.id)
    )
    scored = or_(ScoreSheet.seat_id.in_(seats), ScoreSheet.recorded_by_id == user.id)
    yield exists().where(ScoreSheet.item_id == AgendaItem.id, here, scored)
    yield exists().where(Moderation.item_id == AgendaItem.id, here, Moderation.by_id == user.id)
    yield exists().where(here, or_(AgendaItem.proposed_by_id == user.id, AgendaItem.casting_by_id == user.id))


def _as_clerk(bid_id: BidId, user: User) -> Iterator[ColumnElement[bool]]:
    """Those who ran a meeting that had the bid, or recorded who was there."""
    here = AgendaItem.bid_id == bid_id
    yield exists().where(
        HistoryEntry.process == MEETING.name,
        HistoryEntry.user_id == user.id,
        HistoryEntry.record_id == AgendaItem.meeting_id,
        here,
    )
    yield exists().where(
        AttendanceEvent.meeting_id == AgendaItem.meeting_id, here, AttendanceEvent.recorded_by_id == user.id
    )
