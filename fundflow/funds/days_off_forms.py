"""Forms for the days on which a fund's clocks stand still."""

from typing import Any

from wtforms import HiddenField, ValidationError

from fundflow.funds.holidays import LONGEST_NAME, holidays_in, why_no_range
from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.fund import Fund
from fundflow.web.csv import decoded
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Text, Upload, choices_of, tidy
from fundflow.web.forms import Form
from fundflow.workflow.date_words import day_words

MOST_CHARACTERS = 10_000
MOST_BYTES = 3 * MOST_CHARACTERS
STOPS = {
    Whose.COUNCIL.value: "Nobody’s clock runs: neither the council’s nor the schools’.",
    Whose.SCHOOLS.value: "The schools’ clock stands still. The council’s goes on.",
}


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
    """School holidays from the council's list of term dates, pasted or as a CSV file; shown first."""

    lines = LongText(
        "Paste the holidays",
        most=MOST_CHARACTERS,
        rows=10,
        description="A line each: name, first day, last day. Lines copied from a spreadsheet work too.",
    )
    seen = HiddenField()  # filled in on the page that shows what was read
    file = Upload("Or choose a CSV file", accept=".csv,.txt,text/csv", description="With the same columns")
    rows: list[DaysOff]
    problems: list[str]

    def validate(self, extra_validators: Any = None) -> bool:
        self.rows, self.problems = [], []
        if self.file.data and not self._take_file():
            return False
        if not super().validate(extra_validators):
            return False
        if not self.lines.data:
            self.lines.errors = ["Paste the holidays, a line each, or choose a file"]
            return False
        self.rows, self.problems = holidays_in(self.lines.data)
        if not (self.rows or self.problems):
            self.problems = ["There are no holidays in the list"]
        self.lines.errors = self.problems[:1]
        return not self.problems

    def _take_file(self) -> bool:
        """Read the file as if it were pasted; whether it can be."""
        if self.lines.data:
            self.file.errors = ["Paste the holidays or choose a file, not both"]
            return False
        data = self.file.data.stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            self.file.errors = ["The file is far longer than a list of holidays: choose another file"]
        elif b"\0" in data or data.startswith((b"PK", b"%PDF")):
            self.file.errors = ["This isn’t a CSV file. If it is a spreadsheet, save it as CSV first"]
        else:
            self.lines.process_formdata([decoded(data)])
            self.lines.data = tidy(self.lines.data)
            return True
        return False


class CopyDaysOffForm(Form):
    """The button that takes over another fund's days off."""


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
