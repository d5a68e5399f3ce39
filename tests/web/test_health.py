"""Health pages for machines."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from fundflow.models.letter import Heartbeat
from fundflow.web import health
from tests.letters.conftest import a_letter


@pytest.fixture
def at_head(monkeypatch):
    """As if the migrations were at their newest."""
    monkeypatch.setattr(health, "_migrations", lambda: "ok")


def beat(session, seconds):
    session.add(Heartbeat(name="worker", at=datetime.now(UTC) - timedelta(seconds=seconds)))
    session.commit()


def test_the_process_is_well_without_asking_the_database(client, count_queries):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text.strip()) == (200, "ok")
    assert count_queries == []


WEB = {"database": "ok", "migrations": "ok"}
WELL = {**WEB, "worker": "ok", "queue": "ok", "mail": "ok"}


def test_ready_with_a_worker_that_beat_within_the_minute(client, session, at_head):
    beat(session, 50)
    answer = client.get("/readyz/worker")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "checks": WELL})


def test_a_worker_that_is_silent_is_told_apart_from_the_web_server(client, session, at_head):
    never = client.get("/readyz/worker")
    assert (never.status_code, never.json["checks"]["worker"]) == (
        503,
        "has never run: start fundflow worker",
    )
    beat(session, 90)
    silent = client.get("/readyz/worker")
    assert silent.status_code == 503
    assert silent.json["checks"]["worker"].startswith("silent for 9")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "checks": WEB})


def test_a_queue_older_than_ten_minutes_and_a_mail_server_that_refuses_are_told_too(client, session, at_head):
    beat(session, 1)
    moment = datetime.now(UTC)
    session.add(a_letter(due=moment - timedelta(minutes=9)))
    session.commit()
    assert client.get("/readyz/worker").status_code == 200
    session.add(a_letter(due=moment - timedelta(minutes=11)))
    session.add(Heartbeat(name="mail", at=moment, trouble="535 bad password", since=moment))
    session.commit()
    answer = client.get("/readyz/worker")
    assert answer.status_code == 503
    assert answer.json["checks"]["queue"].startswith("a letter has waited for 66")
    assert answer.json["checks"]["mail"].startswith("the mail server has refused for ")
    assert "535" not in answer.text  # the page is public
    assert client.get("/readyz").status_code == 200


def test_not_ready_before_the_newest_migration(client, session):
    beat(session, 1)
    if session.connection().dialect.has_table(session.connection(), "alembic_version"):
        assert client.get("/readyz").status_code == 200
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "db upgrade" in answer.json["checks"]["migrations"]


def test_not_ready_without_a_database(client, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(health.db.session, "execute", broken)
    down = {"database": "can’t be reached", "migrations": "not checked"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, down)
    answer = client.get("/readyz/worker")
    unknown = dict.fromkeys(("worker", "queue", "mail"), "not checked")
    assert (answer.status_code, answer.json["checks"]) == (503, down | unknown)
