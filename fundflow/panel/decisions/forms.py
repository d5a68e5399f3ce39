"""The forms of deciding, correcting, checking the letters, and saying that a decision stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from wtforms import ValidationError

from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.panel.operations.deciding import (
    MOST_CONDITIONS,
    ConditionAsked,
    how_it_departs,
    last_condition_day,
)
from fundflow.web import fields as f
from fundflow.web.access import now
from fundflow.web.forms import Form
from fundflow.web.number_fields import Pounds
from fundflow.workflow.date_words import day_words
from fundflow.workflow.panel_rules import Rules
from fundflow.workflow.working_days import london_date

MOST_FEEDBACK = 1000  # characters a criterion
FEEDBACK = "feedback_"


class _Feedback:
    """Part of a form: a field for what the school is told about each criterion of some rules."""

    slugs: Sequence[str] = ()

    @classmethod
    def by(cls, rules: Rules) -> type[Self]:
        """The form with a field for each criterion of these rules."""
        rows = {
            f"{FEEDBACK}{criterion.slug}": f.LongText(criterion.title, most=MOST_FEEDBACK, rows=3)
            for criterion in rules.criteria
        }
        return type(cls.__name__, (cls,), {**rows, "slugs": rules.slugs})

    @property
    def feedback(self: Any) -> dict[str, str]:
        """Criterion → what the school is told about it, where anything is."""
        return {slug: text for slug in self.slugs if (text := self[FEEDBACK + slug].data or "")}

    @property
    def feedback_fields(self: Any) -> list[Any]:
        return [self[FEEDBACK + slug] for slug in self.slugs]


def feedback_data(decision: Decision) -> dict[str, str]:
    """What was said of each criterion, by the names of the form's fields."""
    return {FEEDBACK + row.criterion: row.text for row in decision.feedback}


class _Amount:
    """Part of a form: an amount that may not pass what each of these sentences allows."""

    limits: Sequence[tuple[int, str]] = ()

    def validate_amount(self, field: Any) -> None:
        for most, sentence in self.limits:
            if field.data is not None and field.data > most:
                raise ValidationError(sentence)


class _Conditions:
    """Part of a form: up to five conditions, each of a text, who does it, and by when."""

    bid: Bid

    @property
    def rows(self: Any) -> list[tuple[Any, Any, Any]]:
        """The fields of each condition."""
        return [
            tuple(self[f"{part}_{n}"] for part in ("text", "owner", "due"))
            for n in range(1, MOST_CONDITIONS + 1)
        ]

    @property
    def conditions(self) -> list[ConditionAsked]:
        """What was entered; only for a form that is valid."""
        return [
            ConditionAsked(text.data, owner.data, due.data) for text, owner, due in self.rows if text.data
        ]

    @property
    def filled_rows(self) -> int:
        """How many rows have something in them."""
        return sum(1 for text, owner, due in self.rows if text.data or owner.data or any(due.typed.values()))

    def check_conditions(self) -> bool:
        """Every condition that was begun says what, who and by when; answers whether all do."""
        return all([self._is_whole(*row) for row in self.rows])

    def _is_whole(self, text: Any, owner: Any, due: Any) -> bool:
        if not (text.data or owner.data or any(due.typed.values())):
            return True
        before = len(text.errors) + len(owner.errors) + len(due.errors)
        if not text.data:
            text.errors = [*text.errors, "Enter what must be done"]
        if not owner.data:
            owner.errors = [*owner.errors, "Enter who does it"]
        if not due.errors and (why := self._why_no_date(due)):
            due.errors = [why]
        return before == len(text.errors) + len(owner.errors) + len(due.errors) and not before

    def _why_no_date(self, due: Any) -> str:
        today = london_date(now())
        last = last_condition_day(self.bid, today)
        if due.data is None:
            return "Enter the date by which it is done"
        return "" if today < due.data <= last else f"The date must be after today, and by {day_words(last)}"


for _n in range(1, MOST_CONDITIONS + 1):
    setattr(_Conditions, f"text_{_n}", f.Text("What must be done", most=500))
    setattr(_Conditions, f"owner_{_n}", f.Text("Who does it", most=120))
    setattr(_Conditions, f"due_{_n}", f.Day("By when", what="The date"))


def conditions_data(asked: Iterable[ConditionAsked]) -> dict[str, Any]:
    """Conditions, by the names of the form's fields."""
    found: dict[str, Any] = {}
    for n, one in enumerate(list(asked)[:MOST_CONDITIONS], 1):
        found |= {f"text_{n}": one.text, f"owner_{n}": one.owner, f"due_{n}": one.due_on}
    return found


class _Departure:
    """Part of a form: why the panel departs from its score, asked only where it does."""

    departs: str | None = None

    def expect_departure(self: Any, departs: str | None, *, told: bool = True) -> None:
        """`told`: this person may know the score; else they may always say why it was departed from."""
        self.departs = departs
        if not told:
            self.departure.description = UNTOLD
        elif departs:
            self.departure.description = departs
            self.departure.label.text = f"Why the panel {how_it_departs(departs)}"
        else:
            del self.departure

    @property
    def departure_text(self: Any) -> str:
        return self.departure.data or "" if "departure" in self else ""


UNTOLD = "You see the scores once you have handed in your own. If the decision may depart from them, say why."


def _departure() -> f.LongText:
    return f.LongText("Why the panel departs from its score", most=2000, rows=3)


class DecisionForm(_Departure, _Feedback, Form):
    reasons = f.LongText(
        "Reasons",
        most=4000,
        missing="Enter the reasons for the decision",
        description="The school is told these.",
    )
    departure = _departure()
    equality_note = f.LongText(
        "How the panel had due regard to equality",
        most=2000,
        rows=3,
        missing="Enter how the panel had due regard to equality",
        description="Who gains and who might lose, among people the Equality Act protects.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) & self._explains()

    def _explains(self) -> bool:
        """Whether the departure is explained, where there is one."""
        if "departure" not in self or self.departure.data or not self._departs():
            return True
        self.departure.errors = [
            *self.departure.errors,
            f"Say why the panel {how_it_departs(self.departs or '')}",
        ]
        return False

    def _departs(self) -> bool:
        return bool(self.departs)


class ApproveForm(_Amount, _Conditions, DecisionForm):
    """`departs_with` says how an amount departs from the score, or None where it does not."""

    amount = Pounds("Amount to offer", what="The amount", missing="Enter the amount to offer")
    departs_with: Any = None

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) & self.check_conditions()

    def _departs(self) -> bool:
        pence = self.amount.data
        return pence is None or self.departs_with is None or bool(self.departs_with(pence))


class DeclineBidForm(DecisionForm):
    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) & self._says_something()

    def _says_something(self) -> bool:
        if self.feedback or not self.feedback_fields:
            return True
        first = self.feedback_fields[0]
        first.errors = [*first.errors, "Say something to the school about at least one criterion"]
        return False


def _why() -> f.LongText:
    return f.LongText(
        "Why the decision is corrected",
        most=2000,
        rows=3,
        missing="Enter why the decision is corrected",
        description="The school is told this, unless its first letter has not gone yet.",
    )


class CorrectOfferForm(_Amount, _Conditions, _Departure, Form):
    reason = _why()
    amount = Pounds("Amount to offer", what="The amount", missing="Enter the amount to offer")
    reasons = f.LongText("Reasons for the decision", most=4000, missing="Enter the reasons for the decision")
    departure = _departure()
    departs_with: Any = None

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) & self.check_conditions()


class CorrectRefusalForm(_Feedback, Form):
    reason = _why()
    reasons = f.LongText("Reasons for the decision", most=4000, missing="Enter the reasons for the decision")


class LettersForm(_Feedback, Form):
    opening = f.LongText("A line of your own at the head of the letter", most=500, rows=2)
    closing = f.LongText("A line of your own at its end", most=500, rows=2)
    action = f.Select("Action", choices=(("save", "Save"), ("send", "Send")), missing="Choose what to do")

    @property
    def said(self) -> Mapping[str, Any]:
        """What the operations take."""
        return {
            "feedback": self.feedback,
            "opening": self.opening.data or "",
            "closing": self.closing.data or "",
        }


class StandsForm(Form):
    reason = f.LongText(
        "Why the decision still stands", most=2000, rows=4, missing="Enter why the decision still stands"
    )
