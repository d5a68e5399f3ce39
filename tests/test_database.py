"""What the database itself refuses."""

import re
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session

from fundflow.database import prepare
from fundflow.extensions import db
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.panel import Choice
from fundflow.models.school import Trust
from fundflow.workflow.application import LIVE, BidState
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.meeting import OPEN
from tests.factories import NOW, Make


def test_a_get_request_cannot_write(real_app: Flask) -> None:
    with real_app.test_request_context("/", method="GET"), pytest.raises(DBAPIError):
        db.session.execute(text("INSERT INTO trust (code, name, search_name) VALUES ('1', 'x', 'x')"))
    db_count = "SELECT count(*) FROM trust"
    with real_app.test_request_context("/", method="POST"):
        db.session.execute(text("INSERT INTO trust (code, name, search_name) VALUES ('1', 'x', 'x')"))
        db.session.commit()
        assert db.session.scalar(text(db_count)) == 1


@pytest.mark.one_database
def test_one_connection_reads_and_writes_by_turns_and_keeps_its_statements_while_it_reads(
    app: Flask, tmp_path: Path
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/turns.sqlite3")
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE line (id INTEGER)"))
    set_to: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, sql, *_rest: "query_only" in sql and set_to.append(sql),
    )
    for method in ("GET", "GET", "POST", "GET", "GET"):
        refused = pytest.raises(OperationalError) if method == "GET" else nullcontext()
        with app.test_request_context("/", method=method), refused, engine.begin() as connection:
            connection.execute(text("INSERT INTO line VALUES (1)"))
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM line")) == 1
    assert set_to == [f"PRAGMA query_only={value}" for value in (1, 0, 1, 0)]
    engine.dispose()


def test_rows_added_together_are_one_statement_and_numbered_in_their_order(
    make: Make, count_queries: list[str]
) -> None:
    trusts = [Trust(code=f"{number}", name=f"Trust {-number}") for number in range(60)]
    count_queries.clear()
    make.session.add_all(trusts)
    make.session.flush()
    assert [sql.split(" (")[0] for sql in count_queries] == ["INSERT INTO trust"]
    ids = [trust.id for trust in trusts]
    assert ids == sorted(ids)
    assert dict(make.session.execute(select(Trust.id, Trust.code)).all()) == {t.id: t.code for t in trusts}


def test_datetimes_come_back_aware_and_in_utc(make: Make) -> None:
    user = make.user()
    make.session.expire(user)
    assert user.created_at.tzinfo is UTC
    user.created_at = datetime(2026, 1, 1)  # noqa: DTZ001 (naive on purpose)
    with pytest.raises(StatementError, match="time zone"):
        make.session.flush()


@pytest.mark.parametrize("table", ["ledger_entry", "history_entry"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_history_and_ledger_are_never_changed(make: Make, table: str, change: str) -> None:
    fund = make.fund()
    make.history(make.bid(fund=fund))
    with pytest.raises(DBAPIError, match="append-only"), make.session.begin_nested():
        make.session.execute(text(change.format(table)))


# -- evidence stays ----------------------------------------------------------------------------------


def a_decided_bid(make: Make) -> None:
    """A bid with an offer, its votes, a letter and everything others said of it."""
    bid = make.bid(state=BidState.IN_DELIVERY)
    item = bid.items[-1]
    make.panel(bid.fund)
    make.voted(item, Choice.FUND)
    make.approval(bid, state=ApprovalState.SIGNED, signed_name="Chris Chair", answered_at=NOW)
    make.session.add(
        Letter(
            key="k",
            recipient="school",
            name="A",
            email="a@b.example",
            outside=True,
            subject="s",
            body="b",
            status=LetterStatus.SENT,
            sent_at=NOW,
            written_at=NOW,
            due=NOW,
        )
    )
    make.session.flush()


@pytest.mark.parametrize(
    "table",
    ["letter", "vote", "decision", "offer", "submission", "approval", "confirmation", "person", "bid"],
)
def test_evidence_is_never_deleted(make: Make, table: str) -> None:
    a_decided_bid(make)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), make.session.begin_nested():
        make.session.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("UPDATE decision SET pence = pence + 1", True),
        ("UPDATE decision SET votes_for = 9", True),
        ("UPDATE decision SET undone_reason = 'A mistake.'", False),
        ("UPDATE vote SET seat_id = seat_id + 1", True),
        ("UPDATE vote SET voided_why = 'An interest.'", False),
        ("UPDATE vote SET choice = 'abstain'", True),
        ("UPDATE vote SET recorded_by_id = 1 - recorded_by_id", True),
        ("UPDATE confirmation SET signed_name = 'Somebody Else'", True),
        ("UPDATE confirmation SET reason = 'Another.'", True),
        ("UPDATE confirmation SET wants_account = true", False),
        ("UPDATE letter SET key = 'other'", True),
        ("UPDATE letter SET bid_id = 1", True),
        ("UPDATE letter SET attempts = 2", False),
        ("UPDATE letter SET body = 'b'", False),
        ("UPDATE letter SET body = 'Other words.'", True),
        ("UPDATE letter SET email = 'c@d.example'", True),
        ("UPDATE approval SET signed_name = 'Somebody Else'", True),
        ("UPDATE submission SET answers = '{}'", True),
    ],
)
def test_what_evidence_says_is_never_changed(make: Make, change: str, refused: bool) -> None:
    a_decided_bid(make)
    if not refused:
        make.session.execute(text(change))
        return
    with pytest.raises(DBAPIError, match="is append-only"), make.session.begin_nested():
        make.session.execute(text(change))


def test_a_vote_changes_until_its_item_is_decided(make: Make) -> None:
    bid = make.bid(state=BidState.AT_PANEL)
    make.panel(bid.fund)
    make.voted(bid.items[-1], Choice.FUND)
    make.session.flush()
    make.session.execute(text("UPDATE vote SET choice = 'abstain'"))


@pytest.mark.parametrize(
    ("index", "states"), [("ix_bid_live", LIVE), ("ix_meeting_open", OPEN)], ids=["bids", "meetings"]
)
def test_indexes_of_some_states_name_the_states_that_queries_ask_for(
    session: Session, index: str, states: tuple[Any, ...]
) -> None:
    catalogue = "SELECT sql FROM sqlite_master WHERE name = :name"
    if session.get_bind().dialect.name == "postgresql":
        catalogue = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
    made = session.scalar(text(catalogue), {"name": index})
    named = re.findall(r"'(\w+)'", made.partition("WHERE")[2])
    assert named == [state.value for state in states]
