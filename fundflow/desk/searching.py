"""Finding bids by words: reference, title, contact, and any school of the bid by name or URN."""

from sqlalchemy import ColumnElement, or_, select

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.school import School
from fundflow.rules.school_queries import every_word, school_named


def says(text: str) -> ColumnElement[bool]:
    """Bids that say every word of the text somewhere."""
    return every_word(text, _says)


def _says(word: str) -> ColumnElement[bool]:
    named = select(School.id).where(school_named(word))
    of_partner = select(Partner.bid_id).where(Partner.school_id.in_(named))
    return or_(
        Bid.search_text.contains(word, autoescape=True),
        Bid.lead_school_id.in_(named),
        Bid.id.in_(of_partner),
    )
