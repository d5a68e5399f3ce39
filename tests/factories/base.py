"""What every factory has: the session, the clock of the tests, and numbers that never repeat."""

from collections.abc import Iterator
from contextlib import contextmanager
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
        self._flushes = True

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        if self._flushes:
            self.session.flush()
        return row

    @contextmanager
    def in_one_go(self) -> Iterator[None]:
        """Rows added inside are written together at its end, which costs a third; none has its id before."""
        if not self._flushes:
            yield
            return
        self._flushes = False
        try:
            with self.session.no_autoflush:
                yield
        finally:
            self._flushes = True
        self.session.flush()
