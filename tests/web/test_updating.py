"""While a release and its database don't fit together, pages say so instead of breaking."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text

from fundflow import create_app
from fundflow.extensions import db
from tests.conftest import settings_for
from tests.factories import Make

PUBLIC = ("/", "/rounds", "/register", "/register.csv", "/sign-in/link/x", "/approve/x")


@pytest.fixture
def old(new_database: Callable[[str | None], str]) -> Iterator[Flask]:
    """This release on the database of another, which names its tables otherwise."""
    app = create_app(settings_for(new_database(None), TESTING=False))
    with app.app_context():
        upgrade()
        with db.engine.begin() as connection:
            for name in ("bid", "fund", "one_time_link", "person", "browser_session"):
                connection.execute(text(f"ALTER TABLE {name} RENAME TO {name}_of_another"))
            connection.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.both_databases
def test_public_pages_say_that_the_service_is_being_updated(old: Flask) -> None:
    client = old.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "1.x"  # whoever was signed in is asked of the same database
    for path in PUBLIC:
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "The service is being updated" in answer.text
        assert answer.headers["Retry-After"]
        assert "X-Content-Type-Options" in answer.headers
    assert client.get("/sign-in").status_code == 503  # looks whether anybody is signed in
    machine = old.test_client()
    assert [machine.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]


def test_what_was_typed_is_there_to_be_sent_again(old: Flask) -> None:
    from_our_page = {"Sec-Fetch-Site": "same-origin"}
    answer = old.test_client().post("/sign-in", data={"email": "ann@b.example"}, headers=from_our_page)
    assert answer.status_code == 503
    assert "The service is being updated" in answer.text
    assert 'value="ann@b.example"' in answer.text


def test_before_the_first_migration_too(new_database: Callable[[str | None], str]) -> None:
    app = create_app(settings_for(new_database(None), TESTING=False))
    assert app.test_client().get("/").status_code == 503
    with app.app_context():
        db.engine.dispose()


@pytest.mark.both_databases
def test_a_statement_that_is_wrong_on_the_newest_database_is_our_fault(
    client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundflow.reports import fund_queries

    monkeypatch.setattr(
        fund_queries, "funds", lambda: db.session.execute(text("SELECT nothing_like_it FROM fund"))
    )
    monkeypatch.setattr(client.application, "testing", False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Sorry, there is a problem" in answer.text


@pytest.mark.both_databases
def test_old_code_on_a_new_database_says_so_too_where_a_value_is_missing(
    client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundflow.accounts.routes import sign_in as routes

    def write(**_its: object) -> None:
        db.session.execute(text("INSERT INTO fund (id, name) VALUES (999, 'x')"))

    monkeypatch.setattr(routes.operations, "ask_for_link", write)
    asked = {"email": "a@b.example"}
    assert client.post("/sign-in", data=asked).status_code == 409
    db.session.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
    db.session.commit()
    assert client.post("/sign-in", data=asked).status_code == 503


def test_a_page_asks_nothing_more_while_all_is_well(client: FlaskClient, count_queries: list[str]) -> None:
    client.get("/rounds")
    assert not [statement for statement in count_queries if "alembic_version" in statement]


def test_a_database_that_is_gone_gives_a_page_too(old: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with old.app_context():
        db.session.remove()
        db.engine.dispose()
        monkeypatch.setitem(db.engines, None, _gone())
    client = old.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "1.x"
    answer = client.get("/work")
    assert answer.status_code == 503
    assert "The service is not available at the moment" in answer.text
    assert answer.headers["Retry-After"]


def _gone() -> object:
    from sqlalchemy import create_engine

    return create_engine("sqlite:////nowhere/at/all.sqlite3")
