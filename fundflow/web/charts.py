"""Where the marks of our charts lie, worked out here: templates only draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from fundflow.models.money import pounds
from fundflow.rules.ledger_totals import Totals

WIDTH = 320  # of a drawing, in its own units: it fits a phone
EDGE = 10  # kept free at both ends, for the marks
NEAR = 80  # a label so near an end begins or ends at its mark
LINE = 22  # a line of words
COLOUR = "#0b4f4a"  # the council's
STEPS = (
    0.06,
    0.21,
    0.42,
    0.78,
)  # relative luminance (WCAG): neighbours differ in grey, words on each are legible
INK, PAPER = "#0b0c0c", "#ffffff"
ROOM, CHARACTER = 290, 8  # for a label and its amount beside it, and for each of their characters
MOST_COLUMNS = 6  # with room for their words
TALLEST = 110


def luminance(colour: str) -> float:
    """How light “#0b4f4a” is: 0 black, 1 white (WCAG 2.2)."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Of two colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def shades_of(colour: str) -> tuple[str, ...]:
    """A colour mixed with black or white until it is as light as each of `STEPS`."""
    return tuple(_as_light_as(colour, step) for step in STEPS)


def _as_light_as(colour: str, wanted: float) -> str:
    end = 255 if luminance(colour) < wanted else 0
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    mixed = ("#" + "".join(f"{p + (end - p) * n // 255:02x}" for p in parts) for n in range(256))
    return min(mixed, key=lambda one: abs(luminance(one) - wanted))


SHADES = shades_of(COLOUR)


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
        share = (value - least) / (most - least) if most > least else Decimal(1) / 2
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


class Value(NamedTuple):
    """A number to draw: its label and its words; no number where it is hidden or does not apply."""

    label: str
    number: Decimal | int | None
    words: str

    @property
    def short(self) -> str:
        """The label as far as there is room; the table beside has all of it."""
        most = ROOM // CHARACTER - len(self.words) - 1
        return self.label if len(self.label) <= most else f"{self.label[: most - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a drawing, with the value it shows and, of a stacked bar, the letter of its part."""

    value: Value
    x: int
    y: int
    width: int
    height: int
    shade: str = SHADES[0]
    letter: str = ""

    @property
    def ink(self) -> str:
        """The colour of a letter on it."""
        return max((PAPER, INK), key=lambda ink: contrast(ink, self.shade))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A bar of parts, bars or columns: what it is of, where its boxes lie, how high it is."""

    kind: str
    title: str
    boxes: tuple[Box, ...]
    height: int

    @property
    def words(self) -> str:
        """All that the drawing says."""
        said = "; ".join(f"{box.value.label}: {box.value.words}" for box in self.boxes)
        return f"{self.title}. {said}"


def stacked(title: str, values: Sequence[Value]) -> Drawing:
    """One bar of parts, each with a letter; below it a line a part. What is below zero has no width."""
    numbers = [max(value.number or 0, 0) for value in values]
    whole, x, boxes = sum(numbers), 0, []
    for n, (value, number) in enumerate(zip(values, numbers, strict=True)):
        end = round((sum(numbers[:n]) + number) * WIDTH / whole) if whole else 0
        boxes.append(Box(value, x, 0, end - x, 34, SHADES[n % len(SHADES)], chr(ord("A") + n)))
        x = end
    return Drawing("stacked", title, tuple(boxes), 44 + LINE * len(boxes))


def money_by_stage(title: str, totals: Totals) -> Drawing:
    """Where allocated money stands: paid, awarded, offered and free, as one bar; the four add up to it."""
    parts = (
        ("Paid, less what came back", totals.paid),
        ("Awarded, not paid yet", totals.outstanding),
        ("Offered, no answer yet", totals.reserved),
        ("Free: may still be offered", totals.free),
    )
    return stacked(title, [Value(label, pence, pounds(pence)) for label, pence in parts])


def bars(title: str, values: Sequence[Value]) -> Drawing:
    """A bar a value, each below its words; the longest fills the width."""
    most = max((value.number or 0 for value in values), default=0)
    boxes = [
        Box(value, 0, 40 * n + 20, _share(value.number, most, WIDTH), 12) for n, value in enumerate(values)
    ]
    return Drawing("bars", title, tuple(boxes), 40 * len(boxes))


def columns(title: str, values: Sequence[Value]) -> Drawing:
    """A column a value with its words above and its label below; the last `MOST_COLUMNS` of them."""
    last = values[-MOST_COLUMNS:]
    most = max((value.number or 0 for value in last), default=0)
    room = WIDTH // max(len(last), 1)
    boxes = []
    for n, value in enumerate(last):
        height = _share(value.number, most, TALLEST)
        boxes.append(Box(value, n * room + 4, 20 + TALLEST - height, room - 8, height))
    return Drawing("columns", title, tuple(boxes), TALLEST + 60)


def _share(number: Decimal | int | None, most: Decimal | int, length: int) -> int:
    """The part of a length that a number takes, of the largest."""
    return round(max(number or 0, 0) * length / most) if most > 0 else 0
