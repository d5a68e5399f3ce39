"""A column that a model gained arrives with a value for the rows that exist, and with its key and check.

On SQLite a table is never rebuilt for a column: that would lose its triggers.
"""

import json
from enum import Enum
from typing import Any, cast

from alembic.autogenerate import Rewriter, renderers
from alembic.operations import Operations, ops
from alembic.operations.toimpl import add_column as alembic_adds
from alembic.util import CommandError
from sqlalchemy import CheckConstraint, Column, ForeignKey, text

from fundflow.migrating.choices import ChangeChoices

rewriter = Rewriter()  # changes what `db migrate` found, before it is written down
alembic_writes = renderers.dispatch(ops.AddColumnOp)


@rewriter.rewrites(ops.MigrationScript)
def number(context: Any, _revision: Any, script: ops.MigrationScript) -> ops.MigrationScript:
    """Migrations are counted: 0005 follows 0004."""
    script.rev_id = f"{int(context.script.get_current_head() or 0) + 1:04}"
    return script


@rewriter.rewrites(ops.ModifyTableOps)
def columns_alone(_context: Any, _revision: Any, change: ops.ModifyTableOps) -> list[ops.MigrateOperation]:
    """Columns and their indexes come and go by themselves, with their keys; the rest stays together."""
    added = [op for op in change.ops if isinstance(op, ops.AddColumnOp)]
    keys = {_columns(op): op for op in change.ops if isinstance(op, ops.CreateForeignKeyOp)}
    for op in added:
        op.column = _complete(op, keys.get((op.column.name,)))
    gone = [op.column_name for op in change.ops if isinstance(op, ops.DropColumnOp)]
    names = {(name,) for name in (*(op.column.name for op in added), *gone)}
    alone = (ops.AddColumnOp, ops.DropColumnOp, ops.CreateIndexOp, ops.DropIndexOp, ChangeChoices)
    first = [op for op in change.ops if isinstance(op, alone)]
    rest = [op for op in change.ops if op not in first and _columns(op) not in names]
    return [*first, *([ops.ModifyTableOps(change.table_name, rest)] if rest else [])]


def _columns(op: ops.MigrateOperation) -> tuple[str, ...] | None:
    """The columns of the foreign key that is made or dropped; None of anything else."""
    if isinstance(op, ops.DropConstraintOp) and op.constraint_type == "foreignkey":
        op = op.reverse()
    return tuple(op.local_cols) if isinstance(op, ops.CreateForeignKeyOp) else None


def _complete(op: ops.AddColumnOp, key: ops.CreateForeignKeyOp | None) -> "Column[Any]":
    column = op.column
    refers_to = (
        [ForeignKey(f"{key.referent_table}.{key.remote_cols[0]}", name=key.constraint_name)] if key else []
    )
    return Column(
        column.name,
        column.type,
        *refers_to,
        nullable=column.nullable,
        server_default=_for_rows_that_exist(op.table_name, column),
    )


def _for_rows_that_exist(table: str, column: "Column[Any]") -> Any:
    """What the model gives a new row; raises CommandError where it gives none and None is no answer."""
    if column.nullable or column.server_default is not None:
        return column.server_default
    default: Any = column.default
    value = default and (default.arg if default.is_scalar else default.arg(None))
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return text(str(value).lower())
    if isinstance(value, list | dict):
        return json.dumps(value)
    if isinstance(value, str | int):
        return str(value)
    raise CommandError(
        f"{table}.{column.name} must not be empty, but rows exist: give it a default= in its model, "
        "or let it be None."
    )


@renderers.dispatch_for(ops.AddColumnOp, replace=True)
def write(context: Any, op: ops.AddColumnOp) -> str:
    """`op.add_column(…)` with the column's foreign key, which Alembic would write as a step of its own."""
    written = cast(str, alembic_writes(context, op))
    before, nullable, after = written.rpartition(", nullable=")
    keys = "".join(
        f", sa.ForeignKey({key.target_fullname!r}, name={key.name!r})" for key in op.column.foreign_keys
    )
    return f"{before}{keys}{nullable}{after}"


@Operations.implementation_for(ops.AddColumnOp, replace=True)
def add_column(operations: Operations, op: ops.AddColumnOp) -> None:
    """Add a column with its key and check at once: SQLite could be given neither later."""
    dialect: Any = operations.migration_context.dialect
    if dialect.name != "sqlite":
        return alembic_adds(operations, op)
    table = operations.schema_obj.table(op.table_name, op.column)
    compiler = dialect.ddl_compiler(dialect, None)
    parts = [f'ALTER TABLE "{op.table_name}" ADD COLUMN', compiler.get_column_specification(op.column)]
    parts += [compiler.process(rule) for rule in table.constraints if isinstance(rule, CheckConstraint)]
    for key in op.column.foreign_keys:
        refers_to, column = key.target_fullname.split(".")
        parts.append(f'CONSTRAINT "{key.name}" REFERENCES "{refers_to}" ("{column}")')
    return operations.execute(" ".join(parts))
