"""A column that is filled by the migration that adds it, then takes no NULL."""

import re
from typing import Any

from alembic import op
from sqlalchemy import text


def must_be_given(table: str, column: str) -> None:
    """The column, added empty and filled since, takes no NULL any more."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, column, nullable=False)
        return
    sql = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    rewrite_table(connection, table, re.sub(rf"\b({column} \w+)\b", r"\1 NOT NULL", sql, count=1))


def rewrite_table(connection: Any, name: str, sql: str) -> None:
    """As SQLite's manual has it (“ALTER TABLE”, where no column's storage changes)."""
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    made = {"name": name, "sql": sql}
    connection.execute(text("UPDATE sqlite_master SET sql = :sql WHERE name = :name"), made)
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")
