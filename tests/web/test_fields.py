from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from fundflow.web import fields, number_fields
from fundflow.web.forms import Form


class Everything(Form):
    amount = number_fields.Pounds("Amount", what="Amount", missing="Enter the amount")
    days = number_fields.HalfDays("Days", missing="Enter the number of days")
    on_cost = number_fields.Percent("On-cost", what="On-cost", missing="Enter the on-cost")
    pupils = number_fields.WholeNumber("Pupils", what="Pupils", least=1, missing="Enter how many pupils")
    target = number_fields.MeasuredNumber(
        "Target", what="Target", missing="Enter the target", of=lambda _form: ("Reading age", "points")
    )
    on = fields.Day("Date", what="Date", missing="Enter the date")
    title = fields.Text("Title", most=10, missing="Enter a title")


GOOD = {
    "amount": "350",
    "days": "6",
    "on_cost": "40",
    "pupils": "112",
    "target": "76",
    "title": "Reading",
    "on-day": "27",
    "on-month": "3",
    "on-year": "2027",
}


def errors_of(app: Flask, **changes: str) -> tuple[dict[str, Any], Any]:
    with app.test_request_context("/", method="POST"):
        form = Everything(
            formdata=MultiDict({**GOOD, **{k.replace("__", "-"): v for k, v in changes.items()}})
        )
        form.validate()
        return form.errors, form


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("amount", "350", 35_000),
        ("amount", "£1,234.50", 123_450),
        ("amount", "0.01", 1),
        ("days", "6", 12),
        ("days", "2.5", 5),
        ("days", "0.5", 1),
        ("on_cost", "40", 4000),
        ("on_cost", "28.68%", 2868),
        ("on_cost", "0", 0),
        ("pupils", "1,200", 1200),
        ("target", "-3.5", Decimal("-3.5")),
        ("title", "  a\0b ", "ab"),
    ],
)
def test_what_people_write_is_kept_in_the_units_we_count_in(
    app: Flask, name: str, text: str, value: Any
) -> None:
    errors, form = errors_of(app, **{name: text})
    assert errors == {}
    assert form[name].data == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("amount", "", "Enter the amount"),
        ("amount", "lots", "Amount must be a number, like 350 or 350.50"),
        ("amount", "1.001", "Amount can have at most 2 decimal places"),
        ("amount", "0", "Amount must be between £0.01 and £100,000,000"),
        ("amount", "9" * 40, "Amount must be a number, like 350 or 350.50"),
        ("amount", "1e9", "Amount must be a number, like 350 or 350.50"),
        ("amount", "NaN", "Amount must be a number, like 350 or 350.50"),
        ("days", "", "Enter the number of days"),
        ("days", "2.3", "Days must be in whole or half days, like 6 or 2.5"),
        ("days", "0", "Days must be between 0.5 and 400"),
        ("pupils", "0", "Pupils must be between 1 and 100,000"),
        ("pupils", "ten", "Pupils must be a whole number, like 12"),
        ("pupils", "٣", "Pupils must be a whole number, like 12"),
        ("on_cost", "101", "On-cost must be between 0 and 100"),
        ("title", "   ", "Enter a title"),
        ("title", "x" * 11, "Title must be 10 characters or fewer"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(app: Flask, name: str, text: str, sentence: str) -> None:
    errors, form = errors_of(app, **{name: text})
    assert errors == {name: [sentence]}
    assert form[name]._value() == form[name].raw_data[0] or name == "title"


@pytest.mark.parametrize(
    ("day", "month", "year", "sentence"),
    [
        ("", "", "", "Enter the date"),
        ("27", "", "2027", "Date must include a month"),
        ("31", "2", "2027", "Date must be a real date, like 27 3 2027"),
        ("x", "3", "2027", "Date must be a real date, like 27 3 2027"),
        ("1", "1", "1", "Date must be between 1 January 2000 and 31 December 2100"),
        ("9" * 30, "3", "2027", "Date must be a real date, like 27 3 2027"),
    ],
)
def test_a_date_that_is_none_gets_a_sentence_and_stays_as_typed(
    app: Flask, day: str, month: str, year: str, sentence: str
) -> None:
    errors, form = errors_of(app, on__day=day, on__month=month, on__year=year)
    assert errors == {"on": [sentence]}
    assert form.on.typed["day"] == day[:20]


def test_a_date_posted_without_its_parts_is_an_error_not_a_crash(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        form = Everything(formdata=MultiDict({"amount": "1"}))
        assert not form.validate()
        assert form.errors["on"] == ["Enter the date"]


def test_dates_are_dates(app: Flask) -> None:
    _, form = errors_of(app)
    assert form.on.data == date(2027, 3, 27)
