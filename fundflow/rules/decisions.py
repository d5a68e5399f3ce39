"""What a school is told of a decision, and when."""

from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, LateInterest
from fundflow.workflow.date_words import day_words

# Built once: asked twice in every step of an offer.
_QUESTIONED = select(
    exists().where(
        LateInterest.decision_id == Decision.id,
        LateInterest.settled_at.is_(None),
        Decision.bid_id == bindparam("bid"),
        Decision.undone_at.is_(None),
    )
)


def told_at(bid: Bid) -> datetime:
    """When the school was told of the refusal it may ask to have reviewed: as its letter went, or
    that of its correction."""
    session = object_session(bid)
    refusal = session and session.scalar(
        select(Decision)
        .where(Decision.bid_id == bid.id, Decision.undone_at.is_(None), Decision.change_id.is_(None))
        .where(Decision.decided_at >= bid.state_since, Decision.pence.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return (refusal.letters_sent_at or refusal.decided_at) if refusal else bid.state_since


def why_decision_questioned(bid: Bid) -> str | None:
    """Why an offer can't be accepted, or lapse, yet: whether its decision stands is being checked."""
    session = object_session(bid)
    checking = session is not None and session.scalar(_QUESTIONED, {"bid": bid.id})
    return "The council is checking its decision and will write to you." if checking else None


def why_letter_held(bid: Bid) -> str | None:
    """Why a school can't answer an offer yet, as a sentence; None once its letter has gone."""
    if bid.decision_held_until is None:
        return None
    return f"The letter with the decision comes by {day_words(bid.decision_held_until)}."
