"""Times of day as people write them, and the moments they mean on the council's clock."""

import re
from datetime import UTC, date, datetime, time

from fundflow.workflow.date_words import clock_time, day_words
from fundflow.workflow.working_days import LONDON

TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?\s*(?P<half>am|pm)?", re.I)


def parse_time(text: str | None) -> time | None:
    """“16:00”, “16.30”, “4pm” or “4:30 pm” as a time of day, else None."""
    found = TIME.fullmatch((text or "").strip())
    if not found or not (found["minute"] or found["half"]):
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


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
