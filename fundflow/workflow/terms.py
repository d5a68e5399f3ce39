"""The three terms of a school year, and the last school day of each."""

from collections.abc import Set
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from dateutil.easter import easter

from fundflow.workflow.working_days import add_working_days, school_year

NAMES = {1: "Autumn", 2: "Spring", 3: "Summer"}


class Term(NamedTuple):
    """A term: the year in which its school year begins, and its number in it, from 1."""

    year: int
    number: int

    @property
    def words(self) -> str:
        """“Autumn 2026”."""
        return f"{NAMES[self.number]} {self.year if self.number == 1 else self.year + 1}"

    @property
    def code(self) -> str:
        """As it stands in addresses: “2026-1”."""
        return f"{self.year}-{self.number}"

    def ends_on(self, off: Set[date]) -> date:
        """Its last school day: by 20 December, before Good Friday, and by 20 July; `off`, the schools'
        holidays and closures, may end it earlier."""
        latest = {
            1: date(self.year, 12, 20),
            2: easter(self.year + 1) - timedelta(days=3),
            3: date(self.year + 1, 7, 20),
        }[self.number]
        return add_working_days(latest + timedelta(days=1), -1, off)


def term_on(day: date) -> Term:
    """The term of a day. A holiday belongs to the term before it; August to the summer."""
    year = school_year(day)[0].year
    if day.month >= 9:
        return Term(year, 1)
    return Term(year, 2 if day < easter(day.year) else 3)


def terms_of(year: int) -> list[Term]:
    return [Term(year, number) for number in NAMES]


def spread(visits: int, year: int) -> list[Term]:
    """The term of each of so many visits in a school year: of three, one a term."""
    return [Term(year, ceil(number * len(NAMES) / visits)) for number in range(1, visits + 1)]
