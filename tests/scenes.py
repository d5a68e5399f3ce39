"""Scenes: the rows that many tests begin with, each written once a run into a database of its own.

A test looks at a scene inside a transaction that is rolled back, so that the next one finds it as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import pytest
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


class Thing(NamedTuple):
    """An object to make again."""

    kind: type
    values: dict[str, Any]


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


def scene(build: Callable[[Make], Scene]) -> Callable[..., Any]:
    """A fixture that gives what `build(make)` made: `award = scene(an_award)`."""

    @pytest.fixture
    def found(scenes: Scenes, make: Make) -> Iterator[Scene]:
        with scenes.on(build) as scene:
            yield scene

    return found


class Scenes:
    """`with scenes.on(build) as scene`: what `build(make)` made, on its own database.

    A scene is a row, or an object whose attributes are rows, lists or dicts of rows, a `Make`, or plain
    values. Its connection stays open for the next test.
    """

    def __init__(self, new_database: Callable[[], str], engine: OneEngine) -> None:
        self.new_database, self.engine = new_database, engine
        self.made: dict[Callable[[Make], Any], tuple[Connection, Any]] = {}

    @contextmanager
    def on(self, build: Callable[[Make], Scene]) -> Iterator[Scene]:
        if build not in self.made:
            self.made[build] = self._made(build)
        connection, kept = self.made[build]
        with rolled_back(connection):
            yield _found(kept)

    def close(self) -> None:
        for connection, _ in self.made.values():
            connection.close()

    def _made(self, build: Callable[[Make], Any]) -> tuple[Connection, Any]:
        connection = self.engine.connect(self.new_database())
        with _session_on(connection):
            scene = build(Make(db.session))  # type: ignore[arg-type]
            db.session.commit()
            if isinstance(scene, Base):
                return connection, _kept(scene)
            return connection, Thing(type(scene), _kept(vars(scene)))


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
    if isinstance(value, Make):
        return Make(value.session)  # what another test made and it remembers is gone
    if isinstance(value, Thing):
        again = object.__new__(value.kind)
        vars(again).update(_found(value.values))
        return again
    if isinstance(value, dict):
        return {key: _found(each) for key, each in value.items()}
    return [_found(each) for each in value] if isinstance(value, list) else value
