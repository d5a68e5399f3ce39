"""Bids whose final report is accepted: those that can be closed, and what holds the others."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.feedback import Feedback
from fundflow.models.impact import ImpactReturn
from fundflow.models.school import School
from fundflow.rules.award_sums import AwardSum
from fundflow.rules.awards_in_force import sums_of
from fundflow.rules.closing import Hold, held_by
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import OPEN
from fundflow.workflow.impact_return import ReturnKind, ReturnState

MOST = 300  # bids that are looked at, since each is reckoned


class ToClose(NamedTuple):
    """A bid and what holds it; nothing: it can be closed."""

    reference: str
    school: str
    holds: list[Hold]


def bids_to_close(bids: Any, now: datetime) -> list[ToClose]:
    """Bids in monitoring with an accepted final report, the longest there first; `bids` is the condition on
    a bid joined with its lead school. As many queries however many there are."""
    accepted = select(ImpactReturn.bid_id).where(
        ImpactReturn.bid_id == Bid.id,
        ImpactReturn.kind == ReturnKind.FINAL,
        ImpactReturn.state == ReturnState.ACCEPTED,
    )
    found = db.session.scalars(
        select(Bid)
        .join(School, School.id == Bid.lead_school_id)
        .where(Bid.state == BidState.IN_MONITORING, accepted.correlate(Bid).exists(), bids)
        .order_by(Bid.state_since, Bid.id)
        .limit(MOST)
        .options(
            joinedload(Bid.lead_school),
            selectinload(Bid.returns),
            selectinload(Bid.feedback).joinedload(Feedback.school),
            selectinload(Bid.claims),
        )
    ).all()
    if not found:
        return []
    ids = [bid.id for bid in found]
    sums = sums_of(db.session(), select(Bid.id).where(Bid.id.in_(ids)))
    open_changes = select(ChangeRequest.bid_id).where(
        ChangeRequest.bid_id.in_(ids), ChangeRequest.state.in_(OPEN)
    )
    changing = set(db.session.scalars(open_changes))
    return [
        ToClose(
            bid.reference,
            bid.lead_school.name,
            held_by(bid, sums.get(bid.id, AwardSum()), changes=bid.id in changing, now=now),
        )
        for bid in found
    ]
