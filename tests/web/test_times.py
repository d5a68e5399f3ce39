"""Every date and every time of day that anybody types is read alike, wherever it is asked for."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from fundflow.funds.round_forms import LateForm, RoundForm
from fundflow.models.fund import Fund
from fundflow.panel.forms import ChangeMeetingForm, EmailVoteForm, MeetingForm, MomentForm
from fundflow.web.fields import Day, Text
from fundflow.web.forms import Form
from fundflow.web.times import parse_time, read_day
from tests.forms import fields_of

DAYS = fields_of(Day)


class Clock(NamedTuple):
    """A form with a day and a time, and what else it needs to be valid."""

    form: type[Form]
    day: str
    time: str
    moment: str
    rest: dict[str, str] = {}


ROUND = {"name": "Spring", "kind": "dates", "opens_time": "09:00", "closes_time": "17:00"} | {
    f"{name}-{part}": value
    for name, year in (("opens_on", "2026"), ("closes_on", "2028"))
    for part, value in (("day", "1"), ("month", "1"), ("year", year))
}
CLOCKS = {
    "RoundForm.opens_time": Clock(RoundForm, "opens_on", "opens_time", "opens_at", ROUND),
    "RoundForm.closes_time": Clock(RoundForm, "closes_on", "closes_time", "closes_at", ROUND),
    "LateForm.until_time": Clock(LateForm, "until_on", "until_time", "until", {"reason": "Ill", "urn": "1"}),
    "MomentForm.time": Clock(MomentForm, "day", "time", "moment"),
    "EmailVoteForm.time": Clock(EmailVoteForm, "day", "time", "moment"),
    "ChangeMeetingForm.time": Clock(ChangeMeetingForm, "day", "time", "moment", {"place": "Here"}),
    "MeetingForm.time": Clock(MeetingForm, "day", "time", "moment", {"place": "Here", "fund": "1"}),
}


def test_the_table_holds_every_clock() -> None:
    found = {name for name in fields_of(Text) if name.endswith(("_time", ".time"))}
    assert found == set(CLOCKS)


def entered(app: Flask, name: str, day: tuple[str, str, str], time: str) -> tuple[Any, dict[str, Any]]:
    """The moment a form makes of a day and a time, and its errors."""
    clock = CLOCKS[name]
    parts = {f"{clock.day}-{part}": text for part, text in zip(("day", "month", "year"), day, strict=True)}
    with app.test_request_context("/", method="POST"):
        form: Any = clock.form(formdata=MultiDict({**clock.rest, **parts, clock.time: time}))
        if isinstance(form, LateForm):
            form.round, form.now = Over(), datetime(2027, 9, 10, tzinfo=UTC)
        for choice in ("urn", "fund"):
            if choice in form:
                form[choice].choices = [("1", "One")]
        valid = form.validate()
        return getattr(form, clock.moment) if valid else None, form.errors


class Over:
    """A round that closed."""

    name, is_draft = "Summer", False
    opens_at, closes_at = None, datetime(2027, 9, 1, tzinfo=UTC)
    fund = Fund(days_off=[])


@pytest.mark.parametrize("name", CLOCKS)
@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        ("5.30", "Say 5:30am or 5:30pm"),
        ("5:30", "Say 5:30am or 5:30pm"),
        ("1.00", "Say 1am or 1pm"),
        ("7.45", "Say 7:45am or 7:45pm"),
        ("\u200b5.30\u00a0", "Say 5:30am or 5:30pm"),
    ],
)
def test_an_hour_that_could_be_of_either_half_is_asked_about(
    app: Flask, name: str, time: str, sentence: str
) -> None:
    moment, errors = entered(app, name, ("17", "6", "2027"), time)
    assert moment is None
    assert errors == {CLOCKS[name].time: [sentence]}


@pytest.mark.parametrize("name", CLOCKS)
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (("28", "3", "2027"), "01:30 does not exist on 28 March 2027, when the clocks go forward"),
        (("31", "10", "2027"), "01:30 comes twice on 31 October 2027, when the clocks go back"),
    ],
)
def test_the_hour_that_is_skipped_or_doubled_is_refused(
    app: Flask, name: str, day: tuple[str, str, str], sentence: str
) -> None:
    for time in ("01:30", "1:30am"):
        moment, errors = entered(app, name, day, time)
        assert moment is None
        assert errors == {CLOCKS[name].time: [f"{sentence}: choose another time"]}


@pytest.mark.parametrize("name", CLOCKS)
def test_every_clock_is_londons(app: Flask, name: str) -> None:
    moment, errors = entered(app, name, ("17th", "Sept", "27"), "5.30pm")
    assert errors == {}
    assert moment == datetime(2027, 9, 17, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["8.00", "12:30", "09:00", "05:30", "00:15", "19.45"])
def test_other_hours_are_plain(text: str) -> None:
    at = parse_time(text)
    assert at is not None
    assert f"{at:%H:%M}" == text.replace(".", ":").zfill(5)


WRITTEN = [
    ("1", "9", "2027"),
    ("1st", "September", "2027"),
    ("01", "Sept", "27"),
    ("1ST", "sep.", "2027"),
    ("\u200b1\u200b", "\ufeffSEPTEMBER\u00a0", " 2027\u200e"),
    ("１", "09", "２０２７"),
]


@pytest.mark.parametrize("name", DAYS)
def test_every_date_is_read_as_people_write_it(app: Flask, name: str) -> None:
    class_: Any = type("Alone", (Form,), {"on": DAYS[name]})
    for parts in WRITTEN:
        data = MultiDict(zip(("on-day", "on-month", "on-year"), parts, strict=True))
        with app.test_request_context("/", method="POST"):
            field = class_(formdata=data).on
        assert field.data == date(2027, 9, 1), (parts, field.process_errors)


@pytest.mark.parametrize(
    "parts",
    [
        ("1", "Ju", "2027"),
        ("1", "Smarch", "2027"),
        ("31", "Feb", "2027"),
        ("1", "13", "2027"),
        ("1th2", "3", "2027"),
        ("2,5", "3", "2027"),
        ("1", "3", "20,27"),
        ("1", "3", "12027"),
        ("-1", "3", "2027"),
        ("1²", "3", "2027"),
        ("", "3", "2027"),
    ],
)
def test_what_is_no_date_is_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the field has its own words)
        read_day(*parts)


def test_a_year_of_two_digits_is_a_near_one() -> None:
    assert read_day("1", "3", "27").year == 2027
    assert read_day("1", "3", "98").year == 1998
