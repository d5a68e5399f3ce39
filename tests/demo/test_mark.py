"""The demonstration switch opens a database that its loader made, and no other."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, inspect, select, text

from fundflow import build, cli, create_app
from fundflow.config import SettingsWrong
from fundflow.demo import load as loading
from fundflow.demo.load import load
from fundflow.demo.mark import PASSING
from fundflow.extensions import db
from fundflow.models.installation import Demonstration
from fundflow.models.letter import Heartbeat
from fundflow.models.person import User
from tests.conftest import settings_for
from tests.factories import NOW, Make
from tests.test_config import GOOD

OTHER_DATA = "was not made by “fundflow demo load”"


@pytest.fixture
def url(new_database: Callable[[str | None], str], template_url: str) -> str:
    return new_database(template_url)


def built(url: str, **changes: Any) -> Flask:
    return build(settings_for(url, **changes))


def fill(app: Flask) -> None:
    """An administrator and nothing else: a council’s first day."""
    with app.app_context():
        Make(db.session).user("Ada Min")  # type: ignore[arg-type]
        db.session.commit()
        close()


def close() -> None:
    db.session.remove()
    db.engine.dispose()


def test_the_switch_is_refused_on_a_council_s_own_database(url: str) -> None:
    fill(built(url))
    with pytest.raises(SettingsWrong, match=OTHER_DATA):
        create_app(settings_for(url, DEMO=True))
    create_app(settings_for(url))


def test_any_row_of_any_table_makes_a_database_a_council_s_own(url: str) -> None:
    """Found in the database as it is, so that an older or newer release's tables count too."""
    app = built(url, DEMO=True)
    with app.app_context():
        db.session.execute(text("CREATE TABLE of_another_release (id INTEGER)"))
        db.session.execute(text("INSERT INTO of_another_release VALUES (1)"))
        db.session.commit()
        close()
    with pytest.raises(SettingsWrong, match=OTHER_DATA):
        create_app(settings_for(url, DEMO=True))


def test_an_empty_database_and_one_before_its_first_migration_are_fine(
    url: str, new_database: Callable[[str | None], str]
) -> None:
    with built(url).app_context():
        db.session.add(Heartbeat(name="worker", at=NOW))
        db.session.commit()
        assert set(inspect(db.engine).get_table_names()) >= PASSING
        close()
    for empty in (url, new_database(None)):
        create_app(settings_for(empty, DEMO=True))


def test_a_real_person_on_an_empty_database_is_not_shown_to_anybody_either(url: str) -> None:
    """The switch was on before the first data came."""
    app = create_app(settings_for(url, DEMO=True))
    fill(app)
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/demo", "/demo/mailbox")] == [404, 404]
    assert client.post("/demo/sign-in", data={"user": 1}).status_code == 404
    with app.app_context():
        close()


def test_the_loader_marks_what_it_fills_and_the_switch_opens_it(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_play", lambda *_: None)  # two years of acts say nothing here
    app = create_app(settings_for(url, DEMO=True, DATA=tmp_path))
    with app.app_context():
        assert load(NOW).startswith("The demonstration council is loaded")
        assert db.session.scalar(select(Demonstration.made_at)) == NOW
        assert load(NOW) == "The demonstration is there already; its data are kept."
        close()
    again = create_app(settings_for(url, DEMO=True, DATA=tmp_path))
    assert again.test_client().get("/demo").status_code == 200
    with again.app_context():
        close()


@pytest.mark.parametrize(("demo", "says"), [(False, "only with FUNDFLOW_DEMO=1"), (True, OTHER_DATA)])
def test_the_loader_refuses_without_the_switch_and_where_anything_is(url: str, demo: bool, says: str) -> None:
    app = built(url, DEMO=demo)
    if demo:
        fill(app)
    with app.app_context():
        with pytest.raises(SettingsWrong, match=says):
            load(NOW)
        db.session.rollback()
        assert db.session.scalar(select(func.count(User.id))) == (1 if demo else 0)
        close()


def test_no_command_serves_or_fills_a_council_s_own_database_as_a_demonstration(
    url: str, tmp_path: Path
) -> None:
    fill(built(url))
    environ = {"FUNDFLOW_DATABASE_URL": url, "FUNDFLOW_DATA": str(tmp_path)}
    for words, switch in ((("run",), "1"), (("worker", "--once"), "1"), (("demo", "load"), "1")):
        said = CliRunner().invoke(cli.group(build), words, env={**environ, "FUNDFLOW_DEMO": switch})
        assert (said.exit_code, OTHER_DATA in said.output) == (1, True), said.output
    said = CliRunner().invoke(
        cli.group(build), ("demo", "load"), env={**GOOD, **environ, "FUNDFLOW_DEMO": "0"}
    )
    assert (said.exit_code, "only with FUNDFLOW_DEMO=1" in said.output) == (1, True), said.output


def test_without_the_switch_nothing_of_the_demonstration_is_imported() -> None:
    program = (
        "import sys, fundflow; from fundflow import config;"
        f"fundflow.create_app(config.settings({GOOD}));"
        "print([name for name in sys.modules if name.startswith('fundflow.demo')])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
