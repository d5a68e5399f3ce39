"""The demonstration's panel meets in term, whatever day it is loaded on."""

from datetime import date, timedelta
from itertools import pairwise

from fundflow.demo.terms import APART, PLANNED, days_without_school, holidays_around, meeting_days
from fundflow.workflow.working_days import is_working_day

DAYS = [date(2026, 9, 1) + timedelta(days=n) for n in range(0, 730, 5)]


def test_the_panel_meets_on_working_days_with_a_school() -> None:
    for today in DAYS:
        met = meeting_days(today)
        off = days_without_school(today)
        assert sorted(met) == sorted(PLANNED)
        assert [day for day in met.values() if not is_working_day(day, off)] == [], today
        in_order = [met[days] for days in PLANNED]
        assert all(later - earlier >= APART for earlier, later in pairwise(in_order)), today
        assert [day < today for day in in_order] == [days < 0 for days in PLANNED], today


def test_the_holidays_are_those_a_council_would_have() -> None:
    found = {
        one.name: (one.first, one.last)
        for one in holidays_around(date(2026, 12, 2))
        if one.first.year == 2026
    }
    assert found == {
        "February half term": (date(2026, 2, 16), date(2026, 2, 20)),
        "Easter holidays": (date(2026, 3, 30), date(2026, 4, 10)),
        "May half term": (date(2026, 5, 25), date(2026, 5, 29)),
        "Summer holidays": (date(2026, 7, 22), date(2026, 8, 31)),
        "October half term": (date(2026, 10, 26), date(2026, 10, 30)),
        "Christmas holidays": (date(2026, 12, 21), date(2027, 1, 1)),
    }
