"""An officer says what their own interest in a bid is; one who is barred hands it over with that."""

from datetime import datetime

from sqlalchemy import exists, select

from fundflow import interests
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, Vote
from fundflow.models.person import Seat, User
from fundflow.review.operations.later import pass_on
from fundflow.review.rules import why_not_declare
from fundflow.steps import hold, note
from fundflow.workflow.engine import Refused


def declare_interest(
    bid: Bid, kind: InterestKind, text: str, successor_id: int | None, *, user: User, now: datetime,
    version: int | None = None,
) -> None:  # fmt: skip
    """Keep what this person says; where it bars the bid's officer, another takes the bid over.

    Raises Refused where the text or the other officer is missing, and where a vote depends on it.
    """
    hold(bid, version, step="declare_interest", user=user)
    if why := why_not_declare(bid, user, now) or _why_clerk(bid, user):
        raise Refused(why)
    if kind is not InterestKind.NONE and not text.strip():
        raise Refused("Say what the interest is.")
    if kind is InterestKind.BARRED and bid.officer_id == user.id:
        _give_away(bid, successor_id, user, now)
    interests.keep(bid, user, kind, text.strip(), user=user, now=now)
    bid.touch()
    db.session.commit()


def _give_away(bid: Bid, successor_id: int | None, user: User, now: datetime) -> None:
    """To another officer who may take it; where there is none, every officer finds it unassigned."""
    if successor_id is not None:
        pass_on(bid, successor_id, user=user, now=now)
        return
    bid.officer = None
    note(bid, "assign", "Left the bid without an officer", user=user, now=now, internal=True)


def _why_clerk(bid: Bid, user: User) -> str | None:
    """A vote that was cast is voided by the clerk, at the meeting."""
    voted = (
        exists()
        .where(AgendaItem.bid_id == bid.id, AgendaItem.outcome.is_(None), Vote.item_id == AgendaItem.id)
        .where(Vote.voided_at.is_(None), Vote.seat_id.in_(select(Seat.id).where(Seat.user_id == user.id)))
    )
    if db.session.scalar(select(voted)):
        return "You have voted on this bid. Tell the clerk, who records your interest at the meeting."
    return None
