"""What a claim's page and the cards of a bid's claims show."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine
from fundflow.models.history import HistoryEntry
from fundflow.models.payment import LIVE_CLAIMS, Claim, ClaimDay
from fundflow.models.person import User
from fundflow.permissions import actors_for


@dataclass(frozen=True)
class ClaimCard:
    """A claim on the Money tab; `buttons` are the steps that wait for the reader."""

    claim: Claim
    half_days: int
    buttons: list[str]


@dataclass(frozen=True)
class LineLeft:
    """A backfill line and how much of it is claimed: halves of days, this claim's among them."""

    line: BackfillLine
    half_days_claimed: int


def cards(bid: Bid, user: User, now: datetime) -> list[ClaimCard]:
    """The bid's claims with the steps this person may take; their reasons are on each claim's page."""
    claims = db.session.scalars(
        select(Claim)
        .where(Claim.bid_id == bid.id)
        .order_by(Claim.number)
        .options(joinedload(Claim.certified_by), joinedload(Claim.paid_by))
    ).all()
    worked = dict(
        db.session.execute(
            select(ClaimDay.claim_id, func.sum(ClaimDay.half_days))
            .join(Claim)
            .where(Claim.bid_id == bid.id)
            .group_by(ClaimDay.claim_id)
        ).all()
    )
    actors = actors_for(user, bid, now)
    return [
        ClaimCard(
            claim,
            worked.get(claim.id, 0),
            [step.button for step in claim.workflow.from_state(claim.state) if set(step.by) & actors],
        )
        for claim in claims
    ]


def days_of(claim: Claim) -> list[ClaimDay]:
    """The log, oldest first, with its lines and schools loaded."""
    return list(
        db.session.scalars(
            select(ClaimDay)
            .where(ClaimDay.claim_id == claim.id)
            .order_by(ClaimDay.day, ClaimDay.id)
            .options(selectinload(ClaimDay.line))
        )
    )


def lines_left(claim: Claim) -> list[LineLeft]:
    """The bid's backfill lines with the days that live claims and this one have taken."""
    claimed = dict(
        db.session.execute(
            select(ClaimDay.line_id, func.sum(ClaimDay.half_days))
            .join(Claim)
            .where(Claim.bid_id == claim.bid_id, Claim.state.in_(LIVE_CLAIMS) | (Claim.id == claim.id))
            .group_by(ClaimDay.line_id)
        ).all()
    )
    return [LineLeft(line, claimed.get(line.id, 0)) for line in claim.bid.backfill_lines]


def history_of(claim: Claim) -> list[HistoryEntry]:
    """What happened to the claim, newest first."""
    return list(
        db.session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.process == claim.workflow.name, HistoryEntry.record_id == claim.id)
            .order_by(HistoryEntry.id.desc())
        )
    )
