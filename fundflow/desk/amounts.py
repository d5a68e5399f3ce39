"""What a bid is about in money beside what it asks for and its award: an offer, claims, what was paid."""

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, cast, func, select

from fundflow.models.bid import Bid
from fundflow.models.decision import Offer
from fundflow.models.ledger_entry import BidBalance
from fundflow.models.payment import Claim
from fundflow.models.recovery import Recovery
from fundflow.rules.ledger_totals import Figure, balances_as
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RecoveryState


class Amount(NamedTuple):
    """Pence, as a column, and the word for it."""

    pence: Any
    word: str


# What was paid on a bid, less what came back.
PAID = (
    select(cast(func.sum(balances_as(Figure.PAID.signs)), BigInteger))
    .where(BidBalance.bid_id == Bid.id, BidBalance.kind.in_(Figure.PAID.signs))
    .correlate(Bid)
    .scalar_subquery()
)
OFFERED = Amount(
    select(Offer.pence)
    .where(Offer.bid_id == Bid.id, Offer.ended_at.is_(None))
    .order_by(Offer.id.desc())
    .limit(1)
    .correlate(Bid)
    .scalar_subquery(),
    "offered",
)


def claimed(state: ClaimState) -> Amount:
    """What a bid's claims in a state come to."""
    pence = select(func.sum(Claim.pence)).where(Claim.bid_id == Bid.id, Claim.state == state)
    return Amount(pence.correlate(Bid).scalar_subquery(), "claimed")


def to_come_back(*states: RecoveryState) -> Amount:
    """What a bid's recoveries in these states come to."""
    pence = select(func.sum(Recovery.pence)).where(Recovery.bid_id == Bid.id, Recovery.state.in_(states))
    return Amount(pence.correlate(Bid).scalar_subquery(), "to come back")
