"""Forms for the days on which a fund's clocks stand still."""

import csv
from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.fund import Fund
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Text, choices_of
from fundflow.web.forms import Form
from fundflow.web.times import read_date
from fundflow.workflow.date_words import day_words

FIRST, LAST = date(2020, 1, 1), date(2040, 12, 31)  # the years whose bank holidays are known
LONGEST = 100  # days: the longest holidays last some fifty
LONGEST_NAME = 80
STOPS = {
    Whose.COUNCIL.value: "Nobody’s clock runs: neither the council’s nor the schools’.",
    Whose.SCHOOLS.value: "The schools’ clock stands still. The council’s goes on.",
}


def why_no_range(first: date, last: date) -> str | None:
    """None for a day or a range of days that can be off, else the sentence."""
    if last < first:
        return "The last day must not be before the first"
    if not (first >= FIRST and last <= LAST):
        return f"The days must be between {day_words(FIRST)} and {day_words(LAST)}"
    if (last - first).days >= LONGEST:
        return f"Enter at most {LONGEST} days at a time: check the year"
    return None


class DaysOffForm(Form):
    whose = Radios("What is it?", choices=Whose, missing="Select what it is", hints=STOPS)
    name = Text("Name", most=LONGEST_NAME, missing="Enter a name")
    first = Day("First day", what="The first day", missing="Enter the first day")
    last = Day("Last day (optional)", what="The last day", description="Leave it empty for a single day")

    def validate_last(self, field: Day) -> None:
        if self.first.data and (why := why_no_range(self.first.data, field.data or self.first.data)):
            raise ValidationError(why)

    @property
    def rows(self) -> list[DaysOff]:
        first = self.first.data
        return [DaysOff(first, self.last.data or first, self.name.data, Whose(self.whose.data))]


class HolidaysForm(Form):
    """School holidays pasted from the council's list of term dates."""

    lines = LongText(
        "School holidays",
        most=10_000,
        rows=10,
        missing="Paste the holidays, a line each",
        description="A line each: name, first day, last day. Lines copied from a spreadsheet work too.",
    )
    rows: list[DaysOff]

    def validate_lines(self, field: Any) -> None:
        texts = [text for text in field.data.splitlines() if text.strip()]
        self.rows = [_read(number, text) for number, text in enumerate(texts, 1)]


def _read(number: int, text: str) -> DaysOff:
    """One line of a list; raises ValidationError with its number."""
    (cells,) = csv.reader([text], delimiter="\t" if "\t" in text else ",", skipinitialspace=True)
    name, *days = [cell.strip() for cell in cells if cell.strip()] or [""]
    if not 1 <= len(days) <= 2 or len(name) > LONGEST_NAME:
        raise ValidationError(
            f"Line {number} must be a name, a first day and a last day, like "
            "“October half term, 26/10/2026, 30/10/2026”"
        )
    try:
        first, last = read_date(days[0]), read_date(days[-1])
    except ValueError:
        raise ValidationError(
            f"Line {number} has a date that can’t be read. Type it like 26/10/2026"
        ) from None
    if why := why_no_range(first, last):
        raise ValidationError(f"Line {number}: {why[0].lower()}{why[1:]}")
    return DaysOff(first, last, name, Whose.SCHOOLS)


class RemoveDaysOffForm(Form):
    chosen = Checkboxes("Which days are no longer off?", missing="Tick the days that are no longer off")

    @classmethod
    def of(cls, fund: Fund) -> "RemoveDaysOffForm":
        form = cls.on(fund)
        form.known = fund.times_off
        form.chosen.choices = choices_of(
            (str(place), f"{one.name}: {range_words(one)}") for place, one in enumerate(form.known)
        )
        return form

    known: list[DaysOff]

    @property
    def rows(self) -> list[DaysOff]:
        return [self.known[int(place)] for place in self.chosen.data or []]


def range_words(one: DaysOff) -> str:
    """“24 December 2026 to 1 January 2027”, or a single day."""
    return day_words(one.first) + ("" if one.first == one.last else f" to {day_words(one.last)}")
