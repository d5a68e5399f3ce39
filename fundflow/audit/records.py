"""The rows of a bid and what stands around them, as an audit pack holds them."""

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Select, Table, or_, select

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.minutes import Minutes, MinutesSection
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.panel_settings import PanelRules
from fundflow.models.payment import Claim
from fundflow.models.payment_run import PaymentRun, RunLine
from fundflow.models.person import RoleGrant, Seat
from fundflow.models.round import Round
from fundflow.rules.rows_of_bids import of_bids, ways_to_bid
from fundflow.workflow.minutes import MinutesState

# Of a bid, and no evidence.
LEFT_OUT = {
    "bid_balance": "sums of the ledger",
    "bid_word": "words to search by",
    "kept_typing": "typing that was never saved",
}

Queries = dict[str, Select[*tuple[Any, ...]]]


def own_rows(bid_id: int) -> Queries:
    """Table → the query of its rows that are this bid’s."""
    which, tables = select(Bid.id).where(Bid.id == bid_id), Base.metadata.tables
    return {
        name: _query(tables[name], of_bids(name, which)) for name in ways_to_bid() if name not in LEFT_OUT
    }


def _query(table: Table, condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Rows without their bytes, in the order of their keys."""
    columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
    return select(*columns).where(condition).order_by(*table.primary_key)


def around(bid_id: int) -> Queries:
    """Table → the query of what is not the bid’s own, and without which its rows say little: its fund and
    round, the delegation and seats, the meetings, what their minutes say to all, the runs that paid it."""
    fund = select(Bid.fund_id).where(Bid.id == bid_id).scalar_subquery()
    meetings = select(AgendaItem.meeting_id).where(AgendaItem.bid_id == bid_id)
    minutes = select(Minutes.id).where(Minutes.meeting_id.in_(meetings), Minutes.state != MinutesState.DRAFT)
    runs = select(RunLine.run_id).join(Claim, Claim.id == RunLine.claim_id).where(Claim.bid_id == bid_id)
    lines = select(LedgerEntry.allocation_id).where(LedgerEntry.bid_id == bid_id)
    found: dict[Any, ColumnElement[bool]] = {
        Fund: Fund.id == fund,
        Round: Round.id.in_(select(Bid.round_id).where(Bid.id == bid_id)),
        PanelRules: PanelRules.fund_id == fund,
        RoleGrant: or_(RoleGrant.fund_id == fund, RoleGrant.fund_id.is_(None)),
        Seat: Seat.fund_id == fund,
        Meeting: Meeting.id.in_(meetings),
        Minutes: Minutes.id.in_(minutes),
        Allocation: Allocation.id.in_(lines),
        PaymentRun: PaymentRun.id.in_(runs),
    }
    shared = MinutesSection.minutes_id.in_(minutes) & MinutesSection.item_id.is_(None)
    queries = {model.__tablename__: _query(model.__table__, condition) for model, condition in found.items()}
    return queries | {"minutes_section_of_all": _query(Base.metadata.tables["minutes_section"], shared)}
