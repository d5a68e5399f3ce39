"""A measure of the fund's library."""

from decimal import Decimal
from typing import Any

from wtforms import ValidationError

from fundflow.models.measure import Better
from fundflow.web.fields import Radios, Text
from fundflow.web.forms import Form
from fundflow.web.number_fields import MeasuredNumber


def _anything(_form: Any) -> tuple[str, str]:
    return "", ""


class MeasureForm(Form):
    name = Text(
        "What is measured?",
        most=200,
        missing="Enter what is measured",
        description="For example, “Pupils at the phonics standard”",
    )
    unit = Text("In what unit?", most=40, missing="Enter the unit", description="For example, “%”")
    better = Radios("When is it better?", choices=Better, missing="Select when it is better")
    method = Text("How is it measured?", most=200, missing="Enter how it is measured")
    source = Text("Where do the figures come from? (optional)", most=200)
    least = MeasuredNumber(
        "Least plausible value (optional)",
        what="The least value",
        of=_anything,
        description="Left empty, a percentage is from 0 to 100 and other units have no bounds.",
    )
    greatest = MeasuredNumber("Greatest plausible value (optional)", what="The greatest value", of=_anything)

    def validate_greatest(self, field: Any) -> None:
        least: Decimal | None = self.least.data
        if field.data is not None and least is not None and field.data <= least:
            raise ValidationError("The greatest value must be above the least")

    def measure(self) -> dict[str, Any]:
        """The answers, by the model's names."""
        return {
            "name": self.name.data,
            "unit": self.unit.data,
            "better": self.better.data,
            "method": self.method.data,
            "source": self.source.data or "",
            "least": self.least.data,
            "greatest": self.greatest.data,
        }
