"""In which order the caseload is shown, and where its next page begins.

A place in the order is written `value~id`: the last row's sorted value, and its id, which decides
between equals. Rows without a value come last in both directions, on both databases.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, true

from fundflow.models.bid import Bid
from fundflow.models.school import School
from fundflow.web.paging import row_id


class LastRow(NamedTuple):
    """The last row of the page before: what it is sorted by, and its id."""

    value: Any
    id: int


class Range(NamedTuple):
    """Rows that follow one index: what they are sorted by, which they are, and how they are ordered."""

    key: Any
    which: ColumnElement[bool]
    order: list[ColumnElement[Any]]


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

    columns  what is sorted by, before the id: the first of them that has a value
    read     a value of theirs from the address; raises ValueError or OverflowError
    """

    name: str
    words: str
    columns: tuple[Any, ...] = ()
    falling: bool = False
    nullable: bool = False
    read: Callable[[str], Any] = _name

    @property
    def opposite(self) -> str:
        """The name of the same order turned round."""
        return self.name.removeprefix("-") if self.name.startswith("-") else f"-{self.name}"

    @property
    def key(self) -> Any:
        """What a row is sorted by."""
        if not self.columns:
            return Bid.id
        return func.coalesce(*self.columns) if len(self.columns) > 1 else self.columns[0]

    def ranges(self, place: LastRow | None) -> Iterator[Range]:
        """The rows after a place (or all), as ranges that each follow one index.

        One over all of them would follow none: a database can’t read “those without a day last”, or the
        first of two columns, from an index.
        """
        without: list[ColumnElement[bool]] = []
        for column in self.columns:
            there = column.is_not(None) if self.nullable or len(self.columns) > 1 else true()
            if place is None or place.value is not None:
                which = and_(true(), *without, there, self._after(column, place))
                yield Range(column, which, self._along(column, Bid.id))
            without.append(column.is_(None))
        if self.nullable or not self.columns:
            which = and_(true(), *without, self._after(None, place))
            yield Range(self.key, which, self._along(Bid.id))

    def _after(self, column: Any, place: LastRow | None) -> ColumnElement[bool]:
        """The rows of a range that come after a place."""
        if place is None or (column is None and place.value is not None):
            return true()
        later = Bid.id < place.id if self.falling else Bid.id > place.id
        if column is None:
            return later
        beyond = column < place.value if self.falling else column > place.value
        reached = column <= place.value if self.falling else column >= place.value
        return and_(reached, or_(beyond, later))  # `reached` is where the index begins

    def _along(self, *ways: Any) -> list[ColumnElement[Any]]:
        return [way.desc() if self.falling else way.asc() for way in ways]

    def by(self, key: Any, number: Any) -> list[ColumnElement[Any]]:
        """What to order by, over these columns; `key` is not looked at where there are no columns."""
        ways = [number.desc() if self.falling else number.asc()]
        if self.columns:
            ways.insert(0, key.desc() if self.falling else key.asc())
        if self.nullable:
            ways.insert(0, key.is_(None))
        return ways

    def place(self, text: str) -> LastRow | None:
        """The place in the address; None, the first page, where it is none of this order."""
        value, mark, number = text.rpartition("~")
        found = row_id(number)
        if found is None or bool(mark) is not bool(self.columns):
            return None
        if not self.columns or (self.nullable and value == ""):
            return LastRow(None, found)
        try:
            return LastRow(self.read(value), found)
        except (ValueError, OverflowError):
            return None

    def written(self, place: LastRow) -> str:
        """A place as it stands in the address."""
        return f"{_text(place.value)}~{place.id}" if self.columns else str(place.id)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def _both(name: str, words: str, words_back: str, *columns: Any, **options: Any) -> tuple[Sort, Sort]:
    """An order and the same turned round."""
    falling = options.pop("falling", False)
    return (
        Sort(name, words, columns, falling=falling, **options),
        Sort(f"-{name}", words_back, columns, falling=not falling, **options),
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
        *_both(
            "amount",
            "Amount, smallest first",
            "Amount, largest first",
            Bid.awarded_pence,
            Bid.sent_pence,
            Bid.requested_pence,
            read=_pence,
        ),
        *_both("school", "Lead school, A to Z", "Lead school, Z to A", School.search_name),
    )
}
