"""Rows of fields that a page adds one at a time as its reader asks for them, also without JavaScript."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

from wtforms import HiddenField

from fundflow.web.forms import Form


class Rows(NamedTuple):
    """A kind of row.

    name     of the hidden field that counts them, and the value of the button `more` that adds one
    letter   with the row's number from 0 it ends the names of the row's fields: `what_s0`
    fields   by name, made for a row's number from 1
    lacking  what to say where a row was begun and this field of it is empty
    least    how many there are from the start
    """

    name: str
    letter: str
    fields: Mapping[str, Callable[[int], Any]]
    lacking: Mapping[str, str]
    least: int = 0


class FormWithRows(Form):
    """A form with rows; those that are left empty don't count.

    grown  the kind of row that was just added; empty: none, or there were as many as can be
    """

    kinds: ClassVar[tuple[Rows, ...]] = ()
    counts: ClassVar[Mapping[str, int]] = {}
    grown: ClassVar[str] = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, count in self.counts.items():
            self[name].data = str(count)  # one more than was sent, where that is asked for

    def ends(self, name: str) -> list[str]:
        """The ends of the fields' names of each row of a kind."""
        return [
            f"{rows.letter}{n}" for rows in self.kinds if rows.name == name for n in range(self.counts[name])
        ]

    def filled(self, name: str) -> list[str]:
        """Those of the rows in which something is filled in."""
        return [end for end in self.ends(name) if self._is_filled(self._rows(name), end)]

    def said(self, name: str, end: str) -> dict[str, Any]:
        """A row's answers by the fields' names, without those that are empty."""
        names = [field for field in self._rows(name).fields if f"{field}_{end}" in self]
        found = {field: self[f"{field}_{end}"].data for field in names}
        return {field: value for field, value in found.items() if value not in (None, "")}

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        for rows in self.kinds:
            for end in self.filled(rows.name):
                for name, why in rows.lacking.items():
                    field = self._fields.get(f"{name}_{end}")
                    if field is not None and field.data in (None, "") and not field.errors:
                        field.errors, valid = [why], False
        return valid

    def _rows(self, name: str) -> Rows:
        return next(rows for rows in self.kinds if rows.name == name)

    def _is_filled(self, rows: Rows, end: str) -> bool:
        return any(_is_typed(self[f"{name}_{end}"]) for name in rows.fields if f"{name}_{end}" in self)


F = TypeVar("F", bound=FormWithRows)


def with_rows(form: type[F], kinds: tuple[Rows, ...], asked: Mapping[str, str], *, most: int) -> type[F]:
    """The form with as many rows as its page had, and one more where that is asked for.

    asked  what the page sent
    """
    counts = {rows.name: _count(asked, rows, most) for rows in kinds}
    fields: dict[str, Any] = {
        f"{name}_{rows.letter}{n}": make(n + 1)
        for rows in kinds
        for n in range(counts[rows.name])
        for name, make in rows.fields.items()
    }
    fields |= {name: HiddenField() for name in counts}
    grown = next((rows.name for rows in kinds if counts[rows.name] > _there(asked, rows, most)), "")
    return type(form.__name__, (form,), {**fields, "kinds": kinds, "counts": counts, "grown": grown})


def _count(asked: Mapping[str, str], rows: Rows, most: int) -> int:
    wants_one = asked.get("more", "").split("-")[0] == rows.name
    return min(_there(asked, rows, most) + wants_one, most)


def _there(asked: Mapping[str, str], rows: Rows, most: int) -> int:
    """How many rows the page had."""
    text = asked.get(rows.name, "")
    sent = int(text) if text.isdecimal() and len(text) < 3 else 0
    return min(max(sent, rows.least), most)


def _is_typed(field: Any) -> bool:
    typed = getattr(field, "typed", None)  # of a date
    return any(typed.values()) if typed is not None else field.raw_data not in ([], [""], None)
