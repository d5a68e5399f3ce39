"""Which rows of which table are a bid's: by their key to it, or by the row of it that they hang on."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select

from fundflow.extensions import Base


@cache
def ways_to_bid() -> dict[str, tuple[str, ...]]:
    """For each table whose rows are bids' or hang on what is: the columns that lead there, nearest first."""
    found: dict[str, tuple[str, ...]] = {"bid": ("id",)}
    for name, table in Base.metadata.tables.items():
        if _targets(table).get("bid_id") == "bid":
            found[name] = ("bid_id",)
    while more := {
        name: ways
        for name, table in Base.metadata.tables.items()
        if name not in found and (ways := tuple(c for c, to in _targets(table).items() if to in found))
    }:
        found.update(more)
    return found


def _targets(table: Table) -> dict[str, str]:
    return {c.name: next(iter(c.foreign_keys)).column.table.name for c in table.columns if c.foreign_keys}


def of_bids(name: str, which: Select[Any]) -> ColumnElement[bool]:
    """The rows of a table of `ways_to_bid` that belong to these bids.

    which  a query of the bids' ids
    """
    tables = Base.metadata.tables
    table = tables[name]
    if name == "bid" or ways_to_bid()[name] == ("bid_id",):
        return table.c[ways_to_bid()[name][0]].in_(which)
    parts = []
    for column in ways_to_bid()[name]:
        parent = tables[_targets(table)[column]]
        parts.append(table.c[column].in_(select(parent.c.id).where(of_bids(parent.name, which))))
    return or_(*parts)
