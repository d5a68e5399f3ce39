"""Finding schools: what every room that names a school needs."""

import re
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, literal, select

from fundflow.extensions import db
from fundflow.models.school import CLOSED, OPEN, PROPOSED_TO_CLOSE, School, Trust
from fundflow.names import searchable

MOST_MATCHES = 15  # of a name somebody typed
MOST_WORDS = 8  # of a search; more add nothing but work
OFFERED_STATUSES = (OPEN, PROPOSED_TO_CLOSE)  # a school that is to close may still bid


def every_word(text: str, says: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Rows that say each word somebody typed, folded; a text without any finds nothing."""
    words = list(dict.fromkeys(searchable(text).split()))[:MOST_WORDS]
    return and_(*map(says, words)) if words else literal(False)


def school_named(word: str, school: Any = School) -> ColumnElement[bool]:
    """Whether a school's name holds a folded word, or it has this URN or code; `school` may be an alias."""
    if is_code(word.upper()):
        return cast(ColumnElement[bool], school.urn == word.upper())
    return cast(ColumnElement[bool], school.search_name.contains(word, autoescape=True))


def folded_postcode(postcode: str) -> str:
    """A postcode as it is searched: “SL13AB”."""
    return "".join(postcode.split()).upper()


def is_urn(text: str) -> bool:
    return re.fullmatch(r"[0-9]{6}", text) is not None


def is_code(text: str) -> bool:
    """Whether this may be a URN, or our own code of an organisation that is no school (O00001)."""
    return is_urn(text) or re.fullmatch(r"O[0-9]{5}", text) is not None


def open_schools(la_code: str, *, organisations: bool = False) -> list[tuple[str, str]]:
    """The schools of an authority that may bid, for a picker: (urn, “Name (URN)”), by name.

    organisations  with those that are not schools, where the fund allows them
    """
    query = (
        select(School.urn, School.name)
        .where(School.la_code == la_code, School.status_code.in_(OFFERED_STATUSES))
        .order_by(School.search_name, School.urn)
    )
    if not organisations:
        query = query.where(School.is_organisation.is_(False))
    return [(urn, f"{name} ({urn})") for urn, name in db.session.execute(query)]


def school_by_urn(urn: str, *, organisations: bool = False) -> School | None:
    """The school with this URN, open or closed; None for anything that is no URN we hold.

    organisations  also find what is no school, by our own code
    """
    if not (is_code(urn) if organisations else is_urn(urn)):
        return None
    return db.session.scalar(select(School).where(School.urn == urn))


def schools_like(text: str) -> list[School]:
    """The school with this URN, or those that are not closed whose name holds these words in any order."""
    if is_urn(text):
        return list(db.session.scalars(select(School).where(School.urn == text)))
    query = select(School).where(every_word(text, school_named), School.status_code != CLOSED)
    return list(db.session.scalars(query.order_by(School.search_name, School.id).limit(MOST_MATCHES)))


def trusts_like(text: str) -> list[Trust]:
    """The trust with this code, or those whose name holds these words."""
    exact = db.session.scalar(select(Trust).where(Trust.code == text))
    if exact:
        return [exact]
    query = select(Trust).where(every_word(text, lambda w: Trust.search_name.contains(w, autoescape=True)))
    return list(db.session.scalars(query.order_by(Trust.search_name, Trust.id).limit(MOST_MATCHES)))
