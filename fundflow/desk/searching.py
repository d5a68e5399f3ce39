"""Finding bids by words: reference, title, contact, and any school of the bid by name or URN."""

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import aliased

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.bid_words import BidWord
from fundflow.models.school import School
from fundflow.rules.school_queries import every_word, school_named

_ITS = aliased(Bid)  # made once: an alias of so wide a table takes longer than the query


def says(text: str) -> ColumnElement[bool]:
    """Bids that say every word of the text, or begin one of theirs with it."""
    return every_word(text, _says)


def _says(word: str) -> ColumnElement[bool]:
    """Three ways along an index each; schools, which are few, are looked through."""
    named = select(School.id).where(school_named(word))
    # LEFT JOIN, so that a database begins with the schools, however many partners one of them is.
    partners = select(Partner.bid_id).select_from(School).outerjoin(Partner, Partner.school_id == School.id)
    return Bid.id.in_(
        union_all(
            select(BidWord.bid_id).where(BidWord.begins_with(word)),
            select(_ITS.id).where(_ITS.lead_school_id.in_(named)),
            partners.where(school_named(word)),
        )
    )
