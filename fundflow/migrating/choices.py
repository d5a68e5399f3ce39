"""An enum that gained or lost a member: the database's CHECK of its column follows.

Alembic does not look at CHECKs, and SQLite can change one only in its own table of tables.
"""

import re
from typing import Any

from alembic.autogenerate import comparators, renderers
from alembic.operations import MigrateOperation, Operations
from sqlalchemy import Enum, literal_column, select, table, text

from fundflow.migrating.tables import rewrite_table


@Operations.register_operation("change_choices")
class ChangeChoices(MigrateOperation):
    """`op.change_choices("role_grant", "role", "ck_role_grant_rolename", now=[…], before=[…])`."""

    def __init__(self, table: str, column: str, rule: str, now: list[str], before: list[str]) -> None:
        self.table, self.column, self.rule, self.now, self.before = table, column, rule, now, before

    @classmethod
    def change_choices(
        cls, operations: Operations, table: str, column: str, rule: str, *, now: list[str], before: list[str]
    ) -> None:
        operations.invoke(cls(table, column, rule, now, before))

    def reverse(self) -> "ChangeChoices":
        return ChangeChoices(self.table, self.column, self.rule, self.before, self.now)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("change_choices", self.table, self.column, self.now)


@comparators.dispatch_for("table")
def compare(context: Any, changes: Any, _schema: Any, name: str, in_database: Any, in_models: Any) -> None:
    """Note the enums of a table whose CHECK in the database names other values."""
    if in_database is None or in_models is None:
        return
    rules = {rule["name"]: rule["sqltext"] for rule in context.inspector.get_check_constraints(name)}
    for kept in in_models.columns:
        rule = f"ck_{name}_{kept.type.name}" if isinstance(kept.type, Enum) else ""
        before = re.findall(r"'([^']*)'", rules.get(rule) or "")
        if before and set(before) != set(kept.type.enums):
            changes.ops.append(ChangeChoices(name, kept.name, rule, list(kept.type.enums), before))


@renderers.dispatch_for(ChangeChoices)
def write(_context: Any, op: ChangeChoices) -> str:
    return (
        f"op.change_choices({op.table!r}, {op.column!r}, {op.rule!r}, now={op.now!r}, before={op.before!r})"
    )


@Operations.implementation_for(ChangeChoices)
def change_choices(operations: Operations, op: ChangeChoices) -> None:
    """Raises RuntimeError while a row holds a value that is to go."""
    connection: Any = operations.get_bind()
    held: Any = literal_column(f'"{op.column}"')
    left = select(held).select_from(table(op.table)).where(held.not_in(op.now)).limit(1)
    if value := connection.scalar(left):
        raise RuntimeError(f"A row of {op.table} still has the {op.column} “{value}”.")
    values = ", ".join(f"'{value}'" for value in op.now)
    rule = f"CHECK ({op.column} IN ({values}))"
    if connection.dialect.name == "sqlite":
        _rewrite(connection, op, rule)
    else:
        operations.execute(f'ALTER TABLE "{op.table}" DROP CONSTRAINT {op.rule}')
        operations.execute(f'ALTER TABLE "{op.table}" ADD CONSTRAINT {op.rule} {rule}')


def _rewrite(connection: Any, op: ChangeChoices, rule: str) -> None:
    sql = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": op.table})
    old = re.search(rf'CONSTRAINT "?{op.rule}"? (CHECK \(.*?\)\))', sql, flags=re.S)
    if old is None:
        raise RuntimeError(f"{op.table} has no {op.rule}.")
    rewrite_table(connection, op.table, sql.replace(old[1], rule))
