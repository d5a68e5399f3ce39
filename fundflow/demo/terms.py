"""The school holidays of the demonstration's council, by one rule for every year, and the panel's days in term."""

from datetime import date, timedelta

from dateutil.easter import easter

from fundflow.models.days_off import DaysOff, Whose, days_for
from fundflow.workflow.working_days import is_working_day

# Days from now on which the panel would meet; `meeting_days` finds days of school.
PLANNED = (-520, -430, -340, -250, -160, -95, -32, -4, 4, 33)
APART = timedelta(days=7)  # between two meetings at the least


def holidays_around(today: date) -> list[DaysOff]:
    """Holidays of the five school years around a day."""
    found = (one for year in range(today.year - 3, today.year + 2) for one in _school_year(year))
    return [DaysOff(first, last, name, Whose.SCHOOLS) for name, first, last in found]


def days_without_school(today: date) -> frozenset[date]:
    return days_for([one.to_store() for one in holidays_around(today)], Whose.SCHOOLS)


def meeting_days(today: date) -> dict[int, date]:
    """Each of `PLANNED` with a working day on which schools are open: before the holidays for a meeting that
    was, so that all that followed from it still could; after them for one to come. A week apart at the least."""
    off = days_without_school(today)
    found: dict[int, date] = {}
    for way in (-1, 1):
        limit = today
        for days in sorted((days for days in PLANNED if days * way > 0), key=abs):
            wanted = today + timedelta(days=days)
            day = min(wanted, limit) if way < 0 else max(wanted, limit)
            while not is_working_day(day, off):
                day += timedelta(days=way)
            found[days], limit = day, day + way * APART
    return found


def _school_year(year: int) -> list[tuple[str, date, date]]:
    """The holidays of the school year that begins in September of a year."""
    christmas = _monday(date(year, 12, 19))
    spring = easter(year + 1)
    return [
        ("October half term", *_week(_monday(date(year, 10, 25)))),
        ("Christmas holidays", christmas, christmas + timedelta(days=11)),
        ("February half term", *_week(_monday(date(year + 1, 2, 14)))),
        ("Easter holidays", spring - timedelta(days=6), spring + timedelta(days=5)),
        ("May half term", *_week(_monday(date(year + 1, 5, 25)))),
        ("Summer holidays", date(year + 1, 7, 22), date(year + 1, 8, 31)),
    ]


def _monday(day: date) -> date:
    """The Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def _week(monday: date) -> tuple[date, date]:
    return monday, monday + timedelta(days=4)
