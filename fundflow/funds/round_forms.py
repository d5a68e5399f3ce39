"""A round's moments, criteria, priorities and questions; letting a school in late."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fundflow.funds.operations.late import why_not_until
from fundflow.models.fund import Fund
from fundflow.models.round import Priority, Round, RoundQuestion
from fundflow.web.fields import Day, LongText, Radios, Select, Text, Tick, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import WholeNumber
from fundflow.web.times import moment_of
from fundflow.workflow.date_words import clock_time
from fundflow.workflow.working_days import london_date

CLOCK = "like 09:00 or 5pm"


def _moment(day: Any, clock: Any, what: str) -> datetime | None:
    return moment_of(
        day,
        clock,
        no_day=f"Enter the date on which {what}",
        no_time=f"Enter the time at which {what}, {CLOCK}",
    )


def _shown(at: datetime, name: str) -> dict[str, Any]:
    """A moment as the two fields `<name>_on` and `<name>_time` show it."""
    return {f"{name}_on": london_date(at), f"{name}_time": clock_time(at)}


class RoundForm(Form):
    name = Text("Name of the round", most=120, missing="Enter the name of the round")
    kind = Radios(
        "When may schools bid?",
        choices=[("rolling", "At any time (a rolling round)"), ("dates", "Between two dates")],
        missing="Select when schools may bid",
    )
    opens_on = Day("Opens on", what="The opening date")
    opens_time = Text("Opens at", most=10)
    closes_on = Day("Closes on", what="The closing date")
    closes_time = Text("Closes at", most=10)
    criteria = LongText("Criteria (optional)", most=4000)
    guidance = LongText("Guidance for schools (optional)", most=4000)

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @classmethod
    def of(cls, fund: Fund, round_: Round | None) -> "RoundForm":
        """The form for a new round, or showing what a round is now; versions are the fund's."""
        answers: dict[str, Any] = {"opens_time": "09:00", "closes_time": "17:00"}
        if round_ is not None:
            answers |= {
                "name": round_.name,
                "guidance": round_.guidance,
                "criteria": round_.criteria,
                "kind": "dates" if round_.opens_at or round_.closes_at else "rolling",
            }
            answers |= _shown(round_.opens_at, "opens") if round_.opens_at else {}
            answers |= _shown(round_.closes_at, "closes") if round_.closes_at else {}
        return cls.on(fund, data=answers)

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if self.kind.data != "dates":
            return fine
        self.opens_at = _moment(self.opens_on, self.opens_time, "the round opens")
        self.closes_at = _moment(self.closes_on, self.closes_time, "the round closes")
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            self.closes_on.errors = ["The round must close after it opens"]
        return fine and not any(field.errors for field in self)

    def answers(self) -> dict[str, Any]:
        """By the round's column; only for a form that is valid."""
        return {
            "name": self.name.data,
            "opens_at": self.opens_at,
            "closes_at": self.closes_at,
            "guidance": self.guidance.data or "",
            "criteria": self.criteria.data or "",
        }


class PriorityForm(Form):
    title = Text("Priority", most=140, missing="Enter the priority")
    asks_assessment = Tick(
        "Assess the need before money",
        description="The officer can’t recommend money for it before they have assessed the need.",
    )

    @classmethod
    def of(cls, fund: Fund, priority: Priority | None) -> "PriorityForm":
        """The form for a new priority, or showing one. It asks about assessments where the fund makes any."""
        form = cls.on(fund, obj=priority) if priority else cls.on(fund)
        if not fund.assesses_need:
            del form.asks_assessment
        return form

    def answers(self) -> dict[str, Any]:
        """By the priority's column."""
        return {field.name: field.data for field in self if field.name in ("title", "asks_assessment")}


class QuestionForm(Form):
    text = Text("Question", most=300, missing="Enter the question")
    hint = Text("Hint (optional)", most=500)
    most = WholeNumber(
        "Longest answer, in characters",
        what="The number of characters",
        units=("characters",),
        least=50,
        most=4000,
        missing="Enter the number of characters",
    )
    required = Tick("A bid must answer it")
    full_only = Tick("Ask it on the full form only")

    @classmethod
    def of(cls, fund: Fund, question: RoundQuestion | None) -> "QuestionForm":
        """The form for a new question, or showing one; versions are the fund's."""
        return cls.on(fund, obj=question) if question else cls.on(fund, most=1000, required=True)

    def answers(self) -> dict[str, Any]:
        """By the question's column."""
        return {
            "text": self.text.data,
            "hint": self.hint.data or "",
            "most": self.most.data,
            "required": self.required.data,
            "full_only": self.full_only.data,
        }


class LateForm(Form):
    urn = Select("School", missing="Select the school")
    until_on = Day("Until which day?", what="The date")
    until_time = Text("Until what time?", most=10)
    reason = LongText("Why?", most=1000, rows=4, missing="Enter why the school is let in late")

    round: Round
    now: datetime
    until: datetime | None = None

    @classmethod
    def of(cls, round_: Round, schools: Iterable[tuple[str, str]], now: datetime) -> "LateForm":
        """The form for one of these schools (URN, name)."""
        form = cls(until_time="17:00")
        form.round, form.now = round_, now
        form.urn.choices = choices_of([("", "Select a school"), *schools])
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        self.until = _moment(self.until_on, self.until_time, "the school’s time ends")
        if self.until and (why := why_not_until(self.round, self.until, self.now)):
            self.until_on.errors = [why.rstrip(".")]
        return fine and not any(field.errors for field in self)
