"""What proves a pack: the links of the bid's chain, and the seals from the one that holds it on."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.chain.canonical import CHAINED
from fundflow.chain.sealing import head_line, seal_start
from fundflow.models.chain import ChainLink, Seal, SealedHead, has_later_link

PORTION = 500


def columns() -> dict[str, dict[str, list[str]]]:
    """Table → which of its columns a link's digest and its words are made of."""
    return {
        model.__tablename__: {"facts": list(kept.facts), "words": list(kept.words)}
        for model, kept in CHAINED.items()
    }


def links(session: Session, chain: str) -> Iterator[dict[str, Any]]:
    """The links of a chain in their order; `newest` says that its row has no later link."""
    names = ("number", "form", "row_of", "row_id", "digest", "words", "salt", "hash")
    asked = select(*(getattr(ChainLink, name) for name in names), (~has_later_link()).label("newest"))
    rows = session.execute(
        asked.where(ChainLink.chain == chain).order_by(ChainLink.number),
        execution_options={"yield_per": PORTION},
    )
    for row in rows.mappings():
        yield {**row, "newest": bool(row["newest"])}


def seals(session: Session, chain: str) -> list[Seal]:
    """The newest seal that holds the chain, and all after it."""
    last = select(func.max(SealedHead.seal_id)).where(SealedHead.chain == chain).scalar_subquery()
    return list(session.scalars(select(Seal).where(Seal.id >= last).order_by(Seal.id)))


def sealed_lines(session: Session, seal: Seal) -> Iterator[bytes]:
    """The bytes whose SHA-256 the seal is, a line at a time."""
    before = session.scalar(select(Seal.hash).where(Seal.id < seal.id).order_by(Seal.id.desc()).limit(1))
    yield seal_start(before or "", seal.day)
    heads = select(SealedHead.chain, SealedHead.number, SealedHead.hash).where(SealedHead.seal_id == seal.id)
    # As Python orders names, whatever the database does.
    for chain, number, its in sorted((*row,) for row in session.execute(heads)):
        yield head_line(chain, number, its)
