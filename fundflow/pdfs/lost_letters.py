"""Letters that a PDF shows as empty boxes, because no font of this machine has them."""

import logging
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

MOST = 60  # letters that are named one by one
_log = logging.getLogger("weasyprint")


@contextmanager
def noticed() -> Iterator[set[str]]:
    """The letters without a font among what WeasyPrint draws inside the block, one block at a time.

    WeasyPrint says so only in its log. Those lines end here: one after the other they spell names.
    """
    lost: set[str] = set()

    def keep(record: logging.LogRecord) -> bool:
        if not record.msg.startswith(".notdef glyph") or not isinstance(record.args, tuple):
            return True
        lost.add(str(record.args[0]))
        return False

    _log.addFilter(keep)
    try:
        yield lost
    finally:
        _log.removeFilter(keep)


def in_words(letters: Iterable[str]) -> list[str]:
    """Letters by their Unicode names, a line a script, as “Gurmukhi: letter ga, vowel sign u”."""
    found = sorted(letters)
    lines = [
        f"{script}: {', '.join(rest for _, rest in named)}"
        for script, named in groupby(map(_name, found[:MOST]), key=lambda one: one[0])
    ]
    return [*lines, f"and {len(found) - MOST} more"] if len(found) > MOST else lines


def _name(letter: str) -> tuple[str, str]:
    """The script of a letter and its name in it; ideographs have numbers for names."""
    name, number = unicodedata.name(letter, ""), f"U+{ord(letter):04X}"
    if name.startswith("CJK "):
        return "Chinese, Japanese or Korean", number
    script, _, rest = name.partition(" ")
    return (script.capitalize(), rest.lower()) if rest else ("Others", number)
