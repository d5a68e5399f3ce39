"""A migration written from the models works as it was written, in a database that holds bids."""

import json
import shutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, migrate, upgrade
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, MetaData, String, Text, inspect, text
from sqlalchemy import Enum as Choices
from sqlalchemy.exc import IntegrityError

from fundflow.extensions import db
from fundflow.models.columns import BigId, UtcDateTime, enum_of
from fundflow.models.person import RoleName
from tests.factories import Make


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


# What a model may add, and what a bid that was there before then says.
ADDED: dict[str, tuple[Any, Any]] = {
    "parents_view": (Text, ""),
    "hall": (String(40), ""),
    "laps": (Integer, 0),
    "outdoors": (Boolean, False),
    "colours": (JSON, []),
    "colour": (enum_of(Colour), "blue"),
    "seen_at": (UtcDateTime, None),
    "seen_by_id": (BigId, None),
}
DEFAULTS = {"colours": list, "colour": Colour.BLUE}


def _added() -> list["Column[Any]"]:
    return [
        Column(
            name,
            kind,
            *([ForeignKey("person.id")] if name == "seen_by_id" else []),
            default=DEFAULTS.get(name, value),
            nullable=value is None,
            index=name in ("seen_by_id", "hall"),
        )
        for name, (kind, value) in ADDED.items()
    ]


@pytest.fixture
def bid_id(real_app: Flask) -> Iterator[int]:
    """A bid, in a database of its own, with real connections."""
    with real_app.app_context():
        number = Make(db.session).bid().id
        db.session.commit()
        db.session.remove()
        yield number


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The migrations, where one may be added."""
    found = Path(__file__).parents[1] / "migrations"
    return Path(shutil.copytree(found, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the bid's model more columns, for the length of a test."""

    def to_bid(*columns: "Column[Any]") -> None:
        wider = MetaData(naming_convention=db.metadata.naming_convention)
        for table in db.metadata.sorted_tables:
            table.to_metadata(wider)
        for column in columns:
            wider.tables["bid"].append_column(column)
        monkeypatch.setitem(db.metadatas, None, wider)

    return to_bid


def _run(sql: str, **values: Any) -> Any:
    with db.engine.begin() as connection:
        result = connection.execute(text(sql), values)
        return result.mappings().one() if result.returns_rows else None


def _columns() -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns("bid")}


def _read(value: Any) -> Any:
    """JSON as what it says: SQLite hands it over as text."""
    return json.loads(value) if value == "[]" else value


def _triggers() -> int:
    table = "sqlite_master WHERE type = 'trigger'" if db.engine.dialect.name == "sqlite" else "pg_trigger"
    return int(_run(f"SELECT count(*) AS found FROM {table}")["found"])


def test_columns_that_models_gain_reach_bids_that_are_there_and_go_again(
    bid_id: int, folder: Path, add: Any, caplog: pytest.LogCaptureFixture
) -> None:
    had, triggers = _columns(), _triggers()
    before = ScriptDirectory(str(folder)).get_current_head()
    add(*_added())

    migrate(directory=str(folder), message="Wider bids")
    assert (folder / f"versions/{int(before or 0) + 1:04}_wider_bids.py").exists()
    upgrade(directory=str(folder))
    check(directory=str(folder))

    bid = _run("SELECT * FROM bid")
    assert {name: _read(bid[name]) for name in ADDED} == {name: value for name, (_, value) in ADDED.items()}
    for wrong in ({"colour": "green"}, {"seen_by_id": 987}, {"laps": None}):
        (name,) = wrong
        with pytest.raises(IntegrityError, match=f"(?i){name}|foreign key"):
            _run(f"UPDATE bid SET {name} = :{name}", **wrong)

    _run("UPDATE bid SET parents_view = 'They like it.'")
    with pytest.raises(SystemExit):  # what a column holds by itself is no evidence, this is
        downgrade(directory=str(folder), revision=before)
    assert "It would take away 1 row of bid.parents_view." in caplog.text
    _run("UPDATE bid SET parents_view = ''")

    downgrade(directory=str(folder), revision=before)
    assert (_columns(), _triggers()) == (had, triggers)
    assert _run("SELECT id FROM bid")["id"] == bid_id
    upgrade(directory=str(folder))
    assert _columns() == had | set(ADDED)


def test_a_column_with_nothing_to_say_of_bids_that_are_there_is_not_written(
    bid_id: int, folder: Path, add: Any, caplog: pytest.LogCaptureFixture
) -> None:
    add(Column("parents_view", Text, nullable=False))

    with pytest.raises(SystemExit):
        migrate(directory=str(folder), message="Wider bids")

    assert "bid.parents_view must not be empty, but rows exist: give it a default=" in caplog.text


def test_a_role_that_models_gain_can_be_held_and_goes_again_when_nobody_does(
    bid_id: int, folder: Path, add: Any
) -> None:
    triggers, before = _triggers(), ScriptDirectory(str(folder)).get_current_head()
    grant = "UPDATE role_grant SET role = :role WHERE id = (SELECT min(id) FROM role_grant)"
    with db.session.begin():
        Make(db.session).staff(RoleName.CLERK)
    with pytest.raises(IntegrityError):
        _run(grant, role="observer")
    add()
    roles = db.metadata.tables["role_grant"].c.role.type
    wider = Choices(
        "observer", *roles.enums, native_enum=False, create_constraint=True, length=40, name="rolename"
    )
    db.metadata.tables["role_grant"].c.role.type = wider

    migrate(directory=str(folder), message="Observers")
    upgrade(directory=str(folder))
    check(directory=str(folder))
    _run(grant, role="observer")
    with pytest.raises(IntegrityError):
        _run(grant, role="nobody")

    with pytest.raises(SystemExit):
        downgrade(directory=str(folder), revision=before)
    _run(grant, role="clerk")
    downgrade(directory=str(folder), revision=before)
    with pytest.raises(IntegrityError):
        _run(grant, role="observer")
    assert _triggers() == triggers
