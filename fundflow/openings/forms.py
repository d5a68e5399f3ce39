"""What entering an award already running asks for; its lines are added by `award_form`."""

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField

from fundflow.models.bid_parts import CostKind
from fundflow.models.fund import Fund
from fundflow.models.opening import OpeningLine
from fundflow.models.school import School
from fundflow.rules.openings import MOST_LINES, MOST_PENCE, MOST_RATE, MOST_TEXT, Entered, Wrong, needs_grade
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.web.added_rows import FormWithRows, Rows, with_rows
from fundflow.web.fields import Day, EmailAddress, LongText, Select, Text, Upload, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import HalfDays, Percent, Pounds


class AwardForm(FormWithRows):
    """An award already running. Lines that are left empty don't count."""

    urn = Select("Which school leads it?", missing="Select the school")
    title = Text(
        "Title", most=MOST_TEXT["title"], missing="Enter the title", description="What the support is for"
    )
    start_on = Day("When did the support start?", what="The start date", missing="Enter the start date")
    end_on = Day("When does it end?", what="The end date", missing="Enter the end date")
    minute_reference = Text(
        "Reference of the minute",
        most=MOST_TEXT["minute_reference"],
        missing="Enter the reference of the minute that awarded it",
        description="Where it was decided, for example Schools Forum item 7",
    )
    minuted_on = Day("Date of the minute", what="The date of the minute", missing="Enter the minute’s date")
    pence = Pounds(
        "How much was awarded?", what="The award", most=MOST_PENCE, missing="Enter what was awarded"
    )
    up_to = Day(
        "Up to which day do you enter what is earned?",
        what="The day up to which it is earned",
        missing="Enter the day up to which you enter what is earned",
        description="The last day that is counted below. The schools log later days here.",
    )
    contact_name = Text(
        "Name of its head (optional)",
        most=MOST_TEXT["contact_name"],
        description="If nobody leads the school here yet. They are sent a link to an account",
    )
    contact_email = EmailAddress("Their email address (optional)")
    fund: Fund

    def school(self, name: str) -> School | None:
        return school_by_urn(self[name].data or "", organisations=True)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and not self._lines():
            self["what_s0"].errors = ["Enter at least one member of staff or another cost"]
            valid = False
        return valid

    def show(self, wrong: list[Wrong]) -> None:
        """Say what is wrong beside its field."""
        names = [name for name, _ in self._lines()]
        for one in wrong:
            field = "urn" if one.field == "school" else one.field
            name = field if one.line is None else f"{field}_{names[one.line]}"
            if not self[name].errors:
                self[name].errors = [one.why]

    def entered(self) -> Entered:
        """What a valid form says."""
        lead = self.school("urn")
        if lead is None:
            raise ValueError("The list of schools holds one that is not in the register.")
        said: dict[str, Any] = {name: self[name].data or "" for name in Entered._fields if name in self}
        return Entered(school=lead, lines=tuple(line for _, line in self._lines(lead)), **said)

    def _lines(self, lead: School | None = None) -> list[tuple[str, OpeningLine]]:
        """(the end of its fields' names, line) of each line that is filled in."""
        lead_id = lead.id if lead else 0
        days = [
            (end, OpeningLine(school_id=self._releasing(end, lead_id), **self._of("staff", end)))
            for end in self.filled("staff")
        ]
        return days + [
            (end, OpeningLine(school_id=lead_id, **self._of("costs", end))) for end in self.filled("costs")
        ]

    def _releasing(self, end: str, lead_id: int) -> int:
        school = self.school(f"releasing_{end}")
        return school.id if school else lead_id

    def _of(self, kind: str, end: str) -> dict[str, Any]:
        said = self.said(kind, end)
        said.pop("releasing", None)
        if "staff_code" in said:
            said["staff_code"] = said["staff_code"].upper()
        return {name: value for name, value in said.items() if value}


LACKING = {
    "cost": "Select what the cost is for",
    "what": "Enter the role, or what the cost is",
    "staff_code": "Enter the school’s own code for this person",
    "grade": "Select the grade",
    "half_days": "Enter the number of days",
    "day_rate_pence": "Enter the day rate",
    "cost_pence": "Enter the cost",
}
STAFF: Mapping[str, Any] = {
    "what": lambda n: Text(
        f"Role of person {n}", most=MOST_TEXT["what"], description="For example, “Reading lead”. Not a name"
    ),
    "staff_code": lambda n: Text(f"The school’s own code for person {n}", most=MOST_TEXT["staff_code"]),
    "grade": lambda n: Select(f"Grade of person {n}", description="It says whether their days carry VAT"),
    "releasing": lambda n: Select(f"Which school releases person {n}?"),
    "half_days": lambda n: HalfDays(f"Days awarded for person {n}"),
    "day_rate_pence": lambda n: Pounds(
        f"Day rate of person {n}", what="The day rate", most=MOST_RATE, per="day"
    ),
    "on_cost_basis_points": lambda n: Percent(
        f"Employer’s pension and National Insurance of person {n} (%)",
        what="Employer’s pension and National Insurance",
        description="Leave it empty if the day rate covers them",
    ),
    "earned": lambda n: HalfDays(f"Days person {n} has worked so far", least=0),
    "paid": lambda n: Pounds(f"Paid so far for person {n}", what="What is paid", least=0, most=MOST_PENCE),
}
COSTS: Mapping[str, Any] = {
    "cost": lambda n: Select(
        f"What is other cost {n} for?",
        choices=[("", "Choose one"), *((kind.value, kind.words) for kind in CostKind)],
    ),
    "what": lambda n: Text(f"What other cost {n} is", most=MOST_TEXT["what"]),
    "cost_pence": lambda n: Pounds(f"Amount awarded for other cost {n}", what="The cost", most=MOST_PENCE),
    "earned": lambda n: Pounds(
        f"Spent so far of other cost {n}", what="What is spent", least=0, most=MOST_PENCE
    ),
    "paid": lambda n: Pounds(
        f"Paid so far for other cost {n}", what="What is paid", least=0, most=MOST_PENCE
    ),
}


def _rows(fund: Fund) -> tuple[Rows, ...]:
    staff = {name: field for name, field in STAFF.items() if name != "grade" or needs_grade(fund)}
    return (
        Rows("staff", "s", staff, {name: LACKING[name] for name in staff if name in LACKING}, least=1),
        Rows("costs", "c", COSTS, {name: LACKING[name] for name in COSTS if name in LACKING}),
    )


def award_form(fund: Fund, asked: Mapping[str, str]) -> AwardForm:
    """The form with as many lines as the page had, and one more where that is asked for.

    asked  what the page sent
    """
    form = with_rows(AwardForm, _rows(fund), asked, most=MOST_LINES // 2)()
    form.fund = fund
    listed = open_schools(fund.la_code, organisations=fund.allows_organisations)
    grades = [(grade.title, grade.title) for grade in fund.grades_offered]
    form.urn.choices = choices_of([("", "Choose a school"), *listed])
    for end in form.ends("staff"):
        form[f"releasing_{end}"].choices = choices_of([("", "The school that leads it"), *listed])
        if f"grade_{end}" in form:
            form[f"grade_{end}"].choices = choices_of([("", "Choose a grade"), *grades])
    return form


class CorrectionForm(Form):
    """What was earned on a line before the fund began here."""

    reason = LongText(
        "Why is it wrong?",
        most=200,
        rows=4,
        missing="Enter the reason",
        description="The school is told this. Don’t give bank details.",
    )


class DaysCorrectionForm(CorrectionForm):
    right = HalfDays(
        "How many days had been worked?",
        least=0,
        missing="Enter the days, or 0",
        description="The right number.",
    )


class CostCorrectionForm(CorrectionForm):
    right = Pounds(
        "How much had been spent?",
        what="What is spent",
        least=0,
        most=MOST_PENCE,
        missing="Enter what was spent, or 0",
        description="The right amount.",
    )


class AwardsFileForm(Form):
    file = Upload("File", accept=".csv,text/csv", missing="Choose a file")


class RowsForm(Form):
    """A file that was looked at, sent back with the button that enters it."""

    name = HiddenField()
    rows = HiddenField()
