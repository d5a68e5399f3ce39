"""The forms of a fund’s money: allocation lines, cuts, grades and caps."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.funds.fields import amount_field
from fundflow.models.fund import year_words
from fundflow.models.money import financial_year, pounds
from fundflow.models.school import SchoolKind
from fundflow.rules.bank_details import why_bank_details
from fundflow.web.fields import Checkboxes, Select, Text, Tick, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import MOST_PENCE, Pounds

KIND_WORDS = {
    SchoolKind.MAINTAINED: "Maintained schools",
    SchoolKind.ACADEMY: "Academies and free schools",
    SchoolKind.OTHER: "Others (for example independent schools)",
}


def _no_bank_details(_form: Any, field: Any) -> None:
    if why := why_bank_details(field.data or "", is_code=True):
        raise ValidationError(why)


class AllocationForm(Form):
    source = Text("Where the money comes from", most=120, missing="Enter where the money comes from")
    minute_reference = Text("Minute reference", most=120, missing="Enter the minute reference")
    year = Select("Financial year", missing="Select the financial year")
    pays = Checkboxes(
        "Which schools may it pay?",
        choices=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        missing="Select which schools it may pay",
    )
    cost_centre = Text("Cost centre (optional)", most=40, validators=[_no_bank_details])
    subjective = Text("Subjective (optional)", most=40, validators=[_no_bank_details])
    carries_forward = Tick("What is left at the end of the year carries forward")
    pence = amount_field("Amount", least=1)

    def offer_years(self, today: date) -> None:
        """The years around this one."""
        now = financial_year(today)
        self.year.choices = choices_of((str(year), year_words(year)) for year in range(now - 3, now + 4))


class CutForm(Form):
    pence = Pounds(
        "How much is cut?", what="The amount", most=MOST_PENCE, missing="Enter the amount that is cut"
    )
    minute = Text("Minute reference", most=120, missing="Enter the minute reference")
    left: int  # what the line still holds, in pence

    def validate_pence(self, field: Pounds) -> None:
        if (field.data or 0) > self.left:
            raise ValidationError(f"This line holds {pounds(self.left)}: no more than that can be cut")


STANDARD_RATED = "An invoice for this grade carries VAT"
WHICH_GRADES = "Administrative staff are standard-rated. Teachers and classroom assistants are exempt."


class NewGradeForm(Form):
    title = Text("Grade of staff", most=120, missing="Enter the grade")
    cap_pence = amount_field("Day rate above which a bid must say why", least=1)
    standard_rated = Tick(STANDARD_RATED, description=WHICH_GRADES)


class CapForm(Form):
    cap_pence = amount_field("Day rate above which a bid must say why", least=1)
    standard_rated = Tick(STANDARD_RATED, description=WHICH_GRADES)
