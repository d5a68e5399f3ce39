"""Runs migrations on the application's own engine."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from fundflow.database import MIGRATING_PATIENCE
from fundflow.extensions import db
from fundflow.migrating import evidence, rewriter
from fundflow.models.columns import StoredEnum, UtcDateTime


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column types as the plain SQLAlchemy types they are stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, StoredEnum):
        return repr(item).replace("StoredEnum(", "sa.Enum(", 1)
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        process_revision_directives=rewriter,
        compare_type=True,
        transactional_ddl=True,  # on SQLite too, since BEGIN is ours to say: all of it or nothing
    )
    sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.driver_connection
    if sqlite:  # batch mode can't rebuild a table that others point at while keys are enforced
        raw.execute("PRAGMA foreign_keys=OFF")
    with context.begin_transaction(), evidence.kept(context.get_context()):
        if not sqlite:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {MIGRATING_PATIENCE}")
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"Foreign keys broken by a migration: {broken[:3]}")
    if sqlite:
        raw.execute("PRAGMA foreign_keys=ON")


with current_app.extensions["migrate"].db.engine.connect() as connection:
    run(connection)
    connection.commit()
