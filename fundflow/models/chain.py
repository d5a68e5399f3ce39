"""The hash chains: links, heads and the seals of every day (docs/rules.md, "The chain")."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Exists, Index, String, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column

from fundflow.extensions import Base
from fundflow.models.columns import BigId, Id, UtcDateTime, key_to


class ChainLink(Base):
    """What one row said when it was written, as hashes. Never changed, but for a salt that is erased.

    The row’s newest link says what it should say now; an empty digest, that it was taken away.
    """

    __tablename__ = "chain_link"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_chain_link_row", "row_of", "row_id", "id"),
    )

    id: Mapped[Id]
    chain: Mapped[str] = mapped_column(String(40))  # “bid:12”, “fund:1”, “council”
    number: Mapped[int] = mapped_column(BigInteger)  # from 1, without gaps
    form: Mapped[int]  # the version of the canonical bytes
    row_of: Mapped[str] = mapped_column(String(40))  # the row’s table
    row_id: Mapped[int] = mapped_column(BigId)
    digest: Mapped[str] = mapped_column(String(64))  # of what is nobody’s words
    words: Mapped[str] = mapped_column(String(64))  # of the words, salted
    salt: Mapped[str | None] = mapped_column(String(32))  # erased together with the words
    hash: Mapped[str] = mapped_column(String(64))  # of all this and the link before it


def has_later_link() -> Exists:
    """Whether the row of a link, in a query of links, has a newer one."""
    newer = aliased(ChainLink)
    return exists().where(
        newer.row_of == ChainLink.row_of, newer.row_id == ChainLink.row_id, newer.id > ChainLink.id
    )


class ChainHead(Base):
    """How long a chain is: the row that is locked, last of all, to add to it."""

    __tablename__ = "chain_head"

    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[int] = mapped_column(BigInteger, default=0)  # how far the last seal reaches


class Seal(Base):
    """All chains that grew since the seal before it, as one hash."""

    __tablename__ = "seal"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int]  # of its heads
    hash: Mapped[str] = mapped_column(String(64))  # of its heads and the seal before it


class SealedHead(Base):
    """How long a chain was at a seal, and the hash of its last link then."""

    __tablename__ = "sealed_head"

    seal_id: Mapped[int] = key_to("seal.id", index=False, primary_key=True)
    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
