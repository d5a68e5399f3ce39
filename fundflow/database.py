"""How connections behave on each database (the reasons are measured: see README, “Databases”)."""

from typing import Any

from flask import g, has_request_context, request
from psycopg import IsolationLevel
from psycopg import OperationalError as PostgresqlOperationalError
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import InsertmanyvaluesSentinelOpts

READ_METHODS = ("GET", "HEAD", "OPTIONS")
APPENDS, IMPATIENT = "fundflow_appends", "fundflow_impatient"  # execution options: see `appends`
SNAPSHOT = "fundflow_snapshot"  # likewise: see `snapshot`
PATIENCE = 30_000  # milliseconds that SQLite waits for another writer
LOCK_PATIENCE = 10_000  # and PostgreSQL for a lock: longer only where a migration or a stuck process holds it
MIGRATING_PATIENCE = 5_000  # a migration that waits for a table has everybody else wait behind it
CONNECT_SECONDS = 5  # until a PostgreSQL server that says nothing counts as down


def prepare(engine: Engine) -> None:
    """Make GET requests read-only in the database itself, and SQLite fit for several processes."""
    if engine.dialect.name == "sqlite":
        # It numbers the rows of one INSERT in their order: without this each row is a statement of its own.
        engine.dialect.insertmanyvalues_implicit_sentinel = InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_connect)
        event.listen(engine, "begin", _postgresql_begin)
        _forgive_rollbacks(engine.dialect)


def _forgive_rollbacks(dialect: Any) -> None:
    """To roll back on a connection that the server ended is done already, and no error.

    A request's last rollback comes when its answer is ready and its change is committed.
    """
    roll_back = dialect.do_rollback

    def forgiving(connection: Any) -> None:
        try:
            roll_back(connection)
        except PostgresqlOperationalError as error:
            if not _is_gone(error):
                raise

    dialect.do_rollback = forgiving


def reads_only() -> bool:
    if not has_request_context():
        return False
    return request.method in READ_METHODS or bool(g.get("reads_only"))


def read_only() -> None:
    """From the next transaction on this request only reads, and waits for no writer."""
    g.reads_only = True


NO_LOCK = "55P03"  # PostgreSQL: lock not to be had
COLLISIONS = ("40P01", "40001", NO_LOCK)  # deadlock, serialization
# PostgreSQL: stopped by its administrator, crashed, starting up or shutting down, no connection left.
DOWN = ("57P01", "57P02", "57P03", "53300")


def appends(bind: Any, *, patient: bool = True) -> Session:
    """A session of its own, in which even a GET may add to what is kept of who read what.

    Short, and ended by the caller's commit; nothing of the request's own transaction is in it.
    patient  wait for another writer; else its first statement fails (see `is_collision`)
    """
    session = Session(bind, join_transaction_mode="create_savepoint")
    session.connection(execution_options={APPENDS: True, IMPATIENT: not patient})
    return session


def snapshot(bind: Any) -> Session:
    """A session of its own that only reads, and sees the database as it was at its first query, whatever is
    written meanwhile. It waits for no writer, and none waits for it."""
    session = Session(bind, join_transaction_mode="create_savepoint")
    if isinstance(bind, Engine):  # a connection that is in use, as in tests, keeps its transaction as it is
        session.connection(execution_options={SNAPSHOT: True})
    return session


def _reads(connection: Connection) -> bool:
    options = connection.get_execution_options()
    return bool(options.get(SNAPSHOT)) or (reads_only() and not options.get(APPENDS))


def is_collision(error: OperationalError) -> bool:
    """Whether two transactions got in each other's way, so that trying again may well do."""
    state = getattr(error.orig, "sqlstate", None)
    return state in COLLISIONS or "database is locked" in str(error.orig)


def waited_in_vain(error: OperationalError) -> bool:
    """Whether somebody else held a lock for longer than we wait; trying again at once would wait again."""
    return getattr(error.orig, "sqlstate", None) == NO_LOCK or "database is locked" in str(error.orig)


INVALID = "8s2b"  # SQLAlchemy: the connection was lost, and something went on without rolling back


def is_down(error: Exception) -> bool:
    """Whether the server is not there to be asked, or ended our connection."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PendingRollbackError) and error.code == INVALID
    if isinstance(error.orig, PostgresqlOperationalError):
        return _is_gone(error.orig)
    return error.connection_invalidated or "unable to open database file" in str(error.orig)


def _is_gone(error: PostgresqlOperationalError) -> bool:
    state = error.sqlstate
    return state is None or state.startswith("08") or state in DOWN


# PostgreSQL: no such table, no such column, a value missing, a value not allowed.
OTHER_SCHEMA = ("42P01", "42703", "23502", "23514")
OTHER_SCHEMA_WORDS = (
    "no such table",
    "no such column",
    "has no column",
    "NOT NULL constraint",
    "CHECK constraint",
)


def may_be_of_another_schema(error: DBAPIError) -> bool:
    """Whether a statement failed as it does where code and database are not of one release."""
    state, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    return state in OTHER_SCHEMA or any(words in said for words in OTHER_SCHEMA_WORDS)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={PATIENCE}",
        "recursive_triggers=ON",
        "cache_size=-16384",  # KB. A page of a large council reads more than the usual 2 MB
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # IMMEDIATE: a plain BEGIN that later wants to write is refused without waiting.
    reading = _reads(connection)
    impatient = bool(connection.get_execution_options().get(IMPATIENT))
    _set_pragma(connection, "query_only", int(reading))
    _set_pragma(connection, "busy_timeout", 0 if impatient else PATIENCE)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _set_pragma(connection: Connection, name: str, value: int) -> None:
    """Only where it is to change: after `query_only` SQLite prepares every statement again."""
    if connection.info.get(name) != value:
        connection.exec_driver_sql(f"PRAGMA {name}={value}")
        connection.info[name] = value


def _postgresql_connect(connection: Any, _record: Any) -> None:
    # What is read in portions is read whole: no plan that finds the first rows sooner and all of them later.
    connection.execute("SET cursor_tuple_fraction = 1")
    connection.execute(f"SET lock_timeout = {LOCK_PATIENCE}")
    connection.commit()


def _postgresql_begin(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    raw.read_only = _reads(connection)
    whole = connection.get_execution_options().get(SNAPSHOT)
    raw.isolation_level = IsolationLevel.REPEATABLE_READ if whole else None
    if connection.get_execution_options().get(IMPATIENT):
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
