"""Migrations make the tables the models describe, from empty and back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import JSON, DateTime, column, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.history import REMOVED, HistoryEntry, HistoryWords, words_hash
from tests.conftest import settings_for


@pytest.fixture
def empty_app(new_database: Callable[[str | None], str]) -> Iterator[Flask]:
    app = create_app(settings_for(new_database(None)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_newest_migration_makes_what_the_models_say(empty_app: Flask) -> None:
    upgrade()
    try:
        check()
    except SystemExit:
        pytest.fail('The models say what no migration makes: run `make migration name="…"`')
    tables = set(inspect(db.engine).get_table_names())
    assert tables - {"alembic_version"} == set(db.metadata.tables)


def test_every_migration_can_be_undone(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()


# -- 0005: words beside the history -----------------------------------------------------------------

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
PLAIN = "id process record_id step label from_state to_state actor_name reason internal"
BEFORE = table(
    "history_entry",
    *map(column, PLAIN.split()),
    column("at", DateTime(timezone=True)),
    column("given", JSON),
)
# What steps were given, what of it stays in the entry, and what stands beside it.
GIVEN: tuple[tuple[str, dict[str, Any], set[str]], ...] = (
    ("withdraw", {"reason": "Zoë’s school\nclosed."}, set()),
    ("approve", {"amount": 300_000, "reasons": "A clear need.", "conditions": ["Share it"]}, {"amount"}),
    (
        "propose",
        {"item": 7, "before": 5, "votes": {"1": "fund"}, "casting": "fund", "casting_reason": "Urgent."},
        {"item", "before", "votes", "casting"},
    ),
    ("pass_on", {"from": "100001", "to": "100002"}, {"from", "to"}),
    ("score", {"before": {"need": 4}}, {"before"}),
    ("score_again", {"before": {"need": [4, "Because of need."]}}, set()),
    ("submit", {"agreement": True, "nothing": None}, {"agreement", "nothing"}),
    *(("work_on_review", {}, set()) for _ in range(1_200)),  # more than one batch
)


def entries_before() -> list[dict[str, Any]]:
    return [
        {
            "id": 10 + 2 * n,
            "process": "application",
            "record_id": n,
            "step": step,
            "label": f"Did {step}",
            "from_state": "draft",
            "to_state": "submitted",
            "actor_name": f"Ann Oak {n}",
            "reason": str(given.get("reason", "")),
            "internal": n % 2 == 0,
            "at": AT,
            "given": given,
        }
        for n, (step, given, _) in enumerate(GIVEN)
    ]


def kept_before() -> list[dict[str, Any]]:
    with db.engine.connect() as connection:
        rows = connection.execute(select(BEFORE).order_by(BEFORE.c.id)).mappings().all()
    return [{**row, "internal": bool(row["internal"]), "at": row["at"].replace(tzinfo=UTC)} for row in rows]


def test_words_move_beside_the_history_and_back(empty_app: Flask) -> None:
    upgrade(revision="0004")
    with db.engine.begin() as connection:
        connection.execute(BEFORE.insert(), entries_before())

    upgrade(revision="0005")
    entries = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
    assert [(e.label, e.actor_name, e.reason, e.given) for e in entries] == [
        (e["label"], e["actor_name"], e["reason"], e["given"]) for e in entries_before()
    ]
    assert [set(entry.facts) for entry in entries] == [facts for _, _, facts in GIVEN]
    assert all(e.words and e.words_hash == words_hash(e.words.copy()) for e in entries)
    assert len({entry.words.salt for entry in entries if entry.words}) == len(entries)
    for change in ("UPDATE history_entry SET at = at", "DELETE FROM history_entry"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(change))
        db.session.rollback()
    db.session.delete(db.session.get_one(HistoryWords, 10))
    db.session.commit()
    db.session.remove()

    downgrade(revision="0004")
    erased = {"label": REMOVED, "actor_name": REMOVED, "reason": "", "given": {}}
    first, *others = entries_before()
    assert kept_before() == [{**first, **erased}, *others]
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM history_entry"))
    assert not inspect(db.engine).has_table("history_words")
    upgrade()
