"""Going back never destroys evidence: what a downgrade would drop must hold nothing.

Everything it would take away is counted as it goes, before any of it is final; then the downgrade stops
and says what that is, and the database stays as it was. To go back, restore a copy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.operations import Operations, ops
from alembic.operations.toimpl import drop_column as alembic_drops_column
from alembic.operations.toimpl import drop_table as alembic_drops_table
from sqlalchemy import String, cast, column, func, inspect, select, table

# Tables in which nobody entered anything that lasts: signs of life, counters, marks, sessions, links, sums.
PASSING = {
    "heartbeat",
    "demonstration",
    "sign_in_attempt",
    "browser_session",
    "address_change",
    "one_time_link",
    "kept_typing",
    "line_balance",
    "bid_balance",
    "night_check",
}
EMPTY = ("", "{}", "[]", "null")
TRUTHS = {"false": ("false", "0"), "true": ("true", "1")}

LOST = "fundflow_lost"  # among a migration's options: what going back would destroy, in words


class EvidenceWouldBeLost(RuntimeError):
    """What a downgrade would destroy, in words."""


@contextmanager
def kept(migration: Any) -> Iterator[None]:
    """Raises EvidenceWouldBeLost at the end where what ran inside, going back, dropped something."""
    if migration.opts["fn"].__name__ == "downgrade":  # Alembic's own function
        migration.opts[LOST] = []
    yield
    if lost := migration.opts.get(LOST):
        raise EvidenceWouldBeLost(
            "Going back would destroy evidence, so nothing was changed. "
            f"It would take away {'; '.join(lost)}. "
            "To return to an earlier release, restore the copy made before the upgrade."
        )


@Operations.implementation_for(ops.DropTableOp, replace=True)
def drop_table(operations: Operations, op: ops.DropTableOp) -> None:
    name = op.table_name
    if _goes_back(operations) and name not in PASSING:
        _note(operations, select(func.count()).select_from(table(name)), f"of {name}")
    alembic_drops_table(operations, op)


@Operations.implementation_for(ops.DropColumnOp, replace=True)
def drop_column(operations: Operations, op: ops.DropColumnOp) -> None:
    place = f"{op.table_name}.{op.column_name}"
    if _goes_back(operations) and op.table_name not in PASSING:
        _note(operations, _filled(operations, op.table_name, op.column_name), f"of {place}")
    alembic_drops_column(operations, op)


def _goes_back(operations: Operations) -> bool:
    return LOST in operations.migration_context.opts


def _note(operations: Operations, query: Any, what: str) -> None:
    if count := operations.get_bind().scalar(query):
        rows = "row" if count == 1 else "rows"
        operations.migration_context.opts[LOST].append(f"{count} {rows} {what}")


def _filled(operations: Operations, name: str, column_name: str) -> Any:
    """How many rows hold more in a column than nothing, or what it holds by itself."""
    held = cast(column(column_name), String)
    bind: Any = operations.get_bind()
    by_itself = next(c["default"] for c in inspect(bind).get_columns(name) if c["name"] == column_name)
    nothing = (*EMPTY, *_default_texts(by_itself))
    return (
        select(func.count())
        .select_from(table(name))
        .where(column(column_name).is_not(None), held.not_in(nothing))
    )


def _default_texts(default: str | None) -> tuple[str, ...]:
    """A column's default as its rows hold it: `'10'`, `10`, `'a'::character varying`, `false`."""
    text = (default or "").split("::")[0].strip().strip("()").strip("'")
    return TRUTHS.get(text.lower(), (text,))
