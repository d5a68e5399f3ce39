"""What free text may not say in public: names of people, staff codes, addresses, telephone numbers.

The check knows the people around a bid, or of a fund. It knows no pupils: for those a person reads first.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select, union

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.fund import Fund
from fundflow.models.person import Membership, Seat, User
from fundflow.models.round import Priority, Round
from fundflow.models.school import School
from fundflow.names import identifier, searchable

EMAIL = re.compile(r"\S+@\S+")
PHONE = re.compile(r"(?<![\d£.,])(?:\+\d|0)(?:[ ()\-]?\d){8,12}(?!\d)")
TITLES = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Rev|Revd|Sir|Dame|Lord|Lady"
TITLED = re.compile(rf"\b(?:{TITLES})\b\.?\s+(?:[A-Z]\.?\s+)?[A-Z][\w’'\-]+")
# Surnames that are ordinary words: alone they are no name, with a first name or a title they are.
WORDS = """
april august banks bell best bird black book bright brook brooks brown bush butcher carpenter chance church
clay cook day dean drew english field fields flowers forest fox french frost garden gold good grant gray
green grey hall hart head heath hill holly hope house hunt hunter joy june key king knight lake lane law
little long love major march mark marsh may miller moon moor moore north page park parks pope post power
price queen read reader reading rice rich rivers rose rush school short silver singer smart south speed
spring stone street strong summer summers taylor temple turner wall ward waters wells west white wild winter
wise wood woods young
"""
COMMON = frozenset(WORDS.split())


class Known(NamedTuple):
    """People whom a text may not name, and the words in which a surname alone is none.

    full      names as they are compared, with each as it is written
    surnames  the same of the last word of each
    public    what is said anyway, as it is compared: “Sir John Cass School” names nobody
    """

    full: dict[str, str]
    surnames: dict[str, str]
    public: str

    @classmethod
    def of(cls, names: Iterable[str], public: Iterable[str] = ()) -> "Known":
        """public  texts that are published anyway: their words are no surnames"""
        whole, said = _whole(names), "; ".join(map(searchable, public))
        ordinary = {*re.findall(r"\w+", said), *COMMON}
        surnames = {searchable(last): last for name in whole if (last := name.split()[-1])[0].isupper()}
        return cls(
            {searchable(name): name for name in whole if " " in name},
            {word: last for word, last in surnames.items() if len(last) > 2 and word not in ordinary},
            said,
        )

    def named_in(self, text: str) -> list[str]:
        """The names that a text says: with a title, in full, then surnames that begin with a capital."""
        words, folded = _words(text), searchable(text)
        titled = (match.group() for match in TITLED.finditer(text))
        found = [name for name in titled if searchable(name) not in self.public]
        near = [name for plain, name in self.full.items() if plain in folded]
        near.sort(key=lambda name: (-len(name), name))
        found += [name for name in near if _says(words, name)]
        said = " ".join(searchable(name) for name in found)
        alone = (last for word, last in self.surnames.items() if word in folded and word not in said)
        return [*found, *sorted(last for last in alone if _says(words, last, capital=True))]


def contact_in(text: str) -> str | None:
    """The first address or telephone number that a text gives."""
    found = EMAIL.search(text) or PHONE.search(text)
    return found.group().strip(" .,;:()") if found else None


def why_not_public(text: str, bid: Bid, *, where: str = "the register", no_names: bool = False) -> str | None:
    """None where a text names nobody of the bid, else what must come out of it, as a sentence.

    where     where it is to be read
    no_names  whether a person has confirmed that what looks like a name is none
    """
    if found := contact_in(text):
        return f"Take out “{found}”: {where} gives nobody’s contact details."
    if not no_names and (named := Known.of(_people(bid), _public_words(bid)).named_in(text)):
        return f"Take out “{named[0]}”: {where} names nobody. Say “the head” or “a teacher” instead."
    code = next((c for c in _codes(bid) if _says_code(text, c)), None)
    return f"Take out “{code}”: it is the code of a member of staff." if code else None


def _public_words(bid: Bid) -> list[str]:
    """What the register says of the bid whatever its school wrote, in which a surname is no name."""
    return [bid.priority.title if bid.priority else "", *(school.name for school in bid.schools)]


def _people(bid: Bid) -> set[str]:
    """The names of everybody around a bid, also of who left: in its form, of its schools, of the council, on
    the panel."""
    written = [
        bid.contact_name,
        bid.approver_name,
        *(p.contact_name for p in bid.partners),
        *(a.name for a in bid.approvals),
        bid.officer_name,
        bid.created_by.name,
    ]
    schools = [school.id for school in bid.schools]
    members = select(User.name).join(Membership, User.id == Membership.user_id)
    seats = select(User.name).join(Seat, Seat.user_id == User.id).where(Seat.fund_id == bid.fund_id)
    theirs = db.session.scalars(members.where(Membership.school_id.in_(schools)))
    return {*written, *theirs, *db.session.scalars(seats)}


def known_of(fund: Fund) -> Known:
    """Everybody whom a report on a fund may not name: all who have or had an account, and whom its bids name.
    What a report says anyway are the schools of its bids and its priorities; three queries."""
    bid = (Bid.fund_id == fund.id,)
    typed = union(
        select(User.name),
        select(Bid.contact_name).where(*bid),
        select(Bid.approver_name).where(*bid),
        select(Partner.contact_name).join(Bid, Bid.id == Partner.bid_id).where(*bid),
        select(Approval.name).join(Bid, Bid.id == Approval.bid_id).where(*bid),
        select(Approval.signed_name).join(Bid, Bid.id == Approval.bid_id).where(*bid),
        select(Confirmation.signed_name).join(Bid, Bid.id == Confirmation.bid_id).where(*bid),
    )
    schools = select(School.name).where(School.la_code == fund.la_code)
    priorities = select(Priority.title).join(Round).where(Round.fund_id == fund.id)
    public = [*db.session.scalars(schools), *db.session.scalars(priorities), fund.name, fund.council]
    return Known.of((name for name in db.session.scalars(typed) if name), public)


def why_names_anybody(fund: Fund, *texts: str, rule: str, also: Iterable[str] = ()) -> str | None:
    """None where these texts give no contact details and name nobody in full or with a title, else the
    sentence.

    rule  why not, within the sentence: “the report names nobody but the contact officer”
    also  what else they may not name, as the names of schools
    """
    known = known_of(fund)
    known = known._replace(full=known.full | Known.of(also).full, surnames={})
    for text in texts:
        if said := contact_in(text) or next(iter(known.named_in(text)), None):
            return f"Take out “{said}”: {rule}."
    return None


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
