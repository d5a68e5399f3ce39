"""Forms about advisers: the register, records, allocations, and what was seen and said of a visit."""

from collections.abc import Iterable, Sequence
from typing import Any

from fundflow.advisers.operations.register import AdviserSaid
from fundflow.models.adviser import Adviser, AdviserKind, AdviserRecord, OffPayroll, RecordKind, RecordOutcome
from fundflow.models.brokering import Expertise
from fundflow.models.feedback import RATING_WORDS
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.web.fields import (
    Checkboxes,
    Day,
    EmailAddress,
    LongText,
    Radios,
    Select,
    Text,
    Tick,
    choices_of,
)
from fundflow.web.forms import Form, OfFund
from fundflow.web.number_fields import WholeNumber

EXPERTISE = tuple((e.value, e.words) for e in Expertise)
MOST_ACTIONS = 3


def school_choices(schools: Iterable[School], empty: str) -> Any:
    return choices_of([("", empty), *((s.urn, f"{s.name} ({s.urn})") for s in schools)])


class AdviserForm(OfFund):
    fund = Radios("Which fund do they advise for?", choices=(), missing="Select a fund")
    name = Text("Name", most=120, missing="Enter the adviser’s name")
    email = EmailAddress(
        "Email address",
        missing="Enter the adviser’s email address",
        description="Where they have an account with this address, they see and record their own visits.",
    )
    kind = Radios("What are they?", choices=AdviserKind, missing="Select what they are")
    school = Select(
        "The school they work at",
        description="A serving head has one. They never advise it, nor another school of its trust.",
    )
    subjects = Checkboxes("What can they advise on?", choices=EXPERTISE, missing="Select what they advise on")
    half_days = WholeNumber(
        "How many half days can they give in a school year?",
        what="The half days",
        most=400,
        missing="Enter the number of half days",
        description="A visit takes half a day.",
    )
    availability = LongText("When can they visit? (optional)", most=500, rows=2)
    off_payroll = Radios(
        "Off-payroll status",
        choices=OffPayroll,
        missing="Select the off-payroll status",
        description="Of somebody who is paid as an individual.",
    )
    off_payroll_on = Day(
        "When was that decided?", what="The day", description="If inside or outside the rules."
    )
    left = Tick("They no longer advise")

    def choose_fund(self, funds: Sequence[Fund]) -> None:
        """Where there is only one fund, it is chosen already; without one, none is asked for."""
        if not funds:
            del self.fund
            return
        super().choose_fund(funds)

    def fill(self, adviser: Adviser) -> None:
        """What the register says now, on a page that is asked for."""
        if self.is_submitted():
            return
        for name in ("name", "email", "kind", "half_days", "availability", "off_payroll"):
            self[name].data = getattr(adviser, name)
        self.off_payroll_on.process(None, adviser.off_payroll_on)
        self.subjects.data = list(adviser.subjects)
        self.school.data = adviser.school.urn if adviser.school else None
        self.left.data = adviser.left_at is not None

    def said(self, schools: Iterable[School]) -> AdviserSaid:
        return AdviserSaid(
            name=self.name.data,
            email=self.email.data,
            kind=AdviserKind(self.kind.data),
            school=next((one for one in schools if one.urn == self.school.data), None),
            subjects=list(self.subjects.data),
            half_days=self.half_days.data or 0,
            availability=self.availability.data or "",
            off_payroll=OffPayroll(self.off_payroll.data),
            off_payroll_on=self.off_payroll_on.data,
        )


class RecordForm(Form):
    kind = Radios("What is it?", choices=RecordKind, missing="Select what it is")
    what = Text(
        "What is it about?",
        most=140,
        missing="Enter what it is about",
        description="Like safeguarding training",
    )
    done_on = Day(
        "When was it done? (optional)", what="The day", description="Empty, if it is still to come."
    )
    outcome = Radios("What came of it? (optional)", choices=RecordOutcome)
    due_on = Day("When is the next one due? (optional)", what="The date")
    note = LongText("Anything else? (optional)", most=1000, rows=3)

    def fill(self, renews: AdviserRecord | None) -> None:
        """What the record that it renews is about."""
        if renews and not self.is_submitted():
            self.kind.data, self.what.data = renews.kind, renews.what

    def record(self) -> dict[str, Any]:
        return {
            "kind": RecordKind(self.kind.data),
            "what": self.what.data,
            "done_on": self.done_on.data,
            "outcome": RecordOutcome(self.outcome.data) if self.outcome.data else None,
            "due_on": self.due_on.data,
            "said": self.note.data or "",
        }


class AllocationForm(Form):
    school = Select("Which school?", missing="Select the school")
    starts_on = Day("From when?", what="The date", missing="Enter from when")
    visits = WholeNumber(
        "How many visits a school year?",
        what="The visits",
        least=1,
        most=12,
        default=3,
        missing="Enter the number of visits",
        description="Each of half a day. Three are one a term.",
    )
    why = LongText(
        "Why does it have an adviser?",
        most=1000,
        rows=3,
        missing="Enter why the school has an adviser",
        description="The school reads this.",
    )


class EndForm(Form):
    reason = LongText(
        "Why does it end?",
        most=1000,
        rows=3,
        missing="Enter why it ends",
        description="The school reads this.",
    )


class _SeenForm(Form):
    """What was seen on a visit, and up to three actions that were agreed."""

    visited_on = Day("On which day was it?", what="The day", missing="Enter the day")
    note = LongText(
        "What did you see?",
        most=4000,
        missing="Enter what you saw",
        description="The school reads this. Please name no pupils and no members of staff.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """An action that is begun needs all three of its answers."""
        valid = bool(super().validate(extra_validators))
        for n in range(1, MOST_ACTIONS + 1):
            fields = [self[f"{name}_{n}"] for name in ("what", "owner", "due_on")]
            wanted = (
                f"Enter what action {n} is",
                f"Enter who does action {n}",
                f"Enter when action {n} is due",
            )
            begun = any(field.data or field.errors for field in fields)
            for field, missing in zip(fields, wanted, strict=True):
                if begun and not field.data and not field.errors:
                    field.errors, valid = [missing], False
        return valid

    def seen(self) -> dict[str, Any]:
        actions = [
            {
                "what": self[f"what_{n}"].data,
                "owner": self[f"owner_{n}"].data,
                "due_on": self[f"due_on_{n}"].data.isoformat(),
            }
            for n in range(1, MOST_ACTIONS + 1)
            if self[f"what_{n}"].data
        ]
        return {"visited_on": self.visited_on.data, "note": self.note.data, "actions": actions}


def _action(n: int) -> dict[str, Any]:
    return {
        f"what_{n}": Text(f"Action {n} (optional)", most=200),
        f"owner_{n}": Text(f"Who does action {n}?", most=120),
        f"due_on_{n}": Day(f"Action {n}: by when?", what="The date"),
    }


SeenForm: type[_SeenForm] = type("SeenForm", (_SeenForm,), _action(1) | _action(2) | _action(3))


class FeedbackForm(Form):
    usefulness = Radios(
        "How useful was the visit?",
        choices=tuple((str(n), words) for n, words in RATING_WORDS.items()),
        missing="Select how useful the visit was",
    )
    helped = Radios(
        "Did it help?", choices=(("yes", "Yes"), ("no", "No")), missing="Select whether the visit helped"
    )
    feedback = LongText(
        "Anything else? (optional)",
        most=2000,
        rows=3,
        description="The liaison officer reads this. The adviser does not.",
    )

    def said(self) -> dict[str, Any]:
        return {
            "usefulness": int(self.usefulness.data),
            "helped": self.helped.data == "yes",
            "feedback": self.feedback.data or "",
        }
