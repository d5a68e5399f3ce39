"""Scenes: the rows that many tests begin with, each written once a run into a database of its own.

A test looks at a scene inside a transaction that is rolled back, so that the next one finds it as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, inspect, make_url
from sqlalchemy.pool import NullPool

from fundflow import database
from fundflow.extensions import Base, db
from tests.factories import Make

Scene = TypeVar("Scene")


class Row(NamedTuple):
    """Where to find a row again."""

    model: type[Base]
    key: tuple[Any, ...]


class OneEngine:
    """Connections to any of the tests' databases from one engine, so that a statement is compiled once.

    An engine each would compile everything anew for every scene.
    """

    def __init__(self, like: Engine) -> None:
        self.url: str | URL = like.url
        self.engine = create_engine(
            like.url, poolclass=NullPool, hide_parameters=like.hide_parameters, query_cache_size=10_000
        )
        database.prepare(self.engine)
        event.listen(self.engine, "do_connect", self._open)

    def connect(self, url: str | URL) -> Connection:
        """A new connection to this database."""
        self.url = url
        return self.engine.connect()

    def _open(self, dialect: Dialect, _record: Any, _args: Any, _parameters: Any) -> Any:
        args, parameters = dialect.create_connect_args(make_url(self.url))
        return dialect.connect(*args, **parameters)


class Scenes:
    """`with scenes.on(build) as scene`: what `build(make)` made, on its own database.

    A scene is an object whose attributes are rows, lists or dicts of rows, a `Make`, or plain values.
    """

    def __init__(self, new_database: Callable[[], str], engine: OneEngine) -> None:
        self.new_database, self.engine = new_database, engine
        self.made: dict[Callable[[Make], Any], tuple[str, type, dict[str, Any]]] = {}

    @contextmanager
    def on(self, build: Callable[[Make], Scene]) -> Iterator[Scene]:
        if build not in self.made:
            self.made[build] = self._made(build)
        url, kind, values = self.made[build]
        with self.engine.connect(url) as connection, rolled_back(connection):
            scene = object.__new__(kind)
            vars(scene).update({name: _found(value) for name, value in values.items()})
            yield scene

    def _made(self, build: Callable[[Make], Any]) -> tuple[str, type, dict[str, Any]]:
        url = self.new_database()
        with self.engine.connect(url) as connection, _session_on(connection):
            scene = build(Make(db.session))  # type: ignore[arg-type]
            db.session.commit()
            return url, type(scene), {name: _kept(value) for name, value in vars(scene).items()}


@contextmanager
def _session_on(bind: Any) -> Iterator[None]:
    before = db.engines[None]
    db.session.remove()
    db.engines[None] = bind
    try:
        yield
    finally:
        db.session.remove()
        db.engines[None] = before


@contextmanager
def rolled_back(connection: Connection) -> Iterator[None]:
    """The session on one connection to a database; what is committed there is rolled back at the end."""
    outer = connection.begin()
    with _session_on(connection):
        db.session.configure(join_transaction_mode="create_savepoint")
        yield
    outer.rollback()


def _kept(value: Any) -> Any:
    if isinstance(value, Base):
        return Row(type(value), inspect(value).identity)
    if isinstance(value, dict):
        return {key: _kept(each) for key, each in value.items()}
    return [_kept(each) for each in value] if isinstance(value, list) else value


def _found(value: Any) -> Any:
    if isinstance(value, Row):
        return db.session.get_one(value.model, value.key)
    if isinstance(value, dict):
        return {key: _found(each) for key, each in value.items()}
    return [_found(each) for each in value] if isinstance(value, list) else value
