"""How hard a text is to read: the Automated Readability Index, about the school year that can read it.

4.71 × characters a word + 0.5 × words a sentence − 21.43: year 6, aged 11, reads what is at most 6 or 7.
Counted strictly, so that a text is never harder than its number: characters are all but spaces, sums of
money, dates and references are words, and a sentence ends at “.”, “?” or “!” alone, or before an item of a
list. So greeting and headings count with the sentence after them. An address of a page or a person is one
word, with all its characters.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

SENTENCE_END = re.compile(r"[.?!](?=\s|$)|\n(?=- )")


def index(text: str) -> float:
    """The Automated Readability Index of a text; 0 where it has no words."""
    sentences = [words for part in SENTENCE_END.split(text) if (words := _words(part))]
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


class _Prose(HTMLParser):
    """Gathers what is read as sentences in a page's main part: paragraphs, hints and items of lists."""

    VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "source", "wbr", "col"))

    ASIDE = frozenset(("nav", "script", "style", "table", "svg", "code"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []  # (tag, what it is: "main", "prose", "aside" or "")
        self.blocks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.VOID:
            return
        classes = dict(attrs).get("class") or ""
        if tag == "main":
            self.open.append((tag, "main"))
        elif tag in self.ASIDE or any(name in classes for name in ("visually-hidden", "ff-stages")):
            self.open.append((tag, "aside"))
        elif tag in ("p", "li") or "govuk-hint" in classes or "govuk-inset-text" in classes:
            self.open.append((tag, "prose"))
            self.blocks.append("")
        else:
            self.open.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        kinds = {kind for _tag, kind in self.open}
        if {"main", "prose"} <= kinds and "aside" not in kinds:
            self.blocks[-1] += data


def prose_of(page: str) -> str:
    """The sentences of a page's main part, a block a line; tables, navigation and buttons left out."""
    found = _Prose()
    found.feed(page)
    lines = [" ".join(block.split()) for block in found.blocks]
    return "\n".join(line if line[-1] in ".?!" else f"{line}." for line in lines if line)
