"""In which order the caseload is shown, and where its next page begins.

A place in the order is written `value~id`: the last row's sorted value, and its id, which decides
between equals. Rows without a value come last in both directions, on both databases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_

from fundflow.models.bid import Bid
from fundflow.models.school import School
from fundflow.web.paging import row_id


class LastRow(NamedTuple):
    """The last row of the page before: what it is sorted by, and its id."""

    value: Any
    id: int


def _pence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError(text)
    return int(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _name(text: str) -> str:
    if not text.isprintable() or len(text) > 200:
        raise ValueError(text)
    return text


def _number(text: str) -> int:
    number = row_id(text)
    if number is None:
        raise ValueError(text)
    return number


@dataclass(frozen=True, slots=True)
class Sort:
    """One order: `name` in the address, `words` in the list of orders.

    column  what is sorted by, before the id; by the id alone without one
    read    a value of that column from the address; raises ValueError or OverflowError
    """

    name: str
    words: str
    column: Any = None
    falling: bool = False
    nullable: bool = False
    read: Callable[[str], Any] = _name

    @property
    def opposite(self) -> str:
        """The name of the same order turned round."""
        return self.name.removeprefix("-") if self.name.startswith("-") else f"-{self.name}"

    def by(self, key: Any, number: Any) -> list[ColumnElement[Any]]:
        """What to order by, over these columns; `key` is not looked at where there is no column."""
        ways = [number.desc() if self.falling else number.asc()]
        if self.column is not None:
            ways.insert(0, key.desc() if self.falling else key.asc())
        if self.nullable:
            ways.insert(0, key.is_(None))
        return ways

    def place(self, text: str) -> LastRow | None:
        """The place in the address; None, the first page, where it is none of this order."""
        value, mark, number = text.rpartition("~")
        found = row_id(number)
        if found is None or bool(mark) is (self.column is None):
            return None
        if self.column is None or (self.nullable and value == ""):
            return LastRow(None, found)
        try:
            return LastRow(self.read(value), found)
        except (ValueError, OverflowError):
            return None

    def written(self, place: LastRow) -> str:
        """A place as it stands in the address."""
        if self.column is None:
            return str(place.id)
        return f"{_text(place.value)}~{place.id}"

    def after(self, place: LastRow) -> ColumnElement[bool]:
        """The rows that come after a place."""
        later = Bid.id < place.id if self.falling else Bid.id > place.id
        if self.column is None:
            return later
        if place.value is None:
            return and_(self.column.is_(None), later)
        beyond = self.column < place.value if self.falling else self.column > place.value
        ways = [beyond, and_(self.column == place.value, later)]
        return or_(*ways, self.column.is_(None)) if self.nullable else or_(*ways)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def _both(name: str, words: str, words_back: str, column: Any, **options: Any) -> tuple[Sort, Sort]:
    """An order and the same turned round."""
    falling = options.pop("falling", False)
    return (
        Sort(name, words, column, falling=falling, **options),
        Sort(f"-{name}", words_back, column, falling=not falling, **options),
    )


NEWEST = Sort("newest", "Newest first", falling=True)
SORTS = {
    sort.name: sort
    for sort in (
        NEWEST,
        # A fund's references are given in the order of its ids, and "LSIF-10000" follows "LSIF-9999".
        *_both("reference", "Reference, lowest first", "Reference, highest first", Bid.fund_id, read=_number),
        *_both(
            "deadline",
            "Deadline, earliest first",
            "Deadline, latest first",
            Bid.due_on,
            nullable=True,
            read=date.fromisoformat,
        ),
        *_both(
            "age",
            "Time in this state, shortest first",
            "Time in this state, longest first",
            Bid.state_since,
            falling=True,
            read=_moment,
        ),
        *_both("amount", "Amount, smallest first", "Amount, largest first", Bid.listed_pence, read=_pence),
        *_both("school", "Lead school, A to Z", "Lead school, Z to A", School.search_name),
    )
}
