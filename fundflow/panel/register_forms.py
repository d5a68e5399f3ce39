"""Forms of the standing register of interests."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.interests.registering import Where
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.school import School, Trust
from fundflow.web.fields import Day, LongText, Radios, Text, choices_of
from fundflow.web.finding import complain, the_school, the_trust
from fundflow.web.forms import Form
from fundflow.web.number_fields import WholeNumber

WORKED = "worked"  # a former employer, which the register keeps as employment with its last year
ONE = "Enter a school, a trust or another body: one of them"


class RegisterForm(Form):
    sort = Radios("What kind of tie is it?", choices=(), missing="Select what kind of tie it is")
    worked_until = WholeNumber(
        "If you worked there: the year that ended", what="The year", least=1950, most=9999
    )
    school = Text("School", most=200)
    trust = Text("Trust", most=200)
    body = Text("Another body", most=200)
    effect = Radios(
        "What follows from it?",
        choices=[("bars", "I take no part in its bids"), ("disclosed", "It is disclosed")],
        missing="Select what follows from it",
        hints={
            "bars": "No papers, no scores, no vote, from now on. Choose this where somebody could doubt "
            "your judgement.",
            "disclosed": "It is shown to the others beside you on each bid of the school or trust. "
            "Whether you may vote then is a rule of the panel.",
        },
    )
    text = LongText(
        "What is it?",
        most=1000,
        rows=3,
        missing="Say what it is",
        description="For example, my sister teaches there. Name no children.",
    )
    from_on = Day("Since when?", what="Since when", least=date(1950, 1, 1), missing="Enter since when")

    today: date
    years: int
    matches: list[School] = []
    trust_matches: list[Trust] = []
    found: School | None = None
    found_trust: Trust | None = None

    def offer(self, today: date, years: int) -> None:
        """Offer the kinds of tie; `years` is how long a former employer is disclosed."""
        self.today, self.years = today, years
        sorts = [(sort.value, sort.words) for sort in InterestSort]
        former = (WORKED, f"I worked there in the last {years} years, and no longer do")
        self.sort.choices = choices_of([sorts[0], former, *sorts[1:]])
        self.sort.hints = {WORKED: "It is disclosed. If it ended before that, you need not register it."}

    @property
    def is_former(self) -> bool:
        return bool(self.sort.data == WORKED)

    @property
    def kind(self) -> InterestSort:
        """The kind of tie, as the register keeps it."""
        return InterestSort.EMPLOYMENT if self.is_former else InterestSort(self.sort.data)

    @property
    def last_year(self) -> int | None:
        """Of a former employer, the year in which that ended."""
        return self.worked_until.data if self.is_former else None

    def validate_worked_until(self, field: WholeNumber) -> None:
        if not self.is_former or field.data is None:
            return
        if field.data > self.today.year:
            raise ValidationError("The year can’t lie ahead. If you still work there, select “I work there”")
        if field.data < self.today.year - self.years:
            raise ValidationError(f"That is more than {self.years} years ago, so you need not register it")

    def validate_effect(self, field: Radios) -> None:
        if self.is_former and field.data == "bars":
            raise ValidationError(
                "A former employer is disclosed. To take no part in one bid, say so on that bid"
            )

    def validate_school(self, field: Text) -> None:
        if field.data:
            self.found, self.matches, wrong = the_school(field.data)
            complain(wrong)

    def validate_trust(self, field: Text) -> None:
        if field.data:
            self.found_trust, self.trust_matches, wrong = the_trust(field.data)
            complain(wrong)

    def validate_from_on(self, field: Day) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("Enter a date that is not after today")

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if self.is_former and self.worked_until.data is None and not self.worked_until.errors:
            self.worked_until.errors = ["Enter the year in which it ended"]
            fine = False
        given = [field for field in (self.school, self.trust, self.body) if field.data]
        if len(given) != 1:
            first = given[1] if given else self.school
            first.errors = [ONE]
            return False
        return fine

    def where(self) -> Where:
        """What it is about; only for a form that is valid."""
        return Where(self.found, self.found_trust, self.body.data or "")


class EndInterestForm(Form):
    last_day = Day("Last day", what="Last day", missing="Enter the last day", least=date(1950, 1, 1))
    reason = LongText("Why has it ended?", most=1000, rows=3, missing="Enter why it has ended")

    today: date
    line: RegisteredInterest

    def validate_last_day(self, field: Day) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("The last day can’t be in the future. Come back when it has passed")
        if field.data and self.line.from_on and field.data < self.line.from_on:
            raise ValidationError("The last day must be the same as or after the day it began")
