"""An officer says what their own interest in a bid is; one who is barred hands it over with that."""

from datetime import datetime

from sqlalchemy import and_, exists, or_, select

from fundflow import interests
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, ItemOutcome, Presence, Vote
from fundflow.models.person import Seat, User
from fundflow.models.scores import ScoreSheet
from fundflow.review.operations.later import pass_on
from fundflow.review.rules import why_not_declare
from fundflow.steps import lock, note
from fundflow.workflow.engine import Refused


def declare_interest(
    bid: Bid,
    kind: InterestKind,
    text: str,
    successor_id: int | None,
    *,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Keep what this person says; where it bars the bid's officer, another takes the bid over.

    Raises Refused where the text or the other officer is missing, and where a vote depends on it.
    """
    lock(bid, version, step="declare_interest", user=user)
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
    """Votes and scores are voided, and a decision that they had a part in is flagged, by the panel's own
    declaration: there, too, once the bid is decided."""
    seats = select(Seat.id).where(Seat.user_id == user.id)
    here = and_(AgendaItem.bid_id == bid.id, AgendaItem.outcome.is_distinct_from(ItemOutcome.REMOVED))
    decided = AgendaItem.outcome.in_((ItemOutcome.APPROVED, ItemOutcome.DECLINED))
    acted_on_panel = (
        exists().where(
            here, Vote.item_id == AgendaItem.id, Vote.voided_at.is_(None), Vote.seat_id.in_(seats)
        ),
        exists().where(
            here,
            ScoreSheet.item_id == AgendaItem.id,
            ScoreSheet.voided_at.is_(None),
            ScoreSheet.seat_id.in_(seats),
        ),
        exists().where(
            here,
            decided,
            Presence.item_id == AgendaItem.id,
            Presence.present.is_(True),
            Presence.seat_id.in_(seats),
        ),
    )
    if db.session.scalar(select(or_(*acted_on_panel))):
        return (
            "You took part in this bid on the panel. Record your interest on the panel’s page of it, or "
            "ask the clerk to."
        )
    return None
