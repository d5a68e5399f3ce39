"""Migrations make the tables the models describe, from empty and back."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import JSON, DateTime, MetaData, Table, column, inspect, select, table, text
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

    upgrade()
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


# -- 0006: answered by link --------------------------------------------------------------------------


def test_links_of_approvers_go_on_and_people_named_are_to_be_settled(empty_app: Flask) -> None:
    upgrade(revision="0005")
    rows = {
        "person": {"id": 5, "email": "olu@council.example", "name": "Olu", "session_key": "x"},
        "role_grant": {"user_id": 5, "role": "officer", "starts_on": AT.date()},
    }
    with db.engine.begin() as connection:
        for name, values in rows.items():
            _insert(connection, name, values)
        _insert(connection, "fund", {"id": 1, "name": "F", "la_code": "899", "decider": "panel"})
        _insert(connection, "round", {"id": 1, "fund_id": 1, "name": "R"})
        _insert(connection, "school", {"id": 1, "urn": "100001", "name": "S", "la_code": "899"})
        bid = {
            "id": 1,
            "fund_id": 1,
            "round_id": 1,
            "reference": "F-0001",
            "state": "submitted",
            "lead_school_id": 1,
            "created_by_id": 5,
            "submitted_at": AT,
            "contact_email": "OLU@council.example",
            "origin": "school",
        }
        _insert(connection, "bid", bid)
        _insert(connection, "approval", {"id": 9, "bid_id": 1, "state": "asked", "email": "c@gov.example"})
        _insert(
            connection,
            "one_time_link",
            {"id": 3, "purpose": "approval", "approval_id": 9, "token_hash": "h", "expires_at": AT},
        )
        letter = {"id": 4, "key": "k", "approval_id": 9, "link_purpose": "approval", "status": "queued"}
        _insert(connection, "letter", letter)
    upgrade(revision="0006")
    link = _row("SELECT purpose, asked_process, asked_id, email FROM one_time_link")
    assert link == ("answer", "approval", 9, "c@gov.example")
    assert _row("SELECT link_purpose, asked_process, asked_id FROM letter") == ("answer", "approval", 9)
    assert _row("SELECT bid_id, user_id, state FROM named_person") == (1, 5, "to_settle")
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM named_person"))  # else going back would destroy it
    downgrade(revision="0005")
    assert _row("SELECT purpose, approval_id FROM one_time_link") == ("approval", 9)
    assert _row("SELECT link_purpose, approval_id FROM letter") == ("approval", 9)
    upgrade()


def test_people_keep_their_accounts_as_sessions_become_rows_and_going_back_signs_all_out(
    empty_app: Flask,
) -> None:
    upgrade(revision="0007")
    with db.engine.begin() as connection:
        for number in (5, 6):
            values = {"id": number, "email": f"p{number}@council.example", "session_key": "same"}
            _insert(connection, "person", values)
        link = {"id": 3, "purpose": "invitation", "user_id": 5, "token_hash": "h", "expires_at": AT}
        _insert(connection, "one_time_link", link)
    upgrade()
    assert _row("SELECT count(*), min(email) FROM person") == (2, "p5@council.example")
    with db.engine.begin() as connection:
        session = {"id": 1, "user_id": 5, "key_hash": "k", "begun_at": AT, "seen_at": AT}
        _insert(connection, "browser_session", session)
        change = {"id": 7, "purpose": "new_address", "user_id": 6, "token_hash": "n", "expires_at": AT}
        _insert(connection, "one_time_link", change)
    downgrade(revision="0007")
    assert _row("SELECT count(DISTINCT session_key), min(length(session_key)) FROM person") == (2, 32)
    assert _row("SELECT purpose FROM one_time_link") == ("invitation",)
    upgrade()


# -- 0011: names and codes folded ---------------------------------------------------------------------


def test_names_and_codes_are_folded_and_an_invoice_claimed_twice_stays(empty_app: Flask) -> None:
    upgrade(revision="0010")
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("person", {"id": 5, "name": "Łukasz O’Dea", "email": "l@council.example"}),
        ("fund", {"id": 1, "la_code": "899", "decider": "panel"}),
        ("round", {"id": 1, "fund_id": 1}),
        ("trust", {"id": 1, "code": "1", "name": "St Anne’s"}),
        ("school", {"id": 1, "urn": "100001", "name": "St Anne’s CofE", "search_name": "st annes cofe"}),
        *(
            (
                "bid",
                {
                    "id": number,
                    "fund_id": 1,
                    "round_id": 1,
                    "reference": f"F-{number}",
                    "state": "in_delivery",
                    "lead_school_id": 1,
                    "created_by_id": 5,
                    "submitted_at": AT,
                    "title": "Now",
                    "sent_title": "Réading",
                    "origin": "school",
                },
            )
            for number in (1, 2)
        ),
        ("support_offer", {"id": 1, "school_id": 1, "updated_by_id": 5, "title": "Møre", "who": "Lead"}),
        *(
            (
                "claim",
                {
                    "id": number,
                    "bid_id": bid,
                    "number": number,
                    "kind": "backfill",
                    "state": state,
                    "invoice_reference": reference,
                },
            )
            for number, bid, state, reference in (
                (1, 1, "submitted", "Réf 7"),
                (2, 2, "submitted", "REF-7"),
                (3, 2, "refused", "ref 7"),
                (4, 1, "draft", ""),
            )
        ),
        ("backfill_line", {"id": 1, "bid_id": 1, "school_id": 1, "staff_code": "eh 1", "half_days": 1}),
        ("claim_day", {"id": 1, "claim_id": 1, "line_id": 1, "school_id": 1, "staff_code": "EH-1"}),
    )
    with db.engine.begin() as connection:
        for name, values in rows:
            _insert(connection, name, values)

    upgrade()
    with db.engine.connect() as connection:
        claims = connection.execute(
            text("SELECT invoice_reference, invoice_key, invoice_school_id FROM claim ORDER BY id")
        ).all()
    assert [tuple(claim) for claim in claims] == [
        ("Réf 7", "REF7", 1),
        ("REF-7", "REF7#2", 1),  # stays as it was written, and blocks nothing
        ("ref 7", "REF7", 1),
        ("", "", None),
    ]
    assert _row("SELECT search_name FROM school") == ("saint annes church of england",)
    kept = [c for made in db.metadata.sorted_tables for c in made.columns if "folded" in c.info]
    for one in kept:
        with db.engine.connect() as connection:
            found = connection.execute(select(one.table)).mappings().all()
        assert found, one.table.name
        wanted = [one.info["folded"].of_row(row.get) for row in found]
        assert one.name == "invoice_key" or [row[one.name] for row in found] == wanted
    downgrade(revision="0010")  # nothing is lost: what is folded stays
    upgrade()


def _row(query: str) -> tuple[Any, ...]:
    with db.engine.connect() as connection:
        return tuple(connection.execute(text(query)).one())


def _insert(connection: Any, name: str, values: dict[str, Any]) -> None:
    """A row of a table as the database has it now, with something in every column that must have it."""
    made = Table(name, MetaData(), autoload_with=connection)
    filled = {
        column.name: _some(column)
        for column in made.columns
        if not column.nullable
        and column.name not in values
        and column.server_default is None
        and not (column.primary_key and "id" in values)
    }
    filled.pop("id", None)
    connection.execute(made.insert().values({**filled, **values}))


def _some(column: Any) -> Any:
    kind = column.type.python_type
    known = {bool: False, int: 1, datetime: AT, date: AT.date(), dict: {}, str: ""}
    return known.get(kind, "")
