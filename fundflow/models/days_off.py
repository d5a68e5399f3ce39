"""Days on which a fund's clocks stand still: the council's closures, and its schools' holidays."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

Stored = dict[str, str]


class Whose(Enum):
    """Whose clock a day off stops."""

    COUNCIL = "council"
    SCHOOLS = "schools"

    @property
    def words(self) -> str:
        return {"council": "The council is closed", "schools": "School holidays"}[self.value]

    @property
    def day_words(self) -> str:
        """Of one of its days, as it follows “is”."""
        return {"council": "a day the council is closed", "schools": "in the school holidays"}[self.value]


class DaysOff(NamedTuple):
    """A day or a range of days with a name; both ends belong to it."""

    first: date
    last: date
    name: str
    whose: Whose

    @classmethod
    def stored(cls, row: Stored) -> "DaysOff":
        first, last = (date.fromisoformat(row[key]) for key in ("first", "last"))
        return cls(first, last, row["name"], Whose(row["whose"]))

    def to_store(self) -> Stored:
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "name": self.name,
            "whose": self.whose.value,
        }


def days_for(rows: Iterable[Stored], whose: Whose) -> frozenset[date]:
    """The days on which a clock stands still: on the council's closures everybody's, in school
    holidays the schools'."""
    stops = {Whose.COUNCIL, whose}
    return _days(tuple((r["first"], r["last"]) for r in rows if Whose(r["whose"]) in stops))


@lru_cache(maxsize=64)
def _days(ranges: tuple[tuple[str, str], ...]) -> frozenset[date]:
    found = set()
    for first, last in ((date.fromisoformat(a), date.fromisoformat(b)) for a, b in ranges):
        found |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return frozenset(found)
