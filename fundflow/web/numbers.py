"""Numbers as people write them: the one reader, for forms, files, addresses and commands.

A comma or a space separates thousands. One that stands elsewhere ("2,5") could mean two things, so
the entry is refused with a sentence; nothing that was typed is ever dropped.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

FIGURES = re.compile(
    r"(?=[0-9.])"
    r"(?:[0-9]{1,12}|[1-9][0-9]{0,2}(?P<gap>[, ])[0-9]{3}(?:(?P=gap)[0-9]{3}){0,3})?"
    r"(?:\.[0-9]{1,12})?"
)
MINUS = dict.fromkeys("−–‒－", "-")
FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
PLAIN = str.maketrans(FULL_WIDTH | MINUS)
MONEY = ("£", "GBP", "pounds")
PERCENT = ("%", "per cent", "percent")
BEFORE = frozenset(("£", "gbp"))  # units that may stand before the number


def plain_text(text: str) -> str:
    """Without what a pasted text has and nobody sees: zero-width characters, wide and thin spaces."""
    if not text.isascii():
        text = "".join(c for c in text.translate(PLAIN) if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def read_number(
    text: str,
    what: str,
    *,
    least: Decimal | int,
    most: Decimal | int,
    places: int = 0,
    example: str = "",
    units: Iterable[str] = (),
) -> Decimal:
    """The number a text stands for.

    what     begins the sentence of a refusal, like “The amount”
    places   decimal places that may differ from 0
    example  of what to type; a sensible one where it is left out
    units    words that may stand beside the number; “£” alone may stand before it
    Raises ValueError with a sentence that says what to type.
    """
    units = tuple(units)
    example = example or ("12 or 12.5" if places else "12")
    minus, figures = _figures(plain_text(text).casefold(), units)
    if not FIGURES.fullmatch(figures):
        raise ValueError(_why_no_number(figures, what, places, example))
    value = Decimal(figures.replace(",", "").replace(" ", "")) * (-1 if minus else 1)
    if value != round(value, places):
        raise ValueError(_why_too_fine(what, places, example))
    if not least <= value <= most:
        sign = "£" if "£" in units else ""
        raise ValueError(f"{what} must be between {sign}{_shown(least)} and {sign}{_shown(most)}")
    return value


def _figures(text: str, units: Iterable[str]) -> tuple[bool, str]:
    """Whether there is a minus, and what remains of a text without it and without units."""
    words = {word for unit in units for word in _spellings(unit)}
    for word in sorted(words, key=len, reverse=True):
        text = text.removesuffix(word).rstrip()
    sign = text[:1] if text[:1] in ("-", "+") else ""
    text = text.removeprefix(sign).lstrip()
    for word in words & BEFORE:
        text = text.removeprefix(word).lstrip()
    return sign == "-", text


def _spellings(unit: str) -> tuple[str, ...]:
    """A unit as it may be written: “pupils” is “pupil” as well. One that begins as numbers do is none."""
    plain = plain_text(unit).casefold()
    if plain[:1] in "0123456789.,+-":
        return ()
    return (plain, plain[:-1]) if len(plain) > 3 and plain.endswith("s") else (plain,)


def _why_no_number(figures: str, what: str, places: int, example: str) -> str:
    if "," in figures and re.fullmatch(r"[0-9][0-9., ]*", figures):
        parts = f", and a full stop begins its parts, as in {example}" if places else ""
        return f"{what} has a comma where none can stand. A comma separates thousands, as in 1,234{parts}"
    return f"{what} must be a {'number' if places else 'whole number'}, like {example}"


def _why_too_fine(what: str, places: int, example: str) -> str:
    if not places:
        return f"{what} must be a whole number, like {example}"
    return f"{what} can have at most {places} decimal place{'s' if places > 1 else ''}"


def _shown(number: Decimal | int) -> str:
    return f"{Decimal(number):,}"
