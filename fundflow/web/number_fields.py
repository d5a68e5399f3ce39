"""Form fields for numbers: counts, pounds, days and shares, as people write them and as we keep them."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from wtforms import StringField

from fundflow.models.money import days_number
from fundflow.web.fields import needed, tidy

MOST_PENCE = 100_000_000_00  # no council bid comes near £100 million; no database overflows


class _Number(StringField):
    """Text that must become a number; `parse` returns what is kept."""

    def __init__(self, label: str, *, missing: str | None = None, **options: Any) -> None:
        self.missing = missing
        super().__init__(label, [*needed(missing), *options.pop("validators", [])], **options)

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if not text and valuelist and self.missing:
            raise ValueError(self.missing)  # spaces, or a NUL, are no number
        if text:
            try:
                self.data = self.parse(text)
            except (ValueError, InvalidOperation, ArithmeticError) as error:
                raise ValueError(str(error)) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class WholeNumber(_Number):
    def __init__(
        self,
        label: str,
        *,
        what: str,
        least: int = 0,
        most: int = 100_000,
        missing: str | None = None,
        **options: Any,
    ) -> None:
        self.what, self.least, self.greatest = what, least, most
        super().__init__(label, missing=missing, **options)

    def parse(self, text: str) -> int:
        digits = text.replace(",", "").replace(" ", "")
        if not re.fullmatch(r"-?[0-9]{1,12}", digits):
            raise ValueError(f"{self.what} must be a whole number, like 12")
        value = int(digits)
        if not self.least <= value <= self.greatest:
            raise ValueError(f"{self.what} must be between {self.least:,} and {self.greatest:,}")
        return value


class Number(_Number):
    """A number with up to two decimal places, as Decimal."""

    def __init__(self, label: str, *, what: str, missing: str | None = None, **options: Any) -> None:
        self.what = what
        super().__init__(label, missing=missing, **options)

    def parse(self, text: str) -> Decimal:
        return _decimal(text.rstrip("%"), self.what, places=2, most=1_000_000, least=-1_000_000)

    def show(self, value: Decimal) -> str:
        return f"{value.normalize():f}"


class Pounds(_Number):
    """Pounds and pence, kept as integer pence."""

    def __init__(
        self,
        label: str,
        *,
        what: str,
        least: int = 1,
        most: int = MOST_PENCE,
        missing: str | None = None,
        **options: Any,
    ) -> None:
        self.what, self.least, self.greatest = what, least, most
        super().__init__(label, missing=missing, **options)

    def parse(self, text: str) -> int:
        amount = _decimal(
            text.lstrip("£").strip(),
            self.what,
            places=2,
            least=Decimal(self.least) / 100,
            most=Decimal(self.greatest) / 100,
            example="350 or 350.50",
            unit="£",
        )
        return int(amount * 100)

    def show(self, value: int) -> str:
        whole, pence = divmod(value, 100)
        return f"{whole}.{pence:02}" if pence else str(whole)


class HalfDays(_Number):
    """Days, in halves, kept as a count of half days."""

    def __init__(
        self, label: str, *, missing: str | None = None, most_days: int = 400, **options: Any
    ) -> None:
        self.most_days = most_days
        super().__init__(label, missing=missing, **options)

    def parse(self, text: str) -> int:
        days = _decimal(text, "Days", places=1, least=Decimal("0.5"), most=self.most_days, example="6 or 2.5")
        if (days * 2) % 1:
            raise ValueError("Days must be in whole or half days, like 6 or 2.5")
        return int(days * 2)

    def show(self, value: int) -> str:
        return days_number(value)


class Percent(_Number):
    """A percentage with up to two decimal places, kept in basis points (40 % is 4000)."""

    def __init__(self, label: str, *, what: str, missing: str | None = None, **options: Any) -> None:
        self.what = what
        super().__init__(label, missing=missing, **options)

    def parse(self, text: str) -> int:
        return int(
            _decimal(text.rstrip("% "), self.what, places=2, least=0, most=100, example="40 or 28.68") * 100
        )

    def show(self, value: int) -> str:
        return f"{(Decimal(value) / 100).normalize():f}"


def _decimal(
    text: str, what: str, *, places: int, least: Any, most: Any, example: str = "12 or 12.5", unit: str = ""
) -> Decimal:
    plain = text.replace(",", "").replace(" ", "")
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", plain):
        raise ValueError(f"{what} must be a number, like {example}")
    value = Decimal(plain)
    if value != value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):
        raise ValueError(f"{what} can have at most {places} decimal place{'s' if places > 1 else ''}")
    if not Decimal(least) <= value <= Decimal(most):
        raise ValueError(f"{what} must be between {unit}{Decimal(least):,} and {unit}{Decimal(most):,}")
    return value
