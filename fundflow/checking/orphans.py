"""Rows that point at what is not there."""

from typing import Any

from sqlalchemy import ForeignKey, Select, exists, func, literal, select

from fundflow.checking.history import models_of_processes, whose
from fundflow.checking.registry import Queries, check
from fundflow.extensions import Base
from fundflow.models.history import HistoryEntry


def _keys() -> Queries:
    """A query for every foreign key: SQLite keeps none while its check is switched off."""
    tables = Base.metadata.sorted_tables
    return [_orphans_of(table, key) for table in tables for key in sorted(table.foreign_keys, key=str)]


def _orphans_of(table: Any, key: ForeignKey) -> Select[*tuple[Any, ...]]:
    parent, points = key.column.table.alias("parent"), key.parent
    there = exists().where(parent.c[key.column.name] == points)
    names = [literal(name).label(label) for label, name in (("table", table.name), ("column", points.name))]
    lacking = select(*names, literal(key.column.table.name).label("to"), func.count().label("count"))
    return lacking.where(points.is_not(None), ~there).having(func.count() > 0)


@check("No row points at another that is gone.", _keys)
def keys(row: Any) -> str:
    rows = "1 row" if row.count == 1 else f"{row.count} rows"
    return f"{rows} of {row.table} ({row.column}) point at a row of {row.to} that is not there."


def _records() -> Queries:
    return [
        select(literal(name).label("process"), HistoryEntry.record_id, func.min(HistoryEntry.id).label("id"))
        .where(HistoryEntry.process == name, ~exists().where(model.id == HistoryEntry.record_id))
        .group_by(HistoryEntry.record_id)
        for name, model in models_of_processes().items()
    ]


@check("Every record that the history names is still there.", _records)
def records_of_history(row: Any) -> str:
    return f"{whose(row.process, row.record_id)} is gone, and the history tells of it (entry {row.id})."
