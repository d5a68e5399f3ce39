"""The forms of a school's two-year targets."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from wtforms import ValidationError

from fundflow.models.bid_parts import range_of
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.target import SchoolTarget
from fundflow.web.fields import Day, LongText, Select, Text, choices_of
from fundflow.web.forms import Form
from fundflow.web.jinja import number
from fundflow.web.number_fields import MeasuredNumber


def _any(_form: Any) -> tuple[str, str]:
    """No measure: which values are plausible is asked once one is selected."""
    return "", ""


def _plausible(measure: Measure | None, field: Any) -> None:
    """Raises ValidationError for a value that the measure can't have."""
    if measure is None or field.data is None:
        return
    least, greatest = range_of(measure, measure.name, measure.unit, is_gap=False)
    if not least <= field.data <= greatest:
        raise ValidationError(f"{field.what} must be between {number(least)} and {number(greatest)}")


class BaselineForm(Form):
    """What is measured, and where it is now."""

    measure = Select("What is to change?", missing="Select a measure")
    baseline = MeasuredNumber("Where is it now?", what="The baseline", missing="Enter the baseline", of=_any)
    baseline_on = Day(
        "When was that measured?", what="The date of the baseline", missing="Enter the date of the baseline"
    )


class TermsForm(Form):
    """What a target is to come to, by when and with whom."""

    target = MeasuredNumber("Where should it be?", what="The target", missing="Enter the target", of=_any)
    target_on = Day(
        "By when?",
        what="The date of the target",
        missing="Enter the date of the target",
        description="About two years ahead",
    )
    owner = Select("Who looks after it?", missing="Select who looks after it")
    reason = LongText(
        "Why?",
        most=2_000,
        rows=3,
        missing="Enter the reason",
        description="Staff of the council read this. The school doesn’t see it",
    )
    measured: Measure | None = None
    people: dict[int, User]

    @classmethod
    def of(cls, record: SchoolTarget, officers: Iterable[User]) -> Self:
        """The form that changes a target, with what was set last."""
        terms = record.now
        shown = {"target": terms.target, "target_on": terms.target_on, "owner": str(terms.owner_id)}
        form = cls.on(record, data=shown)
        form.measured = record.measure
        form.offer([*officers, terms.owner])
        return form

    def offer(self, officers: Iterable[User]) -> None:
        """Who may look after it."""
        self.people = {officer.id: officer for officer in officers}
        names = [(str(key), user.name) for key, user in self.people.items()]
        self.owner.choices = choices_of([("", "Select somebody"), *names])

    @property
    def owner_chosen(self) -> User:
        return self.people[int(self.owner.data)]

    def validate_target(self, field: Any) -> None:
        _plausible(self.measured, field)


class TargetForm(BaselineForm, TermsForm):
    """A new target, of a measure of a fund."""

    measures: Sequence[Measure] = ()

    def offer_measures(self, measures: Sequence[Measure]) -> None:
        self.measures = measures
        words = [(str(one.id), f"{one.words}, {one.better.words.lower()}") for one in measures]
        self.measure.choices = choices_of([("", "Select a measure"), *words])

    @property
    def chosen(self) -> Measure | None:
        return next((one for one in self.measures if str(one.id) == self.measure.data), None)

    def validate_baseline(self, field: Any) -> None:
        _plausible(self.chosen, field)

    def validate_target(self, field: Any) -> None:
        measure, baseline = self.chosen, self.baseline.data
        _plausible(measure, field)
        if measure is None or field.data is None or baseline is None:
            return
        if field.data == baseline:
            raise ValidationError("The target must differ from the baseline")
        if why := measure.why_not_better(baseline, field.data):
            raise ValidationError(why)


class FigureForm(Form):
    """Where a target stood on a day."""

    value = MeasuredNumber("Where does it stand?", what="The figure", missing="Enter the figure", of=_any)
    measured_on = Day(
        "When was that measured?", what="The date of the figure", missing="Enter the date of the figure"
    )
    source = Text("Where does the figure come from?", most=200, missing="Enter where the figure comes from")
    record: SchoolTarget

    @classmethod
    def of(cls, record: SchoolTarget) -> Self:
        form = cls.on(record)
        form.record = record
        return form

    def validate_value(self, field: Any) -> None:
        _plausible(self.record.measure, field)

    def validate_measured_on(self, field: Any) -> None:
        if field.data and field.data <= self.record.baseline_on:
            raise ValidationError("The date of the figure must be after the baseline’s")


class TargetReasonForm(Form):
    reason = LongText("Why?", most=2_000, rows=3, missing="Enter the reason")
