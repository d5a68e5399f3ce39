"""Health pages for machines."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from fundflow.models.letter import Heartbeat
from fundflow.web import health


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


def test_ready_with_a_worker_that_beat_within_the_minute(client, session, at_head):
    beat(session, 50)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "worker": "ok"},
    }


def test_not_ready_without_a_worker(client, session, at_head):
    assert client.get("/readyz").status_code == 503
    beat(session, 90)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["worker"].startswith("silent for 9")


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
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {
        "database": "can’t be reached",
        "migrations": "not checked",
        "worker": "not checked",
    }
