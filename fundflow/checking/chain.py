"""The chains and their seals, recomputed: `fundflow check --chain` (docs/rules.md, "The chain")."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from fundflow.chain.canonical import CHAINED, FORM, OF_TABLES, digest_of, link_hash, words_hash, words_of
from fundflow.chain.linking import rows_and_links
from fundflow.chain.sealing import seal_hash
from fundflow.checking.registry import PORTION, Wrong
from fundflow.extensions import Base, db
from fundflow.models.bid import Bid
from fundflow.models.chain import ChainHead, ChainLink, Seal, SealedHead, has_later_link
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry, HistoryWords
from fundflow.workflow.date_words import day_words

STREAM = {"yield_per": PORTION}
ROWS = {
    "history_entry": "entry {} of the history",
    "ledger_entry": "entry {} of the ledger",
    "award": "version {} of an award",
    "award_line": "line {} of an award",
    "payment_run": "payment run {}",
    "attachment": "file {}",
    "submission": "sent version {}",
    "role_grant": "role {}",
    "membership": "place at a school {}",
}


def broken_chains(session: Session) -> Iterator[Wrong]:
    """The first break of each chain: among its links, of each kind of row against its links, and against what
    was sealed. Reads every link and every chained row, some at a time."""
    named = partial(chain_words, session)
    for find in (_links, _heads, _rows, _words_gone, _gone, _seals, _sealed):
        for sentence in find(session, named):
            yield Wrong("chain", sentence)


def seal_of(known: str) -> Seal | None:
    """The seal with a hash that somebody kept, as they copied it: spaces and capitals make no difference."""
    return db.session.scalar(select(Seal).where(Seal.hash == "".join(known.split()).lower()))


def chain_words(session: Session, chain: str) -> str:
    """“LSIF-0031”: whose chain it is."""
    kind, _, number = chain.partition(":")
    if kind == "bid":
        reference = session.scalar(select(Bid.reference).where(Bid.id == int(number)))
        return reference or f"The bid with number {number}, which is gone,"
    if kind == "fund":
        return session.scalar(select(Fund.name).where(Fund.id == int(number))) or f"Fund {number}"
    return "The council"


def row_words(table: str, number: int) -> str:
    """“entry 812 of the history”."""
    return ROWS.get(table, table.replace("_", " ") + " {}").format(number)


Named = Callable[[str], str]


def _links(session: Session, named: Named) -> Iterator[str]:
    """Every link holds the one before it, and none is missing."""
    chain, number, before, broken = "", 0, "", False
    links = select(*ChainLink.__table__.c).order_by(ChainLink.chain, ChainLink.number)
    for link in session.execute(links, execution_options=STREAM):
        if link.chain != chain:
            chain, number, before, broken = link.chain, 0, "", False
        number += 1
        row = (link.row_of, link.row_id)
        right = link_hash(before, chain, number, row, link.digest, link.words)
        before = link.hash
        if broken or (link.number == number and link.form == FORM and link.hash == right):
            continue
        broken = True
        what = (
            "is missing" if link.number != number else f"({row_words(*row)}) does not fit the one before it"
        )
        yield f"{named(chain)}: link {number} of its chain {what}."


def _heads(session: Session, named: Named) -> Iterator[str]:
    """The last link of a chain is there."""
    last = select(func.max(ChainLink.number)).where(ChainLink.chain == ChainHead.chain)
    reached = func.coalesce(last.correlate(ChainHead).scalar_subquery(), 0)
    query = select(ChainHead.chain, ChainHead.number, reached.label("reached"))
    for row in session.execute(query.where(ChainHead.number != reached), execution_options=STREAM):
        yield f"{named(row.chain)}: its chain has {row.number} links, and {row.reached} are there."


def _rows(session: Session, named: Named) -> Iterator[str]:
    """Every row says what its newest link says."""
    for model in CHAINED:
        yield from rows_of(model, session, named)


def rows_of(model: Any, session: Session, named: Named) -> Iterator[str]:
    """What is wrong with rows of one kind: the first of each chain."""
    table, link = model.__tablename__, ChainLink
    of_link = [link.chain, link.number.label("at_link"), link.digest, link.words.label("salted"), link.salt]
    joined = rows_and_links(model, *of_link)
    said: set[str] = set()
    for row in session.execute(joined.order_by(model.id), execution_options=STREAM):
        what = _why_not(model, row)
        chain = row.chain or "council"
        if what and chain not in said:
            said.add(chain)
            where = f" (link {row.at_link} of its chain)" if row.chain else ""
            yield f"{named(chain)}: {row_words(table, row.id)}{where} {what}."


def _words_gone(session: Session, named: Named) -> Iterator[str]:
    """Words of the history went by a removal alone, which links the entry again."""
    link, entry = ChainLink, HistoryEntry
    once = select(func.max(link.chain)).where(link.row_of == entry.__tablename__, link.row_id == entry.id)
    chain = once.having(func.count() == 1).correlate(entry).scalar_subquery()
    without = ~exists().where(HistoryWords.entry_id == entry.id)
    found = select(entry.id, chain.label("chain")).where(without, chain.is_not(None)).order_by(entry.id)
    for row in session.execute(found, execution_options=STREAM):
        yield f"{named(row.chain)}: {row_words(entry.__tablename__, row.id)} has lost its words."


def _why_not(model: type[Base], row: Any) -> str | None:
    if row.chain is None:
        return "was not written by the service: no chain holds it"
    if row.digest != digest_of(model, row):
        return "is not what was written"
    if row.salted and not row.salt:
        return "has lost the salt of its words"
    if row.salted and row.salted != words_hash(words_of(model, row), row.salt):
        return "has other words than were written"
    return None


def _gone(session: Session, named: Named) -> Iterator[str]:
    """No row that is linked is gone, unless the service took it away."""
    said: set[str] = set()
    for table, model in OF_TABLES.items():
        there = exists().where(model.id == ChainLink.row_id)  # type: ignore[attr-defined]
        gone = select(ChainLink.chain, ChainLink.number, ChainLink.row_id).order_by(ChainLink.id)
        gone = gone.where(ChainLink.row_of == table, ChainLink.digest != "", ~there, ~has_later_link())
        for row in session.execute(gone, execution_options=STREAM):
            if row.chain not in said:
                said.add(row.chain)
                what = f"{row_words(table, row.row_id)} (link {row.number} of its chain)"
                yield f"{named(row.chain)}: {what} is gone."


def _seals(session: Session, _named: Named) -> Iterator[str]:
    """Every seal holds its heads and the seal before it."""
    before = ""
    for seal in session.scalars(select(Seal).order_by(Seal.id)):
        heads = select(SealedHead.chain, SealedHead.number, SealedHead.hash).where(
            SealedHead.seal_id == seal.id
        )
        rows = sorted((*row,) for row in session.execute(heads))
        if seal_hash(before, seal.day, rows) != seal.hash or len(rows) != seal.count:
            yield f"The seal of {day_words(seal.day)} does not fit its chains or the seal before it."
        before = seal.hash


def _sealed(session: Session, named: Named) -> Iterator[str]:
    """Every chain still holds what was sealed of it."""
    of_head = and_(ChainLink.chain == SealedHead.chain, ChainLink.number == SealedHead.number)
    query = (
        select(SealedHead.chain, SealedHead.number, Seal.day)
        .join(Seal, Seal.id == SealedHead.seal_id)
        .outerjoin(ChainLink, of_head)
        .where(or_(ChainLink.hash.is_(None), ChainLink.hash != SealedHead.hash))
        .order_by(SealedHead.chain, SealedHead.seal_id)
    )
    last = ""
    for row in session.execute(query, execution_options=STREAM):
        if row.chain != last:
            last = row.chain
            yield (
                f"{named(row.chain)}: its chain was written again since the seal of {day_words(row.day)}, "
                f"which holds another link {row.number}."
            )
