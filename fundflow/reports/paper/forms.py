"""The forms of papers and recommendations."""

from collections.abc import Iterable
from datetime import date, timedelta

from wtforms import ValidationError

from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.reports.decisions import term_of
from fundflow.web import fields as f
from fundflow.web.forms import Form
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import financial_year, year_ends

OTHER = "other"


class NewPaperForm(Form):
    fund = f.Radios("Which fund?", choices=(), missing="Select the fund")
    period = f.Radios("Which period?", choices=(), missing="Select the period")
    starts_on = f.Day("First day, for other dates", what="The first day")
    ends_on = f.Day("Last day, for other dates", what="The last day")

    def offer(self, funds: Iterable[Fund], today: date) -> None:
        _choose_fund(self.fund, funds)
        offered = [(value, words) for value, words, _, _ in periods(today)]
        self.period.choices = f.choices_of([*offered, (OTHER, "Other dates")])

    def chosen(self, today: date) -> tuple[date, date]:
        """The first and the last day."""
        for value, _, first, last in periods(today):
            if value == self.period.data:
                return first, last
        return self.starts_on.data, self.ends_on.data

    def validate_period(self, _field: f.Radios) -> None:
        if self.period.data == OTHER and not (self.starts_on.data and self.ends_on.data):
            raise ValidationError("Enter the first and the last day")


def _choose_fund(field: f.Radios, funds: Iterable[Fund]) -> None:
    """Offer these funds; where there is only one, it is chosen and the page does not ask."""
    field.choices = f.choices_of((str(fund.id), fund.name) for fund in funds)
    if len(field.choices) == 1:
        field.data = str(field.choices[0].value)
        field.raw_data = [field.data]  # which says to its validator that it was answered


def periods(today: date) -> list[tuple[str, str, date, date]]:
    """(value, words, first day, last day): this term and the one before, this year and the one before."""
    term = first_of_term(today)
    before = first_of_term(term - timedelta(days=1))
    year = financial_year(today)
    found = [
        ("term", f"This term: {_term_words(term)}", term, last_of_term(term)),
        ("last-term", f"Last term: {_term_words(before)}", before, last_of_term(before)),
        ("year", "This financial year", *year_ends(year)),
        ("last-year", "Last financial year", *year_ends(year - 1)),
    ]
    return [
        (value, f"{words} ({day_words(first)} to {day_words(last)})", first, last)
        for value, words, first, last in found
    ]


def first_of_term(day: date) -> date:
    """The first day of the month in which a day's term begins."""
    while day.day > 1 or term_of(day - timedelta(days=1)) == term_of(day):
        day = (day - timedelta(days=1)).replace(day=1) if day.day == 1 else day.replace(day=1)
    return day


def last_of_term(first: date) -> date:
    """The last day of the term that begins on a day."""
    later = (first + timedelta(days=32)).replace(day=1)
    while term_of(later) == term_of(first):
        later = (later + timedelta(days=32)).replace(day=1)
    return later - timedelta(days=1)


def _term_words(first: date) -> str:
    year, name = term_of(first)
    return f"{name.lower()} term {year}"


class SectionForm(Form):
    text = f.LongText(
        "Text",
        most=8000,
        rows=12,
        description="Each paragraph gets a number; an empty line begins one. Name no pupil and no staff.",
    )
    exempt = f.Tick(
        "This heading stands in the exempt part",
        description="Its text, figures and tables are then in a report of their own, which is never public.",
    )


class HeadForm(Form):
    contact = f.Text(
        "Contact officer",
        most=300,
        missing="Enter the contact officer",
        description="Name, post and how to reach them.",
    )
    wards = f.Text("Wards", most=300, description="For example “All”.")
    priorities = f.LongText("Strategic priorities", most=2000, rows=3)
    comments = f.LongText("Comments of other committees", most=2000, rows=3)
    background = f.LongText("Background papers", most=2000, rows=3)
    exempt_paragraph = f.Text(
        "Exempt part: paragraph of Schedule 12A",
        most=300,
        description="Only where a heading stands in the exempt part. For example “paragraph 3”.",
    )
    public_interest = f.LongText(
        "Exempt part: public interest test",
        most=2000,
        rows=4,
        description="Why keeping it exempt outweighs the public interest in disclosing it.",
    )


class RecommendationForm(Form):
    fund = f.Radios("Which fund is it about?", choices=(), missing="Select the fund")
    body = f.Text(
        "Who recommends it?",
        most=120,
        missing="Enter who recommends it",
        description="For example “Schools forum”.",
    )
    what = f.LongText(
        "What do they recommend or ask for?",
        most=2000,
        rows=4,
        missing="Enter what they recommend",
        description="The board reads this. Name nobody.",
    )
    owner = f.Radios(
        "Who answers it?",
        choices=(),
        missing="Select who answers it",
        description="Reports name the role, not the person.",
    )
    due_on = f.Day("By when?", what="The date", missing="Enter the date")

    def offer(self, funds: Iterable[Fund], owners: Iterable[tuple[User, R]]) -> None:
        _choose_fund(self.fund, funds)
        self.owner.choices = f.choices_of(
            (str(user.id), f"{user.name}, {role.words.lower()}") for user, role in owners
        )
