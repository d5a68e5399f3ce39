"""An outcome of a bid: a measure of the fund or the bid's own, or a gap to peers."""

from decimal import Decimal
from typing import Any

from wtforms import ValidationError

from fundflow.applications.section_forms import SectionForm
from fundflow.models.bid_parts import PupilGroupKind, range_of
from fundflow.models.measure import Measure
from fundflow.web.fields import Day, Select, Text, choices_of
from fundflow.web.number_fields import MeasuredNumber
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import months_after


def _measured(form: Any) -> tuple[str, str]:
    """What an outcome measures, and in what unit, as typed; empty where `validate` knows their range."""
    if form.compared_with.data or ("measure_id" in form and form.measure_id.data):
        return "", ""
    return form.measure.data or "", form.unit.data or ""


def _fill(field: Any, text: str) -> None:
    """Answer a question by what was picked elsewhere."""
    field.data, field.raw_data = text, [text]


class OutcomeForm(SectionForm):
    second_part = ("compared_with", "baseline", "baseline_on", "target", "target_on")

    measure_id = Select(
        "Measure", description="Pick one of the fund’s, so that results of several bids add up"
    )
    measure = Text(
        "What will you measure?",
        most=200,
        missing="Enter what you will measure",
        description="For example, “Pupils at the phonics standard”",
    )
    unit = Text("In what unit?", most=40, missing="Enter the unit", description="For example, “%”")
    group = Select("For which pupils?", choices=PupilGroupKind, missing="Select a pupil group")
    method = Text("How will you measure it?", most=200, missing="Enter how you will measure it")
    compared_with = Text(
        "If you want to close a gap: compared with whom? (optional)",
        most=120,
        description="For example, “all other pupils”. Then enter the gap below, not the pupils’ own result",
    )
    baseline = MeasuredNumber(
        "Where are you now?", what="The baseline", missing="Enter the baseline", of=_measured
    )
    baseline_on = Day(
        "When was that measured?", what="The date of the baseline", missing="Enter the date of the baseline"
    )
    target = MeasuredNumber(
        "Where do you want to be?", what="The target", missing="Enter the target", of=_measured
    )
    target_on = Day("By when?", what="The date of the target", missing="Enter the date of the target")

    def prepare(self) -> None:
        offered = self.measures()
        if not offered:
            del self.measure_id
            return
        words = [(str(one.id), f"{one.words}, {one.better.words.lower()}") for one in offered]
        self.measure_id.choices = choices_of([("", "Our own, described below"), *words])
        for name in ("measure", "unit", "method"):
            here = self[name].description
            self[name].description = f"{here}. " if here else ""
            self[name].description += "Leave it empty if you picked a measure"

    def measures(self) -> list[Measure]:
        """The fund's measures, and the row's own if it is no longer offered."""
        offered, own = self.bid.fund.measures_offered, self.row.library if self.row else None
        return [*offered, own] if own and own not in offered else offered

    def library(self) -> Measure | None:
        """The measure that was picked."""
        chosen = self.measure_id.data if "measure_id" in self else None
        return next((one for one in self.measures() if str(one.id) == chosen), None)

    def validate(self, extra_validators: Any = None) -> bool:
        picked = self.library()
        if picked is not None:
            _fill(self.measure, picked.name)
            _fill(self.unit, picked.unit)
            _fill(self.method, self.method.data or picked.method)
        valid = super().validate(extra_validators)
        for field in (self.baseline, self.target):
            if why := self._why_implausible(field, picked):
                field.errors, valid = [*field.errors, why], False
        return bool(valid)

    def _why_implausible(self, field: Any, picked: Measure | None) -> str | None:
        """None for a value within the measure's range, else the sentence."""
        words = self.measure.data or "", self.unit.data or ""
        least, most = range_of(picked, *words, is_gap=bool(self.compared_with.data))
        if field.data is None or least <= field.data <= most:
            return None
        return f"{field.what} must be between {_plain(least)} and {_plain(most)}"

    def answers(self) -> dict[str, Any]:
        picked = self.library()
        return super().answers() | {"measure_id": picked and picked.id}

    def validate_target(self, field: Any) -> None:
        self._must_be_better(field)
        if field.data is not None and field.data == self.baseline.data:
            raise ValidationError("The target must differ from the baseline")

    def _must_be_better(self, field: Any) -> None:
        """A target lies on the side of the baseline on which the fund's measure is better."""
        picked, now = self.library(), self.baseline.data
        if picked is None or self.compared_with.data or field.data is None or now is None:
            return
        if why := picked.why_not_better(now, field.data):
            raise ValidationError(why)

    def validate_target_on(self, field: Any) -> None:
        end = self.bid.end_on
        if field.data and self.baseline_on.data and field.data <= self.baseline_on.data:
            raise ValidationError("The date of the target must be after the date of the baseline")
        if field.data and end and field.data > months_after(end, 12):
            raise ValidationError(
                f"The date of the target must be within 12 months of the project’s end, {day_words(end)}"
            )


def _plain(value: Decimal | int) -> str:
    return f"{Decimal(value).normalize():f}".replace("-", "−")
