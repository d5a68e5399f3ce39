"""How names and codes are compared: one folding to search by, one for whose name it is, one for codes.

`names.json` holds what the scripts in the browser fold by as well.
"""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from confusable_homoglyphs.confusables import confusables_data

TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))
NO_APOSTROPHES = str.maketrans("", "", TABLE["apostrophes"])
LETTERS = str.maketrans(TABLE["letters"])
# Each word between two spaces of its own, so that a phrase is found next to itself too.
PHRASES = [tuple(f" {text.replace(' ', '  ')} " for text in pair) for pair in TABLE["phrases"]]
TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "revd", "sir", "dame", "lord", "lady")
)
# Signs that are told apart in few fonts, whichever way they are written.
ALIKE = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})


def searchable(text: str) -> str:
    """A text as it is searched: “St. Mary’s CofE” is “saint marys church of england”.

    Without capitals, accents, apostrophes and punctuation; folding it again changes nothing.
    """
    plain = _plain(text)
    words = "".join(f" {word} " for word in "".join(map(_letter_or_space, plain)).split())
    for short, long in PHRASES:
        words = words.replace(short, long)
    return " ".join(words.split())


def without_order(name: str) -> str:
    """A person’s name as it is compared with what somebody signed: without titles and the order of parts."""
    return " ".join(sorted(part for part in searchable(name).split() if part not in TITLES))


@lru_cache(maxsize=4096)
def identity(name: str) -> str:
    """A name folded so that two which a reader could take for one another are the same."""
    letters = "".join(c for c in map(_latin, _bare(name)) if c.isalnum() or c == "|")
    return letters.casefold().translate(LETTERS).translate(ALIKE).replace("rn", "m")


@lru_cache(maxsize=4096)
def identifier(code: str) -> str:
    """A code folded so that “EH 1”, “eh-1” and “ＥＨ1” are the same. 0 and O, 1 and I stay two.

    Capitals alone, without spaces, hyphens, accents and other punctuation; each look-alike of another
    script is its Latin capital. Folding it again changes nothing.
    """
    bare = _bare(_bare(code).casefold().upper()).upper()
    letters = "".join(c for c in map(_latin_capital, bare) if c.isalnum())
    return letters or "".join(bare.split())


def _plain(text: str) -> str:
    """Small letters without accents and apostrophes."""
    return _bare(text.translate(NO_APOSTROPHES)).lower().translate(NO_APOSTROPHES).translate(LETTERS)


def _bare(text: str) -> str:
    """Without accents, and each variant of a sign (wide, bold, joined) as the sign itself."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != "M")


def _letter_or_space(character: str) -> str:
    kind = unicodedata.category(character)
    return character if kind[0] in "LN" else "" if kind == "Cf" else " "


@lru_cache(maxsize=4096)
def _latin(character: str) -> str:
    """The ASCII letters or digits a character can be taken for, else itself (Unicode’s confusables)."""
    if character.isascii():
        return character
    for found in confusables_data.get(character, ()):
        if found["c"].isascii() and found["c"].isalnum():
            return str(found["c"])
    return character


def _latin_capital(character: str) -> str:
    """`_latin` of a capital: Unicode calls Greek and Cyrillic I look-alikes of a small l."""
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    latin = _latin(character)
    return "I" if latin == "l" else latin.upper()
