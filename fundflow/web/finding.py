"""The one school or trust that somebody typed, or the sentence that says why there is none."""

from collections.abc import Sequence
from typing import Any

from wtforms import ValidationError

from fundflow.models.school import School, Trust
from fundflow.rules.school_queries import MOST_MATCHES, schools_like, trusts_like


def the_school(text: str) -> tuple[School | None, list[School], str]:
    """(the school, all that match, what is wrong): by URN, or by part of a name."""
    return _the_one("school", "URN", text, schools_like(text))


def the_trust(text: str) -> tuple[Trust | None, list[Trust], str]:
    """(the trust, all that match, what is wrong): by code, or by part of a name."""
    return _the_one("trust", "code", text, trusts_like(text))


def to_pick(prefix: str, found: Sequence[Any], key: str, words: str) -> list[dict[str, Any]]:
    """Radios to pick one of the schools or trusts that matched; `key` is their URN or code, in `words`."""
    return [
        {
            "value": getattr(one, key),
            "text": one.name,
            "id": f"{prefix}-match-{n}",
            "hint": {
                "text": ", ".join(filter(None, (f"{words} {getattr(one, key)}", getattr(one, "town", ""))))
            },
        }
        for n, one in enumerate(found, 1)
        for town in [getattr(one, "town", "")]  # a trust has none
    ]


def complain(wrong: str) -> None:
    """Raise ValidationError with what is wrong, where something is."""
    if wrong:
        raise ValidationError(wrong)


def _the_one(noun: str, code: str, text: str, matches: list[Any]) -> tuple[Any, list[Any], str]:
    if len(matches) == 1:
        return matches[0], matches, ""
    if not matches:
        return None, [], f"We know no {noun} like “{text}”. Check the name, or enter its {code}"
    many = f"More than {MOST_MATCHES - 1}" if len(matches) == MOST_MATCHES else str(len(matches))
    return None, matches, f"{many} {noun}s match “{text}”. Select one, or enter more of its name"
