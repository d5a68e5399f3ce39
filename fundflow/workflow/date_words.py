"""Days and times in words, on a clock in London: the one place that formats them.

Pages and letters have them as filters, by the names in `FILTERS`.
"""

from datetime import date, datetime, time

from fundflow.workflow.working_days import LONDON


def day_words(day: date | datetime) -> str:
    """“9 February 2027”."""
    return f"{_in_london(day):%-d %B %Y}"


def day_month(day: date | datetime) -> str:
    """“9 February”, where the year is plain."""
    return f"{_in_london(day):%-d %B}"


def short_day(day: date | datetime) -> str:
    """“9 Feb”, for narrow columns."""
    return f"{_in_london(day):%-d %b}"


def moment_words(moment: datetime) -> str:
    """“9 February 2027 at 16:00”."""
    return f"{_in_london(moment):%-d %B %Y at %H:%M}"


def clock_time(moment: datetime | time) -> str:
    """“16:00”; a bare time is shown as it is."""
    return f"{moment if isinstance(moment, time) else _in_london(moment):%H:%M}"


def stamp(moment: datetime) -> str:
    """“2027-02-09 16:00”, for files that other programs read."""
    return f"{_in_london(moment):%Y-%m-%d %H:%M}"


FILTERS = {
    "day": day_words,
    "day_month": day_month,
    "short_day": short_day,
    "moment": moment_words,
    "time": clock_time,
}


def _in_london(day: date | datetime) -> date | datetime:
    return day.astimezone(LONDON) if isinstance(day, datetime) else day
