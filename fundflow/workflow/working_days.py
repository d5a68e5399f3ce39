"""Working days: Monday to Friday without English bank holidays (Banking and Financial Dealings Act).

And the date on the council's clock.
"""

from calendar import day_name
from collections.abc import Set
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from holidays import country_holidays

LONDON = ZoneInfo("Europe/London")


def london_date(moment: datetime) -> date:
    """The date on a clock in the council's office at this aware moment."""
    return moment.astimezone(LONDON).date()


@lru_cache
def _calendar() -> Any:
    """England's working days. Its years are filled in beforehand: one that is added later is known
    as filled before it is, and another thread would count its bank holidays as working days."""
    return country_holidays("GB", subdiv="ENG", years=range(2020, 2041))


def load_bank_holidays() -> None:
    """Now, rather than when the first day is asked about: the library brings those of every country."""
    _calendar()


NONE_OFF: frozenset[date] = frozenset()  # where no fund's closures count


def is_working_day(day: date, off: Set[date] = NONE_OFF) -> bool:
    """Whether a clock runs that stands still on the days `off` too."""
    return day not in off and bool(_calendar().is_working_day(day))


def why_not_working(day: date) -> str | None:
    """“a Saturday”, or “a bank holiday (Good Friday)”; None for a working day."""
    if is_working_day(day):
        return None
    name = _calendar().get(day)
    return f"a bank holiday ({name})" if name else f"a {day_name[day.weekday()]}"


def add_working_days(day: date, days: int, off: Set[date] = NONE_OFF) -> date:
    """The working day that lies `days` working days after (or, negative, before) `day`.

    None after a day, working or not, is the day itself. `off` are days on which this clock stands
    still besides: those of the fund's council or schools.
    """
    if not off:
        return _calendar().get_nth_working_day(day, days) if days else day
    step = 1 if days > 0 else -1
    for _ in range(abs(days)):
        day = _calendar().get_nth_working_day(day, step)
        while day in off:
            day = _calendar().get_nth_working_day(day, step)
    return day


def working_days_between(start: date, end: date, off: Set[date] = NONE_OFF) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start, off)
    lost = sum(is_working_day(one) for one in off if start < one <= end)
    return _days_between(start, end) - lost


@lru_cache(maxsize=20_000)
def _days_between(start: date, end: date) -> int:
    """Kept: the calendar goes from day to day, and reports ask for a time for every bid."""
    return int(_calendar().get_working_days_count(start, end)) - is_working_day(start)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day."""
    later: date = day + relativedelta(months=months)
    return later


def financial_year(day: date) -> int:
    """The year in which this day's financial year (1 April to 31 March) began."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def year_ends(year: int) -> tuple[date, date]:
    """The first and last day of a financial year."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def start_of(day: date) -> datetime:
    """The moment at which a day begins in London."""
    return datetime.combine(day, time(), LONDON)


def school_year(day: date) -> tuple[date, date]:
    """The first and last day of the school year of a day: 1 September to 31 August."""
    year = day.year if day.month >= 9 else day.year - 1
    return date(year, 9, 1), date(year + 1, 8, 31)
