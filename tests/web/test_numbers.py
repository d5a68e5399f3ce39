"""Every number that anybody types or imports is read by one reader, and none is misread."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField

import fundflow
from fundflow.applications.outcome_form import OutcomeForm
from fundflow.models.bid_parts import value_range
from fundflow.schools.importing import gias, premium
from fundflow.schools.importing.rows import ImportedRow
from fundflow.web.forms import Form
from fundflow.web.number_fields import HalfDays, MeasuredNumber, NumberField, Percent, Pounds, WholeNumber
from fundflow.web.numbers import plain_text, read_number
from tests.forms import fields_of

MISPLACED = ["2,5", "58,5", "12,50", "1,23,4", "1,2345", ",5", "0,500", "1,234,5", "1 2", "1, 234", "1.234,5"]
NO_NUMBERS = ["1e3", "NaN", "½", "1²", "12 12", "£5 and 6", "--5", "1/2", "five", ".", ",", "%", "£"]


FIELDS_FOUND = fields_of(NumberField)
# Beside an outcome's values.
MEASURED = {name: getattr(OutcomeForm, name) for name in ("measure", "unit", "compared_with")}


def read(app: Flask, field: UnboundField, text: str) -> Any:
    """The field alone, on a form that was sent with this text."""
    class_: type[Any] = type("Alone", (Form,), {"field": field, **MEASURED})
    with app.test_request_context("/", method="POST"):
        form = class_(formdata=MultiDict({"field": text}))
        form.field.validate(form)
        return form.field


def test_there_are_numbers_of_every_kind_to_look_at() -> None:
    kinds = {field.field_class for field in FIELDS_FOUND.values()}
    assert kinds == {WholeNumber, Pounds, HalfDays, Percent, MeasuredNumber}
    assert len(FIELDS_FOUND) > 50


@pytest.mark.parametrize("name", FIELDS_FOUND)
def test_no_numeric_field_of_any_form_misreads(app: Flask, name: str) -> None:
    for text in MISPLACED + NO_NUMBERS:
        field = read(app, FIELDS_FOUND[name], text)
        assert field.data is None, text
        assert re.search(r"like \d|as in \d|between", field.errors[0]), field.errors


@pytest.mark.parametrize("name", FIELDS_FOUND)
def test_every_numeric_field_takes_what_is_unambiguous(app: Flask, name: str) -> None:
    field = read(app, FIELDS_FOUND[name], "")
    least, most = (field.least, field.greatest) if field.greatest else (0, 100)  # a measure's, once read
    kept = min(most, max(least, 2_500_000 if field.scale == 100 else 2_500))
    typed = Decimal(kept) / field.scale
    beside = [typed_unit for unit in field.units for typed_unit in (f" {unit}", f"\u00a0{unit}", unit)]
    texts = [f"{typed:f}", f"{typed:,}", f"{typed:,}".replace(",", "\u202f"), f" {typed}\u200b", f"+{typed}"]
    texts += [f"{typed}.0"] if typed == int(typed) else []
    texts += [f"{typed:,}{unit}" for unit in beside] + ([f"£{typed:,}"] if "£" in field.units else [])
    for text in texts:
        again = read(app, FIELDS_FOUND[name], text)
        assert again.data == kept, (text, again.errors)


# “NaN” in a file is a program’s empty cell.
@pytest.mark.parametrize("text", [*MISPLACED, *(text for text in NO_NUMBERS if text != "NaN")])
@pytest.mark.parametrize(
    ("values_of", "columns"),
    [(gias._values, gias.COLUMNS | gias.MAY_LACK), (premium._values, premium.COLUMNS)],
)
def test_no_importer_misreads(values_of: Any, columns: dict[str, str], text: str) -> None:
    asked = _numbers_asked_for(values_of, columns)
    assert len(asked) >= 3
    for key in asked:
        row = _row(columns, {key: text})
        values_of(row)
        assert any(columns[key] in fault for fault in row.faults), (key, text)


@pytest.mark.parametrize("text", ["1,234", "1\u202f234", "1 234", "1234", "1234.0"])
def test_importers_take_thousands(text: str) -> None:
    asked = _numbers_asked_for(premium._values, premium.COLUMNS)
    for key in asked:
        row = _row(premium.COLUMNS, {key: text})
        values = premium._values(row)
        assert values is not None
        assert not any(premium.COLUMNS[key] in fault for fault in row.faults)
        assert values["allocation_pence" if key == "allocation" else key] in (1234, 123_400)


FILLED = {"urn": "100001", "la_code": "201", "la_name": "City", "name": "School", "type_name": "Free"}


def _row(columns: dict[str, str], cells: dict[str, str]) -> ImportedRow:
    given = FILLED | {"pupils": "10", "eligible": "1", "allocation": "1320"} | cells
    names = list(columns)
    return ImportedRow([given.get(name, "") for name in names], {k: n for n, k in enumerate(names)}, columns)


def _numbers_asked_for(values_of: Any, columns: dict[str, str]) -> set[str]:
    """The columns an importer reads as numbers, from what it asks of a row."""
    asked: set[str] = set()

    class Noting(ImportedRow):
        def number(self, key: str, *args: Any, **options: Any) -> Any:
            asked.add(key)
            return super().number(key, *args, **options)

        def whole(self, key: str, *args: Any, **options: Any) -> Any:
            asked.add(key)
            return super().whole(key, *args, **options)

    row = _row(columns, {})
    values_of(Noting(row.cells, row.places, row.names))
    return asked


def test_nothing_else_drops_commas() -> None:
    """No module but the reader takes a number out of a text by leaving out what stands in it."""
    folder = Path(fundflow.__path__[0])
    droppers = re.compile(r"""replace\(["'],["'], ?["']["']\)""")
    found = [path.name for path in folder.rglob("*.py") if droppers.search(path.read_text())]
    assert found == ["numbers.py"]


@given(st.decimals(-999_999, 999_999, places=2), st.sampled_from(["{}", "{:,}", " {:,}\u00a0", "{:+,}"]))
def test_what_we_write_is_read_as_it_was(value: Decimal, shape: str) -> None:
    text = shape.format(value)
    assert read_number(text, "It", least=-1_000_000, most=1_000_000, places=2) == value
    assert read_number(text.replace(",", "\u202f"), "It", least=-(10**6), most=10**6, places=2) == value


@given(st.text("0123456789,. ", min_size=1, max_size=9))
def test_a_comma_is_of_thousands_or_refused(text: str) -> None:
    try:
        value = read_number(text, "It", least=0, most=10**9, places=9)
    except ValueError:
        return
    plain = plain_text(text).replace(" ", ",")
    assert "," not in plain or _shortest(f"{value:,f}") == _shortest(plain)


def _shortest(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


@pytest.mark.parametrize(
    ("units", "text", "value"),
    [
        (("£", "per day"), "£350 per day", 350),
        (("£", "per day"), "-£350", -350),
        (("days",), "3 days", 3),
        (("days",), "1 Day", 1),
        (("pupils",), "30 pupils", 30),
        (("%",), "58 %", 58),
        (("5",), "15", 15),  # a unit that is a number is none
        (("+ levels",), "2", 2),
    ],
)
def test_a_unit_may_stand_beside_its_number(units: tuple[str, ...], text: str, value: int) -> None:
    assert read_number(text, "It", least=-1000, most=1000, units=units) == value


@pytest.mark.parametrize(
    ("units", "text"),
    [(("£",), "£350 per day"), (("days",), "£3"), (("days",), "3 half days"), ((), "3 days")],
)
def test_another_unit_is_refused(units: tuple[str, ...], text: str) -> None:
    with pytest.raises(ValueError, match="must be a whole number, like 12"):
        read_number(text, "It", least=0, most=1000, units=units)


@pytest.mark.parametrize(
    ("measure", "unit", "most"),
    [
        ("Pupils at the phonics standard", "%", 100),
        ("Attendance", "per cent of sessions", 100),
        ("Change in suspensions", "%", 1_000_000),
        ("Attendance", "percentage points", 1_000_000),
        ("Gap to others", "%", 1_000_000),
        ("Reading age", "months", 1_000_000),
    ],
)
def test_a_percentage_is_from_0_to_100_unless_the_measure_says_otherwise(
    measure: str, unit: str, most: int
) -> None:
    assert value_range(measure, unit)[1] == most


def test_an_outcomes_value_is_held_to_its_unit(app: Flask) -> None:
    class_: Any = type("Three", (Form,), {**MEASURED, "baseline": OutcomeForm.baseline})
    for unit, text, data in [
        ("%", "58%", 58),
        ("%", "585", None),
        ("pupils", "585", 585),
        ("pupils", "30 pupils", 30),
        ("pupils", "58%", None),
        ("5", "15", 15),
    ]:
        with app.test_request_context("/", method="POST"):
            form = class_(formdata=MultiDict({"measure": "Reading", "unit": unit, "baseline": text}))
            form.validate()
            assert form.baseline.data == data, (unit, text)
