"""Dates and times of day as people write them, and the moments they mean on the council's clock."""

import re
from calendar import month_name
from datetime import UTC, date, datetime, time
from typing import Any

from fundflow.web.numbers import plain_text
from fundflow.workflow.date_words import clock_time, day_words
from fundflow.workflow.working_days import LONDON

TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-5][0-9]))?\s*(?:(?P<half>[ap])\.?m\.?)?", re.I)
EITHER_HALF = tuple("1234567")  # what is mostly said of an afternoon
DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?", re.I)
THIS_CENTURY = 70  # a year of two digits from here on belongs to the last one


def read_day(day: str, month: str, year: str) -> date:
    """A date in three parts: “27”, “1st”; “3”, “Sept”, “September”; “2027”, “27”.

    Raises ValueError for anything else.
    """
    day, month, year = (plain_text(part) for part in (day, month, year))
    number = DAY.fullmatch(day)
    if not number or not re.fullmatch(r"[0-9]{1,4}", year):
        raise ValueError
    century = (2000 if int(year) < THIS_CENTURY else 1900) if len(year) == 2 else 0
    return date(century + int(year), _month(month), int(number[1]))


def read_date(text: str) -> date:
    """A date in one text: “26/10/2026”, “2026-10-26” or “Monday 26 October 2026”.

    Raises ValueError for anything else.
    """
    parts = [part for part in re.split(r"[\s/.,-]+", plain_text(text)) if part]
    if parts and parts[0].isalpha():  # a day of the week
        parts = parts[1:]
    if len(parts) != 3:
        raise ValueError
    return read_day(*(reversed(parts) if len(parts[0]) == 4 else parts))


def _month(text: str) -> int:
    """A month's number; its name may be cut to three letters or more."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text)
    name = text.casefold().rstrip(".")
    known = [n for n, full in enumerate(month_name) if len(name) >= 3 and full.casefold().startswith(name)]
    if not known:
        raise ValueError
    return known[0]


def parse_time(text: str | None) -> time | None:
    """“16:00”, “16.30”, “09:30”, “4pm” or “4:30 p.m.” as a time of day, else None.

    Raises ValueError, with a sentence, for “5.30”, which is mostly said of an afternoon; “05:30” is a
    time on a clock of 24 hours.
    """
    found = TIME.fullmatch(plain_text(text or ""))
    if not found or not (found["minute"] or found["half"]):
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    elif found["hour"] in EITHER_HALF:
        shown = f"{hour}:{minute:02}" if minute else f"{hour}"
        raise ValueError(f"Say {shown}am or {shown}pm")
    return time(hour, minute) if hour < 24 else None


def moment_of(day: Any, clock: Any, *, no_day: str, no_time: str) -> datetime | None:
    """The moment (UTC) that two fields name on a clock in London; else None, and the fields say why.

    no_day, no_time  what they say where there is no date, or no time that can be read
    """
    if day.data is None and not day.errors:
        day.errors = [no_day]
    try:
        at = parse_time(clock.data)
        if at is None:
            raise ValueError(no_time)
        return london_moment(day.data, at) if not (day.errors or clock.errors) else None
    except ValueError as error:
        clock.errors = clock.errors or [str(error)]
        return None


def london_moment(day: date, at: time) -> datetime:
    """What a clock in London shows on a day, as UTC.

    Raises ValueError, with a sentence, for a time that the clocks skip or show twice that night.
    """
    local = datetime.combine(day, at, tzinfo=LONDON)
    if local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != datetime.combine(day, at):
        raise ValueError(
            f"{clock_time(at)} does not exist on {day_words(day)}, when the clocks go forward: "
            "choose another time"
        )
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ValueError(
            f"{clock_time(at)} comes twice on {day_words(day)}, when the clocks go back: choose another time"
        )
    return local.astimezone(UTC)
