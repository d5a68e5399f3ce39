"""The words by which bids are found: an index of their `search_text`, kept as it is written."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Index, String, and_, delete, event, insert, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import key_to

MOST_LETTERS = 60  # of a word that are kept
LAST = chr(0x10FFFF)  # comes after every letter
# Compared letter by letter, as an index is searched by the start of a word.
Word = String(MOST_LETTERS).with_variant(String(MOST_LETTERS, collation="C"), "postgresql")


class BidWord(Base):
    """A folded word that a bid says: of its reference, its title as last sent, or its contact."""

    __tablename__ = "bid_word"
    __table_args__ = (Index("ix_bid_word_word", "word", "bid_id"),)

    bid_id: Mapped[int] = key_to("bid.id", index=False, primary_key=True)
    word: Mapped[str] = mapped_column(Word, primary_key=True)

    @classmethod
    def begins_with(cls, start: str) -> ColumnElement[bool]:
        """Whether the word begins with a folded one, asked as the index has it."""
        start = start[:MOST_LETTERS]
        return and_(cls.word >= start, cls.word < start + LAST)


def words_of(bids: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    """The rows of bids, given as (id, `search_text`)."""
    return [
        {"bid_id": number, "word": word}
        for number, text in bids
        for word in sorted({word[:MOST_LETTERS] for word in text.split()})
    ]


@event.listens_for(Bid, "after_insert")
@event.listens_for(Bid, "after_update")
def keep_words(_mapper: Mapper[Any], connection: Connection, bid: Bid) -> None:
    """Keep the words of a bid as its text changes; anyone who writes bids in bulk writes them too."""
    changed = inspect(bid).attrs.search_text.history
    if not changed.has_changes():
        return
    if changed.deleted:
        connection.execute(delete(BidWord).where(BidWord.bid_id == bid.id))
    if rows := words_of([(bid.id, bid.search_text)]):
        connection.execute(insert(BidWord), rows)
