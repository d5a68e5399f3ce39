"""What the database itself refuses."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from fundflow.extensions import db
from tests.factories import Make


def test_a_get_request_cannot_write(real_app: Flask) -> None:
    with real_app.test_request_context("/", method="GET"), pytest.raises(DBAPIError):
        db.session.execute(text("INSERT INTO trust (code, name) VALUES ('1', 'x')"))
    db_count = "SELECT count(*) FROM trust"
    with real_app.test_request_context("/", method="POST"):
        db.session.execute(text("INSERT INTO trust (code, name) VALUES ('1', 'x')"))
        db.session.commit()
        assert db.session.scalar(text(db_count)) == 1


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
