"""What the fund's own rows say about a bid, for the evidence beside the checklist.

Each function asks a fixed number of queries and reads a bounded number of rows.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, Partner
from fundflow.models.brokering import SupportOffer
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.permissions import may_see
from fundflow.rules.returns import is_late
from fundflow.workflow.application import LIVE, BidState

SHOWN = 5  # references named beside a checklist item
COMPARED = 500  # lines of past awards a day rate is compared with, the newest


class PastLine(NamedTuple):
    """The day rate, in pence, of one line of an awarded bid."""

    grade_id: int | None
    role: str
    pence: int


def past_lines(bid: Bid) -> list[PastLine]:
    """The newest lines of backfill of the fund's other awarded bids."""
    # Asked line by line: for a join, SQLite would first go through every bid.
    awarded = select(Bid.id).where(
        Bid.id == BackfillLine.bid_id, Bid.fund_id == bid.fund_id, Bid.awarded_pence.is_not(None)
    )
    rows = db.session.execute(
        select(BackfillLine.grade_id, BackfillLine.staff_role, BackfillLine.day_rate_pence)
        .where(BackfillLine.bid_id != bid.id, awarded.exists())
        .order_by(BackfillLine.id.desc())
        .limit(COMPARED)
    )
    return [PastLine(grade, searchable(role), pence) for grade, role, pence in rows]


class OtherBid(NamedTuple):
    """Another live bid of one of the same schools."""

    id: int
    reference: str
    state: BidState
    start_on: date | None
    end_on: date | None


def other_live_bids(bid: Bid, user: User, now: datetime) -> list[OtherBid]:
    """Other live bids of the same schools which this person may see, newest first."""
    ids = [school.id for school in bid.schools]
    takes_part = Bid.id.in_(select(Partner.bid_id).where(Partner.school_id.in_(ids)))
    rows = db.session.execute(
        select(Bid.id, Bid.reference, Bid.state, Bid.start_on, Bid.end_on)
        .where(Bid.id != bid.id, Bid.is_live(), Bid.state != BidState.DRAFT, may_see(user, now))
        .where(or_(Bid.lead_school_id.in_(ids), takes_part))
        .order_by(Bid.id.desc())
        .limit(SHOWN)
    )
    return [OtherBid(*row) for row in rows]


def same_staff(bid: Bid, others: Collection[OtherBid]) -> dict[int, list[str]]:
    """Other bid's id → codes of staff, of the same school, who are in both bids."""
    ours = {(line.school_id, line.staff_key) for line in bid.backfill_lines}
    rows = db.session.execute(
        select(BackfillLine.bid_id, BackfillLine.school_id, BackfillLine.staff_code, BackfillLine.staff_key)
        .where(BackfillLine.bid_id.in_([other.id for other in others]))
        .where(BackfillLine.school_id.in_({school for school, _key in ours}))
        .order_by(BackfillLine.id)
        .limit(COMPARED)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for bid_id, school_id, code, key in rows:
        if (school_id, key) in ours and code not in found[bid_id]:
            found[bid_id].append(code)
    return dict(found)


def overdue_reports(bid: Bid, today: date) -> list[tuple[str, date]]:
    """(reference, due date) of reports the same schools owe for bids they led, oldest first."""
    return list(
        db.session.execute(
            select(Bid.reference, ImpactReturn.wanted_on)
            .join(ImpactReturn, ImpactReturn.bid_id == Bid.id)
            .where(Bid.lead_school_id.in_([school.id for school in bid.schools]))
            .where(is_late(today))
            .order_by(ImpactReturn.wanted_on)
            .limit(SHOWN)
        ).all()
    )


class Capacity(NamedTuple):
    """Half days a school offers in a school year, and those that other bids of that year take.

    `offered` is None where the directory holds nothing of the school.
    """

    offered: int | None
    taken: int


def capacity(bid: Bid, schools: Collection[School], first: date, last: date) -> dict[int, Capacity]:
    """School's id → its capacity in the school year from `first` to `last`."""
    ids = [school.id for school in schools]
    offered = _sums(
        select(SupportOffer.school_id, func.sum(SupportOffer.half_days))
        .where(
            SupportOffer.school_id.in_(ids),
            SupportOffer.withdrawn_at.is_(None),
        )
        .group_by(SupportOffer.school_id)
    )
    taken = _sums(
        select(BackfillLine.school_id, func.sum(BackfillLine.half_days))
        .join(Bid, Bid.id == BackfillLine.bid_id)
        .where(BackfillLine.school_id.in_(ids), Bid.id != bid.id, _takes_days())
        .where(Bid.start_on >= first, Bid.start_on <= last)
        .group_by(BackfillLine.school_id)
    )
    return {number: Capacity(offered.get(number), taken.get(number, 0)) for number in ids}


def _takes_days() -> ColumnElement[bool]:
    return and_(Bid.state.in_((*LIVE, BidState.CLOSED)), Bid.state != BidState.DRAFT)


def _sums(query: Any) -> dict[int, int]:
    return {number: int(total) for number, total in db.session.execute(query)}
