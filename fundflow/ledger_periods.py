"""The ledger’s figures of a period, and as they stood at a moment."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, not_, select

from fundflow import balances
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.rules.ledger_totals import Figure, Totals, added, grouped


def made_in(fund_id: int, start: datetime, end: datetime) -> Totals:
    """What was entered from one moment until before another, whatever line it stands on; one query."""
    return added(grouped(_entered(fund_id, LedgerEntry.at >= start, LedgerEntry.at < end)).values())


def by_line_before(fund_id: int, end: datetime, *, as_told: bool = False) -> dict[int, Totals]:
    """Figures by allocation line (its id) as they stood at a moment; one query.

    as_told  without what is reserved for offers whose letters are held now
    """
    told = (_is_told(),) if as_told else ()
    return grouped(_entered(fund_id, LedgerEntry.at < end, *told))


def _is_told() -> ColumnElement[bool]:
    held = select(Bid.id).where(Bid.decision_held_until.is_not(None))
    return not_(and_(LedgerEntry.kind.in_(tuple(Figure.RESERVED.signs)), LedgerEntry.bid_id.in_(held)))


def _entered(fund_id: int, *which: ColumnElement[bool]) -> balances.Rows:
    return _sums(LedgerEntry.fund_id == fund_id, *which)


def _sums(*which: ColumnElement[bool]) -> balances.Rows:
    query = (
        select(LedgerEntry.allocation_id, LedgerEntry.kind, func.sum(LedgerEntry.pence))
        .where(*which)
        .group_by(LedgerEntry.allocation_id, LedgerEntry.kind)
    )
    return [(line, kind, int(pence)) for line, kind, pence in db.session.execute(query)]
