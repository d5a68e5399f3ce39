"""What free text may not say in public: names of people, staff codes, addresses, telephone numbers.

The check knows the people around a bid. It knows no pupils: for those a person reads first.
"""

import re
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import Membership, Seat, User
from fundflow.names import identifier, searchable

EMAIL = re.compile(r"\S+@\S+")
PHONE = re.compile(r"(?<![\d£.,])(?:\+\d|0)(?:[ ()\-]?\d){8,12}(?!\d)")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame)\b\.?\s+[A-Z][\w’'\-]+")


def why_not_public(text: str, bid: Bid, day: date, *, where: str = "the register") -> str | None:
    """None where a text names nobody of the bid, else what must come out of it, as a sentence; `where` it is
    to be read."""
    if found := EMAIL.search(text) or PHONE.search(text):
        return f"Take out “{found.group().strip(' .,;:()')}”: {where} gives nobody’s contact details."
    named = TITLED.search(text)
    found_name = named.group() if named else _named(text, bid, day)
    if found_name:
        return f"Take out “{found_name}”: {where} names nobody. Say “the head” or “a teacher” instead."
    code = next((c for c in _codes(bid) if _says_code(text, c)), None)
    return f"Take out “{code}”: it is the code of a member of staff." if code else None


def why_names_somebody(text: str, names: Iterable[str]) -> str | None:
    """None where a text gives no contact details and none of these names, else what must come out of it."""
    if found := EMAIL.search(text) or PHONE.search(text) or TITLED.search(text):
        return (
            f"Take out “{found.group().strip(' .,;:()')}”: the report names nobody but the contact officer."
        )
    words, folded = _words(text), searchable(text)
    near = (name for name in _whole(names) if searchable(name) in folded)
    name = next((name for name in sorted(near) if " " in name and _says(words, name)), None)
    return f"Take out “{name}”: the report names nobody but the contact officer." if name else None


def _named(text: str, bid: Bid, day: date) -> str | None:
    """The first name, or surname, of somebody around the bid that the text says."""
    words, ordinary = _words(text), {word for word, _ in _words(_public_words(bid))}
    for name in sorted(_people(bid, day), key=lambda name: (-len(name), name)):
        if _says(words, name):
            return name
        surname = name.split()[-1]
        is_name = len(surname) > 2 and surname[0].isupper() and searchable(surname) not in ordinary
        if is_name and _says(words, surname, capital=True):
            return surname
    return None


def _public_words(bid: Bid) -> str:
    """What the register says of the bid anyway, in which a surname is no name."""
    said = [bid.title, bid.priority.title if bid.priority else "", *(s.name for s in bid.schools)]
    return " ".join(said)


def _people(bid: Bid, day: date) -> set[str]:
    """The names of everybody around a bid: in its form, of its schools, of the council, on the panel."""
    written = [
        bid.contact_name,
        bid.approver_name,
        *(p.contact_name for p in bid.partners),
        *(a.name for a in bid.approvals),
        bid.officer_name,
        bid.created_by.name,
    ]
    schools = [school.id for school in bid.schools]
    members = db.session.execute(
        select(User.name, Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.school_id.in_(schools))
    )
    seats = select(User.name).join(Seat, Seat.user_id == User.id).where(Seat.fund_id == bid.fund_id)
    theirs = [name for name, member in members if member.is_valid_on(day)]
    return _whole([*written, *theirs, *db.session.scalars(seats)])


def _whole(names: Iterable[str]) -> set[str]:
    tidied = (" ".join(name.split()) for name in names if name)
    return {name for name in tidied if len(name) > 2}


def _codes(bid: Bid) -> list[str]:
    """The schools' codes of released staff; one letter alone could be any word."""
    return sorted({line.staff_code for line in bid.backfill_lines if len(line.staff_code) > 1})


def _has_digit(code: str) -> bool:
    return any(character.isdigit() for character in code)


def _words(text: str) -> list[tuple[str, bool]]:
    """The words of a text, folded, and whether each begins with a capital."""
    found = [re.sub(r"[’'`]s?\W*$", "", word) for word in re.findall(r"\w[^\s\-–—/]*", text)]
    return [(word, written[0].isupper()) for written in found for word in searchable(written).split()]


def _says(text: list[tuple[str, bool]], name: str, *, capital: bool = False) -> bool:
    wanted = [word for word, _ in _words(name)]
    places = range(len(text) - len(wanted) + 1) if wanted else ()
    return any(
        [word for word, _ in text[at : at + len(wanted)]] == wanted and (text[at][1] or not capital)
        for at in places
    )


def _says_code(text: str, code: str) -> bool:
    """Whether a text says a code as it is written, or, where it has a digit, in another coat."""
    pattern = r"\s+".join(re.escape(word) for word in code.split())
    if re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE if _has_digit(code) else 0):
        return True
    written = re.findall(r"\w[\w\-–‑]*", text) if _has_digit(code) else []
    return identifier(code) in map(identifier, written)
