"""Folding a text so that two which a reader could take for one another become the same."""

import unicodedata
from functools import lru_cache

from confusable_homoglyphs.confusables import confusables_data

# Signs that are told apart in few fonts, whichever way they are written.
ALIKE = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Without case, accents, spaces and punctuation, and each look-alike as its Latin letter."""
    bare = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = "".join(map(_latin, bare)).casefold()
    letters = "".join(c for c in plain if c.isalnum() or c == "|")
    return letters.translate(ALIKE).replace("rn", "m")


@lru_cache(maxsize=4096)
def _latin(character: str) -> str:
    """The ASCII letters or digits a character can be taken for, else itself (Unicode's confusables)."""
    if character.isascii():
        return character
    for found in confusables_data.get(character, ()):
        if found["c"].isascii() and found["c"].isalnum():
            return str(found["c"])
    return character
