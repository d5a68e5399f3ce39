"""The panel's decision as a bid's front page tells of it, once it may be told."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.letters.of_decisions import told_before
from fundflow.models.bid import Bid
from fundflow.models.decision import CriterionFeedback, Decision
from fundflow.models.money import pounds
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import User
from fundflow.permissions import AWARDED_STATES, outcome_kept, sees_review
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import london_date

DECIDED = (*AWARDED_STATES, BidState.NOT_FUNDED)


class DecisionSummary(NamedTuple):
    """What was decided, and why; `publishes` is whether the reader keeps the register's reasons."""

    words: str
    decided_on: date
    corrected: bool
    reasons: str
    feedback: list[CriterionFeedback]
    has_conditions: bool
    publishes: bool
    published_on: date | None
    summarises: bool  # whether the reader may publish the report's summary


def decision_card(bid: Bid, user: User, now: datetime) -> DecisionSummary | None:
    """For the lead school once its letter has gone, and for who reads the panel's papers."""
    ours = bid.lead_school_id in user.school_ids(london_date(now))
    if bid.state not in DECIDED or not (ours or sees_review(user, bid, now)):
        return None
    if outcome_kept(user, bid, now):
        return None
    decision = _standing(bid)
    return _card(bid, decision, user, now) if decision else None


def _card(bid: Bid, decision: Decision, user: User, now: datetime) -> DecisionSummary:
    funded = decision.outcome is ItemOutcome.APPROVED
    at = decision.published_at
    officer = Actor.OFFICER in actors_for(user, bid, now) and bar_of(bid, user, now) is None
    return DecisionSummary(
        words=f"Fund with {pounds(decision.pence or 0)}" if funded else "Not funded",
        decided_on=london_date(decision.decided_at),
        corrected=told_before(decision),
        reasons=decision.told_reasons,
        feedback=decision.feedback,
        has_conditions=bool(decision.conditions),
        publishes=officer and bid.awarded_pence is not None,
        published_on=at and london_date(at),
        summarises=officer and bid.has_accepted_report(),
    )


def _standing(bid: Bid) -> Decision | None:
    """The decision that stands, with its feedback; of an award, the one it rests on."""
    wanted = ItemOutcome.DECLINED if bid.state is BidState.NOT_FUNDED else ItemOutcome.APPROVED
    standing = (
        select(Decision)
        .where(Decision.bid_id == bid.id, Decision.undone_at.is_(None), Decision.outcome == wanted)
        .where(Decision.change_id.is_(None))
        .options(joinedload(Decision.feedback))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return db.session.scalars(standing).unique().first()
