"""Finding bids by words: reference, title, contact, and any school of the bid by name or URN."""

from sqlalchemy import ColumnElement, and_, or_, select

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.school import School
from fundflow.models.school_queries import folded_name, is_code

MOST_WORDS = 6  # more add nothing but work


def says(text: str) -> ColumnElement[bool]:
    """Bids that say every word of the text somewhere."""
    return and_(*(_says(word) for word in text.split()[:MOST_WORDS]))


def _says(word: str) -> ColumnElement[bool]:
    named = select(School.id).where(_school(word))
    of_partner = select(Partner.bid_id).where(Partner.school_id.in_(named))
    fields = (Bid.reference, Bid.listed_title, Bid.contact_name, Bid.contact_email)
    return or_(
        *(field.icontains(word, autoescape=True) for field in fields),
        Bid.lead_school_id.in_(named),
        Bid.id.in_(of_partner),
    )


def _school(word: str) -> ColumnElement[bool]:
    if is_code(word.upper()):
        return School.urn == word.upper()
    folded = folded_name(word)
    return School.search_name.contains(folded, autoescape=True) if folded else School.id < 0
