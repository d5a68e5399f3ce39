"""The forms of good practice and of the engagement log."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.brokering.forms import EXPERTISE, school_choices
from fundflow.brokering.operations.engagement import ContactSaid
from fundflow.brokering.operations.practice import EntrySaid
from fundflow.models.brokering import Expertise
from fundflow.models.engagement import ContactWay
from fundflow.models.measure import Measure
from fundflow.models.practice import PracticeEntry, PracticeKind
from fundflow.models.school import School
from fundflow.web.access import now
from fundflow.web.fields import Day, LongText, Radios, Select, Text, choices_of
from fundflow.web.forms import Form, OfFund
from fundflow.workflow.working_days import london_date

MISSING = {
    "measure": "Select the measure, or leave figure and source empty",
    "figure": "Enter the figure of the measure",
    "source": "Enter where the figure is published",
}


class FundForm(OfFund):
    """Asks for the fund where there are several."""

    fund = Radios("For which fund?", choices=(), missing="Select a fund")


class EntryForm(Form):
    """What an entry says. A figure needs its measure and its source."""

    kind = Radios("What is it?", choices=PracticeKind, missing="Select what it is")
    expertise = Select(
        "Which need does it help with?",
        choices=[("", "Choose one"), *EXPERTISE],
        missing="Select the need it helps with",
    )
    title = Text(
        "What is it, in a few words?",
        most=140,
        missing="Enter what it is",
        description="For example: Unit for deaf pupils",
    )
    what = LongText(
        "What does the school do well?",
        most=2000,
        missing="Enter what the school does well",
        description="Other schools read this. Don’t name pupils or staff.",
    )
    measure = Select("Measure (optional)", description="Only if a published figure shows it.")
    figure = Text("Figure and its year (optional)", most=60, description="For example: 91 in 2026")
    source = Text("Where is the figure published? (optional)", most=200)
    review_on = Day(
        "When should you look at it again?", what="The day", missing="Enter when you look at it again"
    )

    def choose(self, measures: list[Measure]) -> None:
        named = [("", "None"), *((str(measure.id), measure.words) for measure in measures)]
        self.measure.choices = choices_of(named)

    def fill(self, entry: PracticeEntry) -> None:
        """What the entry says now, on a page that is asked for."""
        if self.is_submitted():
            return
        for name in ("kind", "title", "what", "figure", "source"):
            self[name].data = getattr(entry, name)
        self.expertise.data = entry.expertise.value
        self.measure.data = str(entry.measure_id) if entry.measure_id else ""
        self.review_on.process(None, entry.review_on)

    def validate(self, extra_validators: Any = None) -> bool:
        """A field that may be empty is not looked at while it is, so what belongs together is asked here."""
        fine = bool(super().validate(extra_validators))
        begun = any(self[name].data for name in MISSING)
        for name, words in MISSING.items():
            if begun and not self[name].data and not self[name].errors:
                self[name].errors, fine = [words], False
        return fine

    def validate_review_on(self, field: Any) -> None:
        if field.data and field.data <= london_date(now()):
            raise ValidationError("The day must be in the future")

    def said(self, measures: list[Measure]) -> EntrySaid:
        chosen = next((one for one in measures if str(one.id) == self.measure.data), None)
        return EntrySaid(
            kind=PracticeKind(self.kind.data),
            expertise=Expertise(self.expertise.data),
            title=self.title.data,
            what=self.what.data,
            review_on=self.review_on.data,
            measure=chosen,
            figure=self.figure.data or "",
            source=self.source.data or "",
        )


class ProposeForm(FundForm, EntryForm):
    """And of which school."""

    school = Select("Which school?", missing="Select the school")

    def choose_school(self, schools: list[School]) -> None:
        self.school.choices = school_choices(schools)


class EngagementForm(FundForm):
    """One line of the engagement log."""

    when = Day("When was it?", what="The date", missing="Enter the date")
    how = Radios("How?", choices=ContactWay, missing="Select how you were in contact")
    with_whom = Text(
        "Who with?",
        most=200,
        missing="Enter who you were in contact with",
        description="A role is enough. For example: the head, or the trust’s director of education",
    )
    said = LongText(
        "What came of it?",
        most=4000,
        missing="Enter what came of it",
        description="Only liaison officers, administrators and auditors read this.",
    )
    next_on = Day("When do you contact the school next? (optional)", what="The date")

    def validate_when(self, field: Any) -> None:
        if field.data and field.data > london_date(now()):
            raise ValidationError("The date must be today or in the past")

    def validate_next_on(self, field: Any) -> None:
        first: date | None = self.when.data
        if field.data and first and field.data <= first:
            raise ValidationError("The next contact must be after this one")

    def line(self) -> ContactSaid:
        return ContactSaid(
            on=self.when.data,
            how=ContactWay(self.how.data),
            with_whom=self.with_whom.data,
            said=self.said.data,
            next_on=self.next_on.data,
        )
