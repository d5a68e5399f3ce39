"""The database as it stood at one moment, while others write; and putting it back.

SQLite is copied by its own backup, which reads one state and holds nobody up; what lies in `-wal` is in it.
PostgreSQL is dumped by `pg_dump`, in the snapshot in which we read which files the rows name.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import Engine

from fundflow.extensions import db
from fundflow.files.named import Named, named
from fundflow.workflow.engine import Refused

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}  # of the member of the archive
EMPTY = "There is no database to back up here. Run fundflow db upgrade first."
FULL = "The database {name} is not empty. A backup is put back only into an empty one."
MIGRATES = "--lock-wait-timeout=60s"  # a migration may hold a table
LACKS = (
    "{program} is not on this machine. Install PostgreSQL’s client, of the server’s version or newer "
    "(on Debian: postgresql-client), and try again."
)


class Taken(NamedTuple):
    """The database of one moment."""

    path: Path
    revision: str  # of its last migration
    files: list[Named]  # that its rows name


def kind() -> str:
    """sqlite or postgresql."""
    return db.engine.dialect.name


def taken(folder: Path) -> Taken:
    """Write the database as it is now into this folder. Raises Refused where that can't be done."""
    return _dumped(folder) if kind() == "postgresql" else _copied(folder)


def why_not_empty() -> str | None:
    """Why nothing may be put back here, if so."""
    if kind() == "sqlite":
        beside = [
            Path(f"{_file()}{ending}") for ending in ("", "-wal", "-shm")
        ]  # another's log would be read
        full = next((path for path in beside if path.exists()), None)
        return FULL.format(name=full) if full else None
    return FULL.format(name=db.engine.url.database) if inspect(db.engine).get_table_names() else None


def put_back(path: Path) -> None:
    """Make this the database, which is empty; all of it or nothing. Raises Refused where it can't be done."""
    if kind() == "sqlite":
        path.chmod(0o600)
        _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.move(path, _file().with_suffix(".part"))  # from another disk, perhaps
        _file().with_suffix(".part").replace(_file())
        return
    with db.engine.connect() as connection:
        settings = _of_libpq(connection)
        name = connection.engine.url.database
    options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={name}")
    _run("pg_restore", *options, str(path), environ=settings)


def revision_of(connection: Connection) -> str:
    """Of the last migration. Raises Refused for a database that has none."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise Refused(EMPTY)
    return revision


def _file() -> Path:
    return Path(db.engine.url.database or "").absolute()


def _copied(folder: Path) -> Taken:
    path = folder / NAMES["sqlite"]
    if not _file().exists():
        raise Refused(EMPTY)
    with closing(sqlite3.connect(_file())) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        broken = [row[0] for row in target.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if broken:
        raise Refused(f"The database is damaged: {broken[0]}. Restore the last backup that was not.")
    with _opened(path) as connection:
        return Taken(path, revision_of(connection), named(connection))


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    engine: Engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _dumped(folder: Path) -> Taken:
    path = folder / NAMES["postgresql"]
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        revision, files = revision_of(connection), named(connection)
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", MIGRATES)
        _run("pg_dump", *options, f"--file={path}", environ=_of_libpq(connection))
    return Taken(path, revision, files)


def _of_libpq(connection: Connection) -> dict[str, str]:
    """The connection's own settings as libpq reads them from the environment: no password among the
    arguments, which everybody on the machine can read."""
    raw: Any = connection.connection.driver_connection
    return {
        option.envvar.decode(): option.val.decode()
        for option in raw.pgconn.info
        if option.envvar and option.val is not None
    }


def _run(program: str, *options: str, environ: Mapping[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused(LACKS.format(program=program))
    done = subprocess.run(  # noqa: S603 (our own words; the settings are in its environment)
        [found, *options], env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Refused(f"{program} failed: {said}")
