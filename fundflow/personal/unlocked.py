"""The one way past what the database keeps unchanged: within a transaction that removes personal data."""

from collections.abc import Iterator
from contextlib import contextmanager

from fundflow.extensions import db

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
SETTING = "SELECT set_config('fundflow.removing', '{}', true)"


@contextmanager
def unlocked() -> Iterator[None]:
    """Let this transaction change and delete rows that are otherwise kept. No other transaction may.

    On SQLite the triggers are set aside and put back: a rollback puts them back too.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql(TRIGGERS).all()
        for name, _sql in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _name, sql in triggers:
                connection.exec_driver_sql(sql)
        return
    connection.exec_driver_sql(SETTING.format("on"))
    yield
    connection.exec_driver_sql(SETTING.format("off"))
