"""Scenes: the rows that many tests begin with, each written once a run into a database of its own.

A test looks at a scene inside a transaction that is rolled back, so that the next one finds it as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

from fundflow import database
from fundflow.extensions import Base, db
from tests.factories import Make

Scene = TypeVar("Scene")


class Row(NamedTuple):
    """Where to find a row again."""

    model: type[Base]
    key: tuple[Any, ...]


class Scenes:
    """`with scenes.on(build) as scene`: what `build(make)` made, on its own database.

    A scene is an object whose attributes are rows, lists or dicts of rows, a `Make`, or plain values.
    """

    def __init__(self, new_database: Callable[[], str]) -> None:
        self.new_database = new_database
        self.made: dict[Callable[[Make], Any], tuple[Engine, type, dict[str, Any]]] = {}

    @contextmanager
    def on(self, build: Callable[[Make], Scene]) -> Iterator[Scene]:
        if build not in self.made:
            self.made[build] = self._made(build)
        engine, kind, values = self.made[build]
        with engine.connect() as connection, rolled_back(connection):
            scene = object.__new__(kind)
            vars(scene).update({name: _found(value) for name, value in values.items()})
            yield scene

    def _made(self, build: Callable[[Make], Any]) -> tuple[Engine, type, dict[str, Any]]:
        engine = create_engine(self.new_database(), poolclass=NullPool)
        database.prepare(engine)
        with _session_on(engine):
            scene = build(Make(db.session))  # type: ignore[arg-type]
            db.session.commit()
            return engine, type(scene), {name: _kept(value) for name, value in vars(scene).items()}


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
