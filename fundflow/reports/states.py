"""How bids stood at a moment: their state, whether their schools knew of a decision, their award."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.reports.cut import Cut
from fundflow.workflow.application import BidState

S = BidState


def state_at(cut: Cut, at: datetime) -> ColumnElement[str]:
    """A bid's state as the figures have it: as it stood, and before the panel while no letter has told its
    school of the decision."""
    state: ColumnElement[Any] = type_coerce(Bid.state, String)
    if cut.is_past(at):
        before = (
            select(HistoryEntry.to_state)
            .where(HistoryEntry.process == Bid.workflow.name, HistoryEntry.record_id == Bid.id)
            .where(HistoryEntry.at < cut.until(at))
            .order_by(HistoryEntry.id.desc())
            .limit(1)
            .correlate(Bid)
            .scalar_subquery()
        )
        state = func.coalesce(before, state)
    untold = exists().where(Decision.bid_id == Bid.id, stands(cut, at), ~is_told(cut, at)).correlate(Bid)
    return case((untold, S.AT_PANEL.value), else_=state)


def stands(cut: Cut, at: datetime) -> ColumnElement[bool]:
    """Whether a decision is about a bid itself, was made by then and was not taken back."""
    return and_(
        Decision.change_id.is_(None),
        Decision.decided_at < cut.until(at),
        or_(Decision.undone_at.is_(None), Decision.undone_at >= cut.until(at)),
    )


@cache
def first_decided_at() -> ColumnElement[datetime]:
    """When a decision was first made: a correction counts from the day of what it corrects."""
    first, later, any_later = aliased(Decision), aliased(Decision), aliased(Decision)
    corrected = exists().where(later.corrects_id == first.id, later.item_id == Decision.item_id)
    earliest = (
        select(func.min(first.decided_at))
        .where(first.bid_id == Decision.bid_id, first.item_id == Decision.item_id)
        .where(or_(first.id == Decision.id, corrected.correlate(first, Decision)))
        .correlate(Decision)
        .scalar_subquery()
    )
    # Few items have a correction: which ones is found once, and nothing is looked up for the others.
    has_some = Decision.item_id.in_(select(any_later.item_id).where(any_later.corrects_id.is_not(None)))
    return case((has_some, earliest), else_=Decision.decided_at)


def was_first_decided(cut: Cut) -> ColumnElement[bool]:
    """Whether a decision that `stands` was first made in the period. It stands by the period's end, and was
    first made no later, so only the beginning is asked."""
    return first_decided_at() >= cut.begins


def is_told(cut: Cut, at: datetime) -> ColumnElement[bool]:
    """Whether the school knew of a decision by then."""
    sent = and_(Decision.letters_sent_at.is_not(None), Decision.letters_sent_at < cut.until(at))
    return or_(Decision.letters_due_on.is_(None), sent)


def award_at(cut: Cut, at: datetime) -> ColumnElement[int]:
    """Pence of a bid's award in force as it stood; NULL where it had none."""
    return (
        select(Award.pence)
        .where(Award.bid_id == Bid.id, Award.made_at < cut.until(at))
        .order_by(Award.number.desc())
        .limit(1)
        .correlate(Bid)
        .scalar_subquery()
    )
