"""The forms of a school's inspections."""

from typing import Any, Self

from wtforms import ValidationError

from fundflow.models.inspection import Inspection
from fundflow.web.fields import Day, LongText, Radios, Select
from fundflow.web.forms import Form
from fundflow.workflow.inspection import REGIMES, Regime

WHY = "Why is the entry wrong?"


class RegimeForm(Form):
    """Which kind of inspection."""

    regime = Radios(
        "Which kind of inspection was it?",
        choices=[(regime.slug, regime.words) for regime in REGIMES],
        missing="Select the kind of inspection",
    )


class InspectionForm(Form):
    """An inspection of one kind: its days, and a grade for each area."""

    regime: Regime
    area_0: Any  # a question for each of its areas
    inspected_on = Day(
        "First day of the inspection",
        what="The day of the inspection",
        missing="Enter the first day of the inspection",
    )
    published_on = Day("When was the report published? (optional)", what="The day of the report")

    @classmethod
    def of(cls, regime: Regime, entry: Inspection | None = None) -> Self:
        """The form for a kind of inspection; with an entry, the one that corrects it."""
        areas = {
            f"area_{n}": Select(area.name, choices=[("", "Not judged"), *((g, g) for g in area.grades)])
            for n, area in enumerate(regime.areas)
        }
        given: dict[str, Any] = {"regime": regime, **areas}
        if entry:
            given["reason"] = LongText(
                WHY,
                most=1_000,
                rows=3,
                missing="Enter why the entry is wrong",
                description="The entry is kept",
            )
        made: type[Self] = type("InspectionForm", (cls,), given)
        return made(data=made.shown(entry) if entry else None)

    @classmethod
    def shown(cls, entry: Inspection) -> dict[str, Any]:
        said = entry.said
        return {
            "inspected_on": entry.inspected_on,
            "published_on": entry.published_on,
            **{f"area_{n}": said.get(area.name, "") for n, area in enumerate(cls.regime.areas)},
        }

    @property
    def grades(self) -> dict[str, str]:
        """The grades that were selected, by area."""
        given = {area.name: self[f"area_{n}"].data for n, area in enumerate(self.regime.areas)}
        return {area: grade for area, grade in given.items() if grade}

    def validate_inspected_on(self, field: Any) -> None:
        if field.data and not self.regime.holds(field.data):
            raise ValidationError("Enter another date. There were no inspections of this kind on that day")

    def validate_published_on(self, field: Any) -> None:
        if field.data and self.inspected_on.data and field.data < self.inspected_on.data:
            raise ValidationError("The report can’t be published before the inspection")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.grades or self.area_0.errors:
            return valid
        self.area_0.errors = ["Select the grade of at least one area"]
        return False


class RemoveInspectionForm(Form):
    reason = LongText(WHY, most=1_000, rows=3, missing="Enter why the entry is wrong")
