"""How hard a text is to read: the Automated Readability Index, about the school year that can read it.

4.71 × characters a word + 0.5 × words a sentence − 21.43: year 6, aged 11, reads what is at most 6 or 7.
Counted strictly, so that a text is never harder than its number: characters are all but spaces, sums of
money, dates and references are words, and a sentence ends at “.”, “?” or “!” alone, or before an item of a
list. So greeting and headings count with the sentence after them. Addresses of pages and people are left out.
"""

import re
from collections.abc import Sequence

ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\[one-time link\]")
SENTENCE_END = re.compile(r"[.?!](?=\s|$)|\n(?=- )")


def index(text: str) -> float:
    """The Automated Readability Index of a text; 0 where it has no words."""
    sentences = [words for part in SENTENCE_END.split(ADDRESS.sub("", text)) if (words := _words(part))]
    count = sum(map(len, sentences))
    if not count:
        return 0.0
    characters = sum(len(word) for words in sentences for word in words)
    return 4.71 * characters / count + 0.5 * count / len(sentences) - 21.43


def _words(sentence: str) -> list[str]:
    return [word for word in sentence.split() if any(map(str.isalnum, word))]


def ninth_decile(values: Sequence[float]) -> float:
    """The value that nine in ten do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 9 // 10) - 1)]
