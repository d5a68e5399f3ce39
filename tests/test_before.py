"""A database from before the first release: a demonstration makes way, any other is refused in words."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from fundflow import build
from fundflow.config import SettingsWrong
from fundflow.extensions import db
from fundflow.migrating.before import make_way
from tests.conftest import settings_for

pytestmark = pytest.mark.one_database
AtRevision = Callable[..., Flask]


@pytest.fixture
def at_revision(template_url: str) -> AtRevision:
    """An application on a database of this revision, in this folder, with something in it; a loader marks
    what it fills."""
    return partial(_at_revision, template_url.removeprefix("sqlite:///"))


def _at_revision(
    newest: str, revision: str, folder: Path, *, marked: bool = True, **settings: object
) -> Flask:
    folder.mkdir()
    shutil.copy(newest, folder / "fundflow.sqlite3")
    app = build(settings_for(f"sqlite:///{folder / 'fundflow.sqlite3'}", DATA=folder, **settings))
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
            connection.execute(text("INSERT INTO cluster (id, name, version) VALUES (1, 'North', 1)"))
            if marked:
                connection.execute(text("INSERT INTO demonstration (id, made_at) VALUES (1, '2026-11-18')"))
        db.engine.dispose()
    return app


def test_an_old_demonstration_is_moved_aside_and_a_new_one_can_be_made(
    tmp_path: Path, at_revision: AtRevision
) -> None:
    app = at_revision("0016", tmp_path / "var", DEMO=True)
    with app.app_context():
        said = make_way(app)
        assert said
        assert str(tmp_path / "var-0016") in said
        assert (tmp_path / "var-0016" / "fundflow.sqlite3").exists()
        assert list((tmp_path / "var").iterdir()) == []
        upgrade()
        assert make_way(app) is None
        db.engine.dispose()


def test_nothing_is_moved_over_another_that_was_moved(tmp_path: Path, at_revision: AtRevision) -> None:
    app = at_revision("0016", tmp_path / "var", DEMO=True)
    (tmp_path / "var-0016").mkdir()
    with app.app_context(), pytest.raises(SettingsWrong, match=r"can’t be moved to .*var-0016"):
        make_way(app)
    assert (tmp_path / "var" / "fundflow.sqlite3").exists()


def test_a_council_s_own_database_is_never_moved(tmp_path: Path, at_revision: AtRevision) -> None:
    app = at_revision("0016", tmp_path / "var")
    with app.app_context(), pytest.raises(SettingsWrong, match="is at revision 0016"):
        make_way(app)
    assert (tmp_path / "var" / "fundflow.sqlite3").exists()


@pytest.mark.parametrize(
    ("revision", "marked", "says"),
    [("0016", False, "was not made by “fundflow demo load”"), ("9999", True, "is at revision 9999")],
)
def test_with_the_switch_on_other_data_and_newer_data_stay(
    tmp_path: Path, at_revision: AtRevision, revision: str, marked: bool, says: str
) -> None:
    app = at_revision(revision, tmp_path / "var", marked=marked, DEMO=True)
    with app.app_context(), pytest.raises(SettingsWrong, match=says):
        make_way(app)
    assert (tmp_path / "var" / "fundflow.sqlite3").exists()


def test_the_command_says_so(tmp_path: Path, at_revision: AtRevision) -> None:
    from fundflow import cli

    app = at_revision("0016", tmp_path / "var", DEMO=True)
    result = CliRunner().invoke(cli.group(lambda: app), ["db", "upgrade"])
    assert "It was moved to" in result.output
    assert result.exit_code == 0, result.output
    assert (tmp_path / "var" / "fundflow.sqlite3").exists()
