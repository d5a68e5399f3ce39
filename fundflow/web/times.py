"""Times of day as people write them."""

import re
from datetime import time

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
