"""Working days: Monday to Friday without England's bank holidays."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.workflow.working_days import (
    add_working_days,
    financial_year,
    is_working_day,
    london_date,
    months_after,
    working_days_between,
)

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year's Day
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 4),  # early May
        date(2026, 5, 25),  # spring
        date(2026, 8, 31),  # summer
        date(2026, 12, 25),  # Christmas Day, a Friday
        date(2026, 12, 28),  # in place of Boxing Day, a Saturday
        date(2027, 3, 26),
        date(2027, 3, 29),  # Easter moves
        date(2027, 12, 27),
        date(2027, 12, 28),  # Christmas on a weekend: Monday and Tuesday instead
        date(2022, 1, 3),  # in place of New Year's Day, a Saturday
        date(2022, 6, 2),
        date(2022, 6, 3),  # the spring holiday moved, and the jubilee
        date(2022, 9, 19),
        date(2023, 5, 8),  # proclaimed once
    ],
)
def test_a_bank_holiday_is_no_working_day(day: date) -> None:
    assert day.weekday() < 5
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 2),  # a holiday in Scotland alone
        date(2026, 3, 17),  # in Northern Ireland alone
        date(2026, 8, 3),  # in Scotland alone
        date(2026, 12, 24),
        date(2026, 12, 29),
        date(2027, 12, 29),
        date(2022, 5, 30),
    ],
)
def test_an_ordinary_weekday_is_a_working_day(day: date) -> None:
    assert is_working_day(day)


def test_saturdays_and_sundays_are_not_working_days() -> None:
    assert not is_working_day(date(2026, 11, 21))
    assert not is_working_day(date(2026, 11, 22))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 18), 0, date(2026, 11, 18)),
        (date(2026, 11, 18), 1, date(2026, 11, 19)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2026, 11, 18), 10, date(2026, 12, 2)),
        (date(2026, 3, 31), 10, date(2026, 4, 16)),  # over Easter
        (date(2026, 12, 18), 10, date(2027, 1, 6)),  # over Christmas and New Year
        (date(2027, 12, 24), 1, date(2027, 12, 29)),  # Christmas on a weekend
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2027, 1, 4), -5, date(2026, 12, 23)),
    ],
)
def test_working_days_are_counted_on_the_calendar(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days) == end


def test_days_between_counts_the_last_day_and_not_the_first() -> None:
    assert working_days_between(date(2026, 11, 18), date(2026, 11, 18)) == 0
    assert working_days_between(date(2026, 11, 18), date(2026, 11, 20)) == 2
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 0
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 18)) == -2


@given(DAYS, st.integers(1, 60))
def test_so_many_working_days_later_there_are_so_many_between(day: date, days: int) -> None:
    later = add_working_days(day, days)
    assert is_working_day(later)
    assert working_days_between(day, later) == days


@given(DAYS, st.integers(1, 60))
def test_going_back_undoes_going_on(day: date, days: int) -> None:
    start = add_working_days(day, 1)
    assert add_working_days(add_working_days(start, days), -days) == start


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 21), 12, date(2027, 11, 21)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),  # the month's last day
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_a_date_is_londons_in_summer_and_in_winter() -> None:
    assert london_date(datetime(2026, 6, 30, 23, 0, tzinfo=UTC)) == date(2026, 7, 1)
    assert london_date(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == date(2026, 12, 31)


def test_a_financial_year_begins_on_the_first_of_april() -> None:
    assert financial_year(date(2026, 3, 31)) == 2025
    assert financial_year(date(2026, 4, 1)) == 2026
