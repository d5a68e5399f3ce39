"""Form fields for numbers: counts, pounds, days and shares, as people write them and as we keep them."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from wtforms import StringField

from fundflow.models.bid_parts import Range, value_range
from fundflow.models.money import days_number
from fundflow.web.drawing import Drawn
from fundflow.web.fields import needed, tidy
from fundflow.web.numbers import MONEY, PERCENT, read_number

MOST_PENCE = 100_000_000_00  # no council bid comes near £100 million; no database overflows


class NumberField(Drawn, StringField):
    """Text that must become a number from `least` to `greatest`, both in the unit it is kept in.

    scale    how many of what is kept make one of what is typed: 100 pence are a pound
    places   decimal places that may be typed
    units    what may be typed beside the number
    """

    spellcheck, inputmode = False, "decimal"
    scale = 1
    places = 0
    example = ""
    units: tuple[str, ...] = ()

    def __init__(
        self,
        label: str,
        *,
        what: str,
        least: Decimal | int,
        most: Decimal | int,
        missing: str | None = None,
        **options: Any,
    ) -> None:
        self.what, self.missing = what, missing
        self.least, self.greatest = least, most
        super().__init__(label, [*needed(missing), *options.pop("validators", [])], **options)

    def parse(self, text: str) -> Any:
        """What is kept of a text; raises ValueError with a sentence."""
        return int(self._read(text) * self.scale)

    def show(self, value: Any) -> str:
        return str(value)

    def _read(self, text: str) -> Decimal:
        return read_number(
            text,
            self.what,
            least=Decimal(self.least) / self.scale,
            most=Decimal(self.greatest) / self.scale,
            places=self.places,
            example=self.example,
            units=self.units,
        )

    def process_formdata(self, valuelist: list[str]) -> None:
        text = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if not text and valuelist and self.missing:
            raise ValueError(self.missing)  # spaces, or a NUL, are no number
        if text:
            self.data = self.parse(text)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class WholeNumber(NumberField):
    """A count. `units` are the words that may stand beside it, like “pupils”."""

    inputmode = "numeric"

    def __init__(
        self,
        label: str,
        *,
        what: str,
        units: Iterable[str] = (),
        least: int = 0,
        most: int = 100_000,
        **options: Any,
    ) -> None:
        self.units = tuple(units)
        super().__init__(label, what=what, least=least, most=most, **options)


class MeasuredNumber(NumberField):
    """A value of a measure, with up to two decimal places, as Decimal.

    of      the measure and its unit, from the form; the unit may be typed, and a percentage is from 0
            to 100 unless they say otherwise
    limits  the least and greatest value, where they are known beforehand
    """

    places = 2

    def __init__(
        self,
        label: str,
        *,
        what: str,
        of: Callable[[Any], tuple[str, str]],
        limits: Range | None = None,
        **options: Any,
    ) -> None:
        self.of, self.limits = of, limits
        super().__init__(label, what=what, least=0, most=0, **options)

    def parse(self, text: str) -> Decimal:
        measure, unit = self.of(self._form)
        is_share = unit and any(word in unit.casefold() for word in PERCENT)
        self.units = (unit, *(PERCENT if is_share else ())) if unit else PERCENT
        self.least, self.greatest = self.limits or value_range(measure, unit)
        return self._read(text)

    def show(self, value: Decimal) -> str:
        return f"{value.normalize():f}"


class Pounds(NumberField):
    """Pounds and pence, kept as integer pence; `per` is what a rate is for, like “day”."""

    prefix = "£"
    scale, places, example = 100, 2, "350 or 350.50"

    def __init__(
        self, label: str, *, what: str, least: int = 1, most: int = MOST_PENCE, per: str = "", **options: Any
    ) -> None:
        self.units = (*MONEY, *((f"per {per}", f"a {per}", f"/ {per}", f"/{per}") if per else ()))
        super().__init__(label, what=what, least=least, most=most, **options)

    def show(self, value: int) -> str:
        whole, pence = divmod(value, 100)
        return f"{whole}.{pence:02}" if pence else str(whole)


class HalfDays(NumberField):
    """Days, in halves, kept as a count of half days."""

    scale, places, example, units = 2, 1, "6 or 2.5", ("days",)

    def __init__(self, label: str, *, least: int = 1, most_days: int = 400, **options: Any) -> None:
        super().__init__(label, what="Days", least=least, most=most_days * 2, **options)

    def parse(self, text: str) -> int:
        days = self._read(text)
        if (days * 2) % 1:
            raise ValueError("Days must be in whole or half days, like 6 or 2.5")
        return int(days * 2)

    def show(self, value: int) -> str:
        return days_number(value)


class Percent(NumberField):
    """A percentage with up to two decimal places, kept in basis points (40 % is 4000)."""

    suffix = "%"
    scale, places, example, units = 100, 2, "40 or 28.68", PERCENT

    def __init__(self, label: str, *, what: str, **options: Any) -> None:
        super().__init__(label, what=what, least=0, most=100_00, **options)

    def show(self, value: int) -> str:
        return f"{(Decimal(value) / 100).normalize():f}"
