"""Other people taken out of what one person is given: names, addresses and telephone numbers."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.school import School, Trust
from fundflow.names import searchable, without_order
from fundflow.personal.registry import REGISTRY, Kind, tables
from fundflow.rules.public_text import EMAIL, PHONE, TITLES, Known

SOMEBODY, ADDRESS, NUMBER = "[another person]", "[an address]", "[a telephone number]"
WITHHELD = "[a text that names another person]"
# “Mrs Rosalind Pym”: anybody with a title and up to three names, known here or not.
TITLED = re.compile(rf"\b(?:{TITLES})\b\.?(?:\s+(?:[A-Z]\.?(?=\s)|[A-Z][\w’'\-]+)){{1,3}}")


class Redactor:
    """Knows everybody, and leaves one person in a text."""

    def __init__(self, names: Iterable[str], emails: Iterable[str]) -> None:
        """names, emails  of the person whose data it is, also earlier ones"""
        self.names = {without_order(name) for name in names if name}
        self.emails = {email.lower() for email in emails}
        own = [name for name in names if name]
        titled = [f"{title} {name.split()[-1]}" for name in own for title in TITLES.split("|")]
        others = {name for name in _everybody() if without_order(name) not in self.names}
        self.known = Known.of(others, [*own, *titled, *_public_words()])

    def is_own_email(self, email: str | None) -> bool:
        return bool(email) and str(email).lower() in self.emails

    def name(self, text: str) -> str:
        """A name as it is, where it is the person's own."""
        return text if not text or without_order(text) in self.names else SOMEBODY

    def words(self, text: str) -> str:
        """A text without other people; withheld whole where one can't be taken out."""
        text = EMAIL.sub(self._address, text)
        text = PHONE.sub(NUMBER, text)
        text = TITLED.sub(self._titled, text)
        for name in self.known.named_in(text):
            whole = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", name))
            text = re.sub(rf"\b{whole}\b", SOMEBODY, text, flags=re.IGNORECASE)
        return WITHHELD if self.known.named_in(text) else text

    def copy(self, value: Any) -> Any:
        """The same of a frozen copy, whatever it is made of."""
        if isinstance(value, str):
            return self.words(value)
        if isinstance(value, dict):
            return {self.words(str(key)): self.copy(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.copy(item) for item in value]
        return value

    def _titled(self, found: re.Match[str]) -> str:
        said = set(without_order(found.group()).split())
        own = any(said <= set(name.split()) for name in self.names)
        return found.group() if own or searchable(found.group()) in self.known.public else SOMEBODY

    def _address(self, found: re.Match[str]) -> str:
        plain = found.group().strip(" .,;:()<>\"“”'")
        return found.group() if self.is_own_email(plain) else ADDRESS


def _everybody() -> set[str]:
    """Every name of a person that is kept in a column of its own; a query a column."""
    found: set[str] = set()
    for name, held in REGISTRY.items():
        table = tables()[name]
        columns = [column for column, kind in held.columns.items() if kind is Kind.NAME]
        for column in (table.c[c] for c in columns if c != "search_text"):
            found.update(db.session.scalars(select(column).where(column != "").distinct()))
    return found


def _public_words() -> list[str]:
    """Schools, trusts and funds: their words are no surnames."""
    columns = (School.name, Trust.name, Fund.name, Fund.council)
    return [text for column in columns for text in db.session.scalars(select(column))]
