"""Running balances of the ledger: what its entries add up to, by allocation line and by bid.

Kept in the transaction of each entry, so that no page adds the whole ledger up. They can be made again
from the entries (`rebuild`), and checked against them (`wrong_balances`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, bindparam, delete, func, insert, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation
from fundflow.models.ledger_entry import BidBalance, EntryKind, LedgerEntry, LineBalance
from fundflow.rules.ledger_totals import Figure

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Rows = Iterable[tuple[int, EntryKind, int]]  # allocation line (its id), kind, pence


def add_entry(entry: LedgerEntry) -> None:
    """Add an entry to the ledger, and its pence to the balances; the caller commits."""
    db.session.add(entry)
    line = {"allocation_id": entry.allocation_id, "kind": entry.kind}
    _add_to(LineBalance, line, entry.pence)
    if entry.bid_id is not None:
        _add_to(BidBalance, {"bid_id": entry.bid_id, **line}, entry.pence)


# Built once: every page that shows money asks for them.
_OF_LINES = (
    select(LineBalance.allocation_id, LineBalance.kind, LineBalance.pence)
    .join(Allocation)
    .where(Allocation.fund_id.in_(bindparam("funds", expanding=True)))
)
_UNTOLD = select(Bid.id).where(
    Bid.fund_id.in_(bindparam("funds", expanding=True)), Bid.decision_held_until.is_not(None)
)
_RESERVED_UNTOLD = select(BidBalance.allocation_id, BidBalance.kind, -BidBalance.pence).where(
    BidBalance.bid_id.in_(_UNTOLD), BidBalance.kind.in_(tuple(Figure.RESERVED.signs))
)
_OF_LINES_AS_TOLD = union_all(_OF_LINES, _RESERVED_UNTOLD)
_OF_BID = select(BidBalance.allocation_id, BidBalance.kind, BidBalance.pence).where(
    BidBalance.bid_id == bindparam("bid")
)


def of_lines(fund_ids: Iterable[int], *, year: int | None = None) -> Rows:
    """The balances of these funds' allocation lines, or of those of one financial year."""
    query = _OF_LINES if year is None else _OF_LINES.where(Allocation.financial_year == year)
    return [(*row,) for row in db.session.execute(query, {"funds": list(fund_ids)})]


def of_lines_as_told(fund_ids: Iterable[int]) -> Rows:
    """The balances of these funds' allocation lines, and below zero what of them is reserved for offers whose
    letters are held."""
    return [(*row,) for row in db.session.execute(_OF_LINES_AS_TOLD, {"funds": list(fund_ids)})]


def of_bid(bid_id: int) -> Rows:
    """A bid's balances."""
    return [(*row,) for row in db.session.execute(_OF_BID, {"bid": bid_id})]


def of_bids(which: Select[int] | CompoundSelect[Any]) -> dict[int, list[tuple[int, EntryKind, int]]]:
    """The balances of these bids (a query of their ids), by bid."""
    columns = (BidBalance.bid_id, BidBalance.allocation_id, BidBalance.kind, BidBalance.pence)
    found: defaultdict[int, list[tuple[int, EntryKind, int]]] = defaultdict(list)
    query = select(*columns).where(BidBalance.bid_id.in_(which))
    for bid_id, line, kind, pence in db.session.execute(query):
        found[bid_id].append((line, kind, pence))
    return found


class WrongBalance(NamedTuple):
    """A balance that is not what the entries add up to; a bid's, or the whole line's."""

    allocation_id: int
    bid_id: int | None
    kind: EntryKind
    kept: int
    entered: int


def wrong_balances() -> list[WrongBalance]:
    """Every balance that differs from its entries; reads the whole ledger."""
    kept, entered = dict(_kept()), dict(_entered())
    return [
        WrongBalance(line, bid, kind, kept.get((line, bid, kind), 0), entered.get((line, bid, kind), 0))
        for line, bid, kind in {**kept, **entered}
        if kept.get((line, bid, kind), 0) != entered.get((line, bid, kind), 0)
    ]


def rebuild(connection: Any = None) -> None:
    """Make every balance again from the entries; the caller commits.

    connection  another one than the session's
    """
    on = connection or db.session
    on.execute(delete(LineBalance))
    on.execute(delete(BidBalance))
    on.execute(insert(LineBalance).from_select(["allocation_id", "kind", "pence"], _sums_of_lines()))
    columns = ["allocation_id", "bid_id", "kind", "pence"]
    on.execute(insert(BidBalance).from_select(columns, _sums_of_bids()))


def _add_to(table: type[LineBalance] | type[BidBalance], key: dict[str, Any], pence: int) -> None:
    connection = db.session.connection()  # no row of a balance is ever loaded, so the session need not know
    connection.execute(_adding(connection.dialect.name, table, *key), {**key, "pence": pence})


@cache
def _adding(dialect: str, table: type[LineBalance] | type[BidBalance], *key: str) -> Any:
    add = INSERT[dialect](table)
    return add.on_conflict_do_update(index_elements=key, set_={"pence": table.pence + add.excluded.pence})


Key = tuple[int, int | None, EntryKind]


def _kept() -> Iterator[tuple[Key, int]]:
    lines = select(LineBalance.allocation_id, LineBalance.kind, LineBalance.pence)
    bids = select(BidBalance.allocation_id, BidBalance.bid_id, BidBalance.kind, BidBalance.pence)
    return _keyed(lines, bids)


def _entered() -> Iterator[tuple[Key, int]]:
    return _keyed(_sums_of_lines(), _sums_of_bids())


def _keyed(lines: Select[*tuple[Any, ...]], bids: Select[*tuple[Any, ...]]) -> Iterator[tuple[Key, int]]:
    for line, kind, pence in db.session.execute(lines):
        yield (line, None, kind), int(pence)
    for line, bid, kind, pence in db.session.execute(bids):
        yield (line, bid, kind), int(pence)


def _sums_of_lines() -> Select[*tuple[Any, ...]]:
    by = (LedgerEntry.allocation_id, LedgerEntry.kind)
    return select(*by, func.sum(LedgerEntry.pence)).group_by(*by)


def _sums_of_bids() -> Select[*tuple[Any, ...]]:
    by = (LedgerEntry.allocation_id, LedgerEntry.bid_id, LedgerEntry.kind)
    return select(*by, func.sum(LedgerEntry.pence)).where(LedgerEntry.bid_id.is_not(None)).group_by(*by)
