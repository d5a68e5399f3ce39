"""Working days: Monday to Friday without English bank holidays (Banking and Financial Dealings Act).

And the date on the council's clock.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

LONDON = ZoneInfo("Europe/London")


def london_date(moment: datetime) -> date:
    """The date on a clock in the council's office at this aware moment."""
    return moment.astimezone(LONDON).date()


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(day: date, days: int) -> date:
    """The working day that lies `days` working days after (or, negative, before) `day`."""
    stride = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        day += stride
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start)
    span = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in span)


def financial_year(day: date) -> int:
    """The year in which this day's financial year (1 April to 31 March) began."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def school_year(day: date) -> tuple[date, date]:
    """The first and last day of the school year of a day: 1 September to 31 August."""
    year = day.year if day.month >= 9 else day.year - 1
    return date(year, 9, 1), date(year + 1, 8, 31)
