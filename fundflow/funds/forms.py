"""A fund's settings, its lines, rounds and priorities."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from wtforms import ValidationError

from fundflow.models.fund import Decider, Fund, Round, year_words
from fundflow.models.money import financial_year, pounds
from fundflow.models.school import SchoolKind
from fundflow.web.fields import (
    MOST_PENCE,
    Checkboxes,
    Choice,
    Day,
    LongText,
    Pounds,
    Radios,
    Text,
    Tick,
    WholeNumber,
    choices_of,
)
from fundflow.web.forms import Form
from fundflow.workflow.working_days import LONDON

KIND_WORDS = {
    SchoolKind.MAINTAINED: "Maintained schools",
    SchoolKind.ACADEMY: "Academies and free schools",
    SchoolKind.OTHER: "Others (for example independent schools)",
}


class NewFundForm(Form):
    name = Text("Name of the fund", most=120, missing="Enter the name of the fund")
    council = Text("Council", most=120, missing="Enter the name of the council")
    la_code = Text("Local authority code", most=3, missing="Enter the local authority code")
    prefix = Text("References begin with", most=8, missing="Enter what references begin with")

    def validate_la_code(self, field: Text) -> None:
        if not re.fullmatch(r"[0-9]{3}", field.data):
            raise ValidationError("The local authority code must be three digits, like 871")

    def validate_prefix(self, field: Text) -> None:
        field.data = field.data.upper()
        if not re.fullmatch(r"[A-Z][A-Z0-9]{1,7}", field.data):
            raise ValidationError("Use 2 to 8 letters and digits, starting with a letter, like LSIF")


def _percent(label: str) -> WholeNumber:
    return WholeNumber(label, what="The percentage", most=100,
                       missing="Enter a percentage from 0 to 100")  # fmt: skip


def _days(label: str) -> WholeNumber:
    return WholeNumber(label, what="The number of working days", least=1, most=250,
                       missing="Enter the number of working days")  # fmt: skip


def _amount(label: str, *, least: int = 0) -> Pounds:
    return Pounds(label, what="The amount", least=least, missing="Enter an amount in pounds")


class SettingsForm(Form):
    """Every setting of a fund; the fields' names are the fund's columns."""

    name = Text("Name of the fund", most=120, missing="Enter the name of the fund")
    council = Text("Council", most=120, missing="Enter the name of the council")

    full_from_pence = _amount("Full form, and approver’s signature, from")
    bid_cap_pence = _amount("Most a bid may ask for", least=1)
    day_rate_cap_pence = _amount("Day rate above which a bid must say why", least=1)
    max_months = WholeNumber("Months a project may last", what="The number of months", least=1,
                             most=60, missing="Enter the number of months")  # fmt: skip
    materials_percent = _percent("Materials: at most this share of a bid (%)")

    decider = Radios("Who decides?", choices=Decider, missing="Select who decides")
    officer_limit_pence = _amount("An authorised officer decides up to")
    delegation = Text("The delegation an authorised officer’s decision cites", most=300,
                      too_long="The delegation must be 300 characters or fewer")  # fmt: skip
    quorum_least = WholeNumber("Quorum: at least this many members", what="The quorum", least=1,
                               most=50, missing="Enter the number of members")  # fmt: skip
    quorum_percent = _percent("Quorum: at least this share of the members (%)")
    disclosed_may_vote = Tick("A member with a disclosed interest may vote")

    lean_advance_percent = _percent("Advance on acceptance, short form (%)")
    full_advance_percent = _percent("Advance on acceptance, full form (%)")

    officer_days = _days("The officer checks a new bid within")
    answer_days = _days("A school answers questions within")
    confirmation_days = _days("Partners confirm within")
    papers_days = _days("Papers go out this long before a meeting")
    offer_days = _days("A school replies to an offer within")
    review_days = _days("A school may ask for a review within")
    report_days = _days("The report is due this long after the end date")

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if self.decider.data is Decider.AUTHORISED_OFFICER and not self.delegation.data:
            self.delegation.errors = ["Enter the delegation under which the officer decides"]
            return False
        return fine

    def validate_officer_limit_pence(self, field: Pounds) -> None:
        if self.decider.data is Decider.AUTHORISED_OFFICER and field.data == 0:
            raise ValidationError("Enter the amount up to which the officer decides")

    def settings(self) -> dict[str, Any]:
        """The answers by the fund's column."""
        return {name: self[name].data if self[name].data is not None else ""
                for _, names in GROUPS for name in names}  # fmt: skip


# The settings in the order in which pages show them.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The fund", ("name", "council")),
    ("Bids", ("full_from_pence", "bid_cap_pence", "day_rate_cap_pence", "max_months",
              "materials_percent")),
    ("Decisions", ("decider", "officer_limit_pence", "delegation", "quorum_least",
                   "quorum_percent", "disclosed_may_vote")),
    ("Payment", ("lean_advance_percent", "full_advance_percent")),
    ("Working days", ("officer_days", "answer_days", "confirmation_days", "papers_days",
                      "offer_days", "review_days", "report_days")),
)  # fmt: skip


def summary(fund: Fund) -> list[tuple[str, list[tuple[str, str]]]]:
    """The settings as labels and values in words, group by group."""
    form = SettingsForm(formdata=None)
    return [(heading, [(form[name].label.text, _shown(form[name], getattr(fund, name)))
                       for name in names]) for heading, names in GROUPS]  # fmt: skip


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, Pounds):
        return pounds(value, always_pence=False)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decider):
        return value.words
    return str(value) or "Not given"


class AllocationForm(Form):
    source = Text("Where the money comes from", most=120, missing="Enter where the money comes from")
    minute_reference = Text("Minute reference", most=120, missing="Enter the minute reference")
    year = Choice("Financial year", missing="Select the financial year")
    pays = Checkboxes(
        "Which schools may it pay?",
        choices=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        missing="Select which schools it may pay",
    )
    carries_forward = Tick("What is left at the end of the year carries forward")
    pence = _amount("Amount", least=1)

    def offer_years(self, today: date) -> None:
        """The years around this one."""
        now = financial_year(today)
        self.year.choices = choices_of((str(year), year_words(year)) for year in range(now - 3, now + 4))


class CutForm(Form):
    pence = Pounds("How much is cut?", what="The amount", most=MOST_PENCE,
                   missing="Enter the amount that is cut")  # fmt: skip
    minute = Text("Minute reference", most=120, missing="Enter the minute reference")
    left: int  # what the line still holds, in pence

    def validate_pence(self, field: Pounds) -> None:
        if (field.data or 0) > self.left:
            raise ValidationError(f"This line holds {pounds(self.left)}: no more than that can be cut")


class RoundForm(Form):
    name = Text("Name of the round", most=120, missing="Enter the name of the round")
    kind = Radios(
        "When may schools bid?",
        choices=[("rolling", "At any time (a rolling round)"), ("dates", "Between two dates")],
        missing="Select when schools may bid",
    )
    opens_on = Day("Opens on", what="The opening date")
    opens_time = Text("Opens at", most=5)
    closes_on = Day("Closes on", what="The closing date")
    closes_time = Text("Closes at", most=5)
    guidance = LongText("Guidance for schools (optional)", most=4000)

    @classmethod
    def of(cls, fund: Fund, round_: Round | None) -> "RoundForm":
        """The form for a new round, or showing what a round is now; versions are the fund's."""
        answers: dict[str, Any] = {"opens_time": "09:00", "closes_time": "17:00"}
        if round_ is not None:
            answers |= {"name": round_.name, "guidance": round_.guidance,
                        "kind": "dates" if round_.opens_at or round_.closes_at else "rolling"}  # fmt: skip
            for name, at in (("opens", round_.opens_at), ("closes", round_.closes_at)):
                if at is not None:
                    local = at.astimezone(LONDON)
                    answers |= {f"{name}_on": local.date(), f"{name}_time": f"{local:%H:%M}"}
        return cls.on(fund, data=answers)

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if self.kind.data != "dates":
            return fine
        for what, day, clock in (
            ("opens", self.opens_on, self.opens_time),
            ("closes", self.closes_on, self.closes_time),
        ):
            if day.data is None and not day.errors:
                day.errors = [f"Enter the date on which the round {what}"]
            if not clock.errors and _time(clock.data) is None:
                clock.errors = [f"Enter the time at which the round {what}, like 09:00 or 17:30"]
        fine = fine and not any(field.errors for field in self)
        if fine and self.moments()[0] >= self.moments()[1]:  # type: ignore[operator]
            self.closes_on.errors = ["The round must close after it opens"]
            return False
        return fine

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """When the round opens and closes, in UTC; the times typed are London's."""
        if self.kind.data != "dates":
            return None, None
        return (
            _moment(self.opens_on.data, self.opens_time.data),
            _moment(self.closes_on.data, self.closes_time.data),
        )

    def answers(self) -> dict[str, Any]:
        opens_at, closes_at = self.moments()
        return {"name": self.name.data, "opens_at": opens_at, "closes_at": closes_at,
                "guidance": self.guidance.data or ""}  # fmt: skip


class PriorityForm(Form):
    title = Text("Priority", most=140, missing="Enter the priority")


def _time(text: str | None) -> time | None:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", text or "")
    return time(int(found[1]), int(found[2])) if found else None


def _moment(day: date, text: str) -> datetime:
    at = _time(text)
    assert at is not None  # noqa: S101 (the form is valid)
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)
