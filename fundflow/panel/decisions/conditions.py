"""What the page of an award's conditions shows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.permissions import sees_review
from fundflow.steps import open_steps
from fundflow.workflow.condition import CONDITION
from fundflow.workflow.engine import OpenStep
from fundflow.workflow.working_days import london_date


@dataclass(frozen=True)
class ConditionCard:
    """A condition with what may be done about it, and what happened, newest first."""

    condition: AwardCondition
    overdue: bool
    steps: list[OpenStep]
    history: list[HistoryEntry]


def cards(bid: Bid, user: User, now: datetime) -> list[ConditionCard]:
    """The conditions of a bid's decision, the first to fall due first.

    Those of a decision that was corrected or taken back are shown, last, to those who read the
    panel's papers. Steps are offered once the school has accepted.
    """
    inside, today = sees_review(user, bid, now), london_date(now)
    shown = [c for c in _conditions(bid) if c.binds or inside]
    happened = _history(bid)
    return [
        ConditionCard(c, c.is_overdue(today), _steps(c, user, now), happened[c.id])
        for c in sorted(shown, key=lambda c: (not c.binds, c.due_on, c.id))
    ]


def _conditions(bid: Bid) -> list[AwardCondition]:
    return list(
        db.session.scalars(
            select(AwardCondition)
            .where(AwardCondition.bid_id == bid.id)
            .options(joinedload(AwardCondition.decision))
        )
    )


def _steps(condition: AwardCondition, user: User, now: datetime) -> list[OpenStep]:
    runs = condition.binds and condition.why_not_in_force() is None
    return open_steps(condition, user, now) if runs else []


def _history(bid: Bid) -> dict[int, list[HistoryEntry]]:
    """Condition's id → its entries, newest first."""
    found: dict[int, list[HistoryEntry]] = defaultdict(list)
    for entry in db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.process == CONDITION.name, HistoryEntry.bid_id == bid.id)
        .order_by(HistoryEntry.id.desc())
    ):
        found[entry.record_id].append(entry)
    return found
