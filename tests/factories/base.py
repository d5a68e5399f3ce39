"""What every factory has: the session, the clock of the tests, and numbers that never repeat."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = date(2020, 9, 1)

numbers = count(1)


class Rows:
    """Adds rows to the session of a test."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row
