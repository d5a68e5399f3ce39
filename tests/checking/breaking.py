"""Breaking data behind the service's back, as only somebody with the database in hand could."""

from sqlalchemy import text

from fundflow.extensions import db


def break_with(statement: str, **values: object) -> None:
    """Run a statement past the triggers and keys that would refuse it, in the session's transaction."""
    let_anything_pass()
    changed = db.session.execute(text(statement), values)
    assert changed.rowcount, f"nothing to break: {statement}"  # type: ignore[attr-defined]
    db.session.expire_all()


def let_anything_pass() -> None:
    """No trigger or key refuses anything more in this transaction."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
