"""The ledger’s figures of a period, and as they stood at a moment."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, not_, select

from fundflow import balances
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.rules.ledger_totals import Totals, added, grouped


def made_in(fund_id: int, start: datetime, end: datetime) -> Totals:
    """What was entered from one moment until before another, whatever line it stands on; one query."""
    return added(grouped(_entered(fund_id, LedgerEntry.at >= start, LedgerEntry.at < end)).values())


def by_line_before(fund_id: int, end: datetime, *, as_told: bool = False) -> dict[int, Totals]:
    """Figures by allocation line (its id) as they stood at a moment; one query.

    as_told  without what is reserved for offers whose letters are held now
    """
    before = [LedgerEntry.at < end]
    if as_told:
        offers = LedgerEntry.kind.in_((K.RESERVED, K.UNRESERVED))
        held = select(Bid.id).where(Bid.fund_id == fund_id, Bid.decision_held_until.is_not(None))
        before.append(not_(and_(offers, LedgerEntry.bid_id.in_(held))))
    return grouped(_entered(fund_id, *before))


def _entered(fund_id: int, *which: ColumnElement[bool]) -> balances.Rows:
    query = (
        select(LedgerEntry.allocation_id, LedgerEntry.kind, func.sum(LedgerEntry.pence))
        .where(LedgerEntry.fund_id == fund_id, *which)
        .group_by(LedgerEntry.allocation_id, LedgerEntry.kind)
    )
    return [(line, kind, int(pence)) for line, kind, pence in db.session.execute(query)]
