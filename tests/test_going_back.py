"""A downgrade that would destroy evidence says what it would destroy, and changes nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Enum, inspect, text

from fundflow import create_app
from fundflow.extensions import db
from fundflow.migrating.evidence import PASSING
from fundflow.models.installation import Demonstration
from fundflow.models.letter import Heartbeat
from tests.conftest import settings_for
from tests.factories import NOW, Make

pytestmark = pytest.mark.both_databases


@pytest.fixture
def kept(new_database: Callable[[str | None], str], template_url: str) -> Iterator[Flask]:
    app = create_app(settings_for(new_database(template_url)))
    with app.app_context():
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def picture() -> dict[str, Any]:
    """Every table with its columns and rows."""
    with db.engine.connect() as connection:
        found = inspect(connection)
        return {
            name: (
                [column["name"] for column in found.get_columns(name)],
                sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))),
            )
            for name in found.get_table_names()
        }


def going_back(caplog: pytest.LogCaptureFixture) -> str:
    """What going back says; nothing may have changed."""
    caplog.clear()
    db.session.commit()
    db.session.remove()
    before = picture()
    with pytest.raises(SystemExit):  # Flask-Migrate logs why
        downgrade(revision="base")
    assert picture() == before
    assert "Going back would destroy evidence, so nothing was changed." in caplog.text
    return caplog.text


def test_rows_that_would_go_are_named_and_stay(kept: Flask, caplog: pytest.LogCaptureFixture) -> None:
    Make(db.session).bid()  # type: ignore[arg-type]
    said = going_back(caplog)
    assert "1 row of bid;" in said
    assert "restore the copy" in said


@pytest.mark.one_database
def test_every_table_but_the_passing_ones_is_kept(kept: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """A row in each, put past keys and checks: only what nobody entered may go."""
    evidence = [table for table in db.metadata.sorted_tables if table.name not in PASSING]
    raw = db.engine.raw_connection()
    for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
        raw.cursor().execute(f"PRAGMA {pragma}")
    for table in evidence:
        needed = {f'"{column.name}"': _some(column) for column in table.columns if not column.nullable}
        raw.cursor().execute(
            f'INSERT INTO "{table.name}" ({", ".join(needed)}) VALUES ({", ".join(needed.values())})'
        )
    raw.close()
    said = going_back(caplog).replace(". To", ";")
    assert [table.name for table in evidence if f" of {table.name};" not in said] == []


@pytest.mark.thorough
def test_signs_of_life_and_marks_are_no_evidence(kept: Flask) -> None:
    db.session.add_all(
        [Heartbeat(name="worker", at=NOW, trouble="gone", since=NOW), Demonstration(made_at=NOW)]
    )
    db.session.commit()
    db.session.remove()
    downgrade(revision="base")
    upgrade()


def _some(column: Any) -> str:
    if isinstance(column.type, Enum):
        return f"'{column.type.enums[0]}'"
    kind = str(column.type).upper()
    if "INT" in kind:
        return "1"
    if "BOOL" in kind:
        return "true"
    if "DATETIME" in kind or "TIMESTAMP" in kind:
        return "'2026-11-18 10:00:00'"
    if "DATE" in kind:
        return "'2026-11-18'"
    return "'{}'" if "JSON" in kind else "'x'"
