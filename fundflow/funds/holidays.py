"""School holidays read from a list: pasted, or a CSV file as spreadsheets save it."""

import csv
from datetime import date

from fundflow.models.days_off import DaysOff, Whose
from fundflow.web.times import read_date
from fundflow.workflow.date_words import day_words

FIRST, LAST = date(2020, 1, 1), date(2040, 12, 31)  # the years whose bank holidays are known
LONGEST = 100  # days: the longest holidays last some fifty
LONGEST_NAME = 80
SEPARATORS = ",;\t"
# What the columns of the days may be called, in a first line that names them.
TITLES = {"day", "date", "first", "last", "start", "starts", "end", "ends", "begins", "from", "to", "until"}
Problem = str


def holidays_in(text: str) -> tuple[list[DaysOff], list[Problem]]:
    """The holidays of a list, and a sentence for each line that is none. Empty lines are left out."""
    found, problems = [], []
    separator = max(SEPARATORS, key=text.count)
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(line, separator)
        if not cells or (number == 1 and _names_columns(cells)):
            continue
        try:
            found.append(_read(cells))
        except ValueError as why:
            problems.append(f"Line {number} {why}")
    return found, problems


def why_no_range(first: date, last: date) -> str | None:
    """None for a day or a range of days that can be off, else the sentence."""
    if last < first:
        return "The last day must not be before the first"
    if not (first >= FIRST and last <= LAST):
        return f"The days must be between {day_words(FIRST)} and {day_words(LAST)}"
    if (last - first).days >= LONGEST:
        return f"Enter at most {LONGEST} days at a time: check the year"
    return None


def _cells(line: str, separator: str) -> list[str]:
    """The cells of a line, but for empty ones; a line of its own separator is read by that."""
    own = separator if separator in line else max(SEPARATORS, key=line.count)
    (cells,) = csv.reader([line], delimiter=own, skipinitialspace=True)
    return [cell.strip() for cell in cells if cell.strip()]


def _names_columns(cells: list[str]) -> bool:
    """Whether a first line names the columns: “Holiday, First day, Last day”."""
    return len(cells) > 1 and all(set(cell.casefold().split()) <= TITLES for cell in cells[1:])


def _day(text: str) -> date:
    try:
        return read_date(text)
    except ValueError:
        raise ValueError(f"has a date that can’t be read, “{text[:30]}”. Type it like 26/10/2026") from None


def _read(cells: list[str]) -> DaysOff:
    """One holiday; raises ValueError with what the line must be, as it follows “Line 3”."""
    name, *days = cells
    if not 1 <= len(days) <= 2 or len(name) > LONGEST_NAME:
        raise ValueError(
            "must be a name, a first day and a last day, like “October half term, 26/10/2026, 30/10/2026”"
        )
    first, last = _day(days[0]), _day(days[-1])
    if why := why_no_range(first, last):
        raise ValueError(f"can’t be taken: {why[0].lower()}{why[1:]}")
    return DaysOff(first, last, name, Whose.SCHOOLS)
