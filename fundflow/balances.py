"""Running balances of the ledger: what its entries add up to, by allocation line and by bid.

Kept in the transaction of each entry, so that no page adds the whole ledger up. They can be made again
from the entries (`rebuild`), and checked against them (`wrong_balances`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)
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
    add_entries([entry])


def add_entries(entries: Collection[LedgerEntry]) -> None:
    """`add_entry` of several: a statement a table of balances."""
    db.session.add_all(entries)
    _add_to(LineBalance, entries, "allocation_id", "kind")
    _add_to(BidBalance, [one for one in entries if one.bid_id is not None], "bid_id", "allocation_id", "kind")


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
    """Every balance that differs from its entries; the database reads the whole ledger."""
    return [WrongBalance(*row) for query in differences() for row in db.session.execute(query)]


def differences() -> list[Select[*tuple[Any, ...]]]:
    """Queries for every `WrongBalance`: of allocation lines, then of bids on them."""
    return [_different(_kept_of_lines(), _sums_of_lines()), _different(_kept_of_bids(), _sums_of_bids())]


def _different(kept: Select[*tuple[Any, ...]], sums: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """What is kept and what was entered (line, bid, kind, pence), where they differ."""
    zero = literal(0, BigInteger)
    of_kept, of_entries = kept.subquery(), sums.subquery()
    both = union_all(
        select(*list(of_kept.c)[:3], of_kept.c.pence.label("kept"), zero.label("entered")),
        select(*list(of_entries.c)[:3], zero, of_entries.c.pence),
    ).subquery()
    by, kept_sum, entered = list(both.c)[:3], func.sum(both.c.kept), func.sum(both.c.entered)
    different = select(*by, cast(kept_sum, BigInteger), cast(entered, BigInteger)).group_by(*by)
    return different.having(kept_sum != entered).order_by(by[0], by[1])


def rebuild(connection: Any = None) -> None:
    """Make every balance again from the entries; the caller commits.

    connection  another one than the session's
    """
    on = connection or db.session
    on.execute(delete(LineBalance))
    on.execute(delete(BidBalance))
    by = (LedgerEntry.allocation_id, LedgerEntry.kind)
    of_lines_now = select(*by, func.sum(LedgerEntry.pence)).group_by(*by)
    on.execute(insert(LineBalance).from_select(["allocation_id", "kind", "pence"], of_lines_now))
    columns = ["allocation_id", "bid_id", "kind", "pence"]
    on.execute(insert(BidBalance).from_select(columns, _sums_of_bids()))


def _add_to(table: type[LineBalance] | type[BidBalance], entries: Collection[LedgerEntry], *key: str) -> None:
    if entries:
        connection = db.session.connection()  # no row of a balance is ever loaded: the session need not know
        rows = [{name: getattr(one, name) for name in (*key, "pence")} for one in entries]
        connection.execute(_adding(connection.dialect.name, table, *key), rows)


@cache
def _adding(dialect: str, table: type[LineBalance] | type[BidBalance], *key: str) -> Any:
    add = INSERT[dialect](table)
    return add.on_conflict_do_update(index_elements=key, set_={"pence": table.pence + add.excluded.pence})


def _kept_of_lines() -> Select[*tuple[Any, ...]]:
    return select(
        LineBalance.allocation_id,
        cast(null(), BigInteger).label("bid_id"),
        LineBalance.kind,
        LineBalance.pence,
    )


def _kept_of_bids() -> Select[*tuple[Any, ...]]:
    return select(BidBalance.allocation_id, BidBalance.bid_id, BidBalance.kind, BidBalance.pence)


def _sums_of_lines() -> Select[*tuple[Any, ...]]:
    by = (LedgerEntry.allocation_id, LedgerEntry.kind)
    pence = func.sum(LedgerEntry.pence).label("pence")
    return select(by[0], cast(null(), BigInteger).label("bid_id"), by[1], pence).group_by(*by)


def _sums_of_bids() -> Select[*tuple[Any, ...]]:
    by = (LedgerEntry.allocation_id, LedgerEntry.bid_id, LedgerEntry.kind)
    pence = func.sum(LedgerEntry.pence).label("pence")
    return select(*by, pence).where(LedgerEntry.bid_id.is_not(None)).group_by(*by)
