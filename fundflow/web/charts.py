"""Where the marks of our charts lie, worked out here: templates only draw them."""

from dataclasses import dataclass
from decimal import Decimal

WIDTH = 320  # of a drawing, in its own units: it fits a phone
EDGE = 10  # kept free at both ends, for the marks
NEAR = 80  # a label so near an end begins or ends at its mark


@dataclass(frozen=True, slots=True)
class Mark:
    """A value in a chart: where it lies, its words, and on which side of it they stand."""

    x: int
    words: str

    @property
    def anchor(self) -> str:
        return "start" if self.x < NEAR else "end" if self.x > WIDTH - NEAR else "middle"


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """An outcome: from where, to where, and how far it is (None: not measured)."""

    label: str
    baseline: Mark
    target: Mark
    actual: Mark | None

    @property
    def words(self) -> str:
        """All that the drawing says."""
        now = f", {self.actual.words.lower()}" if self.actual else ", no result yet"
        return f"{self.label}: {self.baseline.words.lower()}, {self.target.words.lower()}{now}"


def dumbbell(label: str, unit: str, baseline: Decimal, target: Decimal, actual: Decimal | None) -> Dumbbell:
    """The marks of an outcome, on a scale that reaches from the least of its values to the greatest."""
    values = [value for value in (baseline, target, actual) if value is not None]
    least, most = min(values), max(values)

    def mark(what: str, value: Decimal) -> Mark:
        share = (value - least) / (most - least)
        return Mark(EDGE + round(share * (WIDTH - 2 * EDGE)), f"{what} {_with_unit(value, unit)}")

    return Dumbbell(
        label,
        mark("Baseline", baseline),
        mark("Target", target),
        mark("Result", actual) if actual is not None else None,
    )


def _with_unit(value: Decimal, unit: str) -> str:
    """“58%”, “12 days”, “−3 points”."""
    number = f"{value.normalize():f}".replace("-", "−")
    return f"{number}{unit}" if unit == "%" else f"{number} {unit}"
