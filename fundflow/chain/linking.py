"""Links for the rows that a transaction wrote, added as it ends."""

import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    event,
    func,
    insert,
    inspect,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session, SessionTransaction

from fundflow.balances import INSERT
from fundflow.chain.canonical import (
    CHAINED,
    FORM,
    OF_TABLES,
    chain_of,
    digest_of,
    link_hash,
    words_hash,
    words_of,
)
from fundflow.extensions import db
from fundflow.models.chain import ChainHead, ChainLink

WRITTEN = "fundflow_written"  # in a session's info: what waits for its links
ERASED = "fundflow_erased"  # the same: (table, id) of rows that lost their words
AT_ONCE = 500  # rows of one statement


class Written(NamedTuple):
    """A row as it was flushed; an empty digest where it was taken away."""

    chain: str
    row: tuple[str, int]
    digest: str
    words: dict[str, Any]
    savepoint: SessionTransaction | None = None


def written(row: Any, savepoint: SessionTransaction | None = None) -> Written:
    model, name = type(row), (row.__tablename__, row.id)
    return Written(chain_of(row), name, digest_of(model, row), words_of(model, row), savepoint)


@event.listens_for(db.session, "after_flush")
def note_rows(session: Session, _context: Any) -> None:
    """Keep what was flushed, while it is at hand."""
    savepoint, found = session.get_nested_transaction(), session.info.setdefault(WRITTEN, [])
    for row in session.new:
        if type(row) in CHAINED:
            found.append(written(row, savepoint))
    for row in session.dirty:
        if type(row) in CHAINED and _says_something_else(row):
            found.append(written(row, savepoint))
    for row in session.deleted:
        if type(row) in CHAINED:
            found.append(written(row, savepoint)._replace(digest="", words={}))


def _says_something_else(row: Any) -> bool:
    attributes, kept = inspect(row).attrs, CHAINED[type(row)]
    return any(attributes[name].history.has_changes() for name in (*kept.facts, *kept.words))


@event.listens_for(db.session, "before_commit")
def link_rows(session: Session) -> None:
    """Link what was written. Everything else is locked and written by now; the heads come last."""
    if session.in_nested_transaction():
        return
    session.flush()
    found = {one.row: one for one in session.info.pop(WRITTEN, ())}
    found |= {one.row: one for one in _left_of(session, session.info.pop(ERASED, set()))}
    if found:
        add_links(session, found.values())


def erase_salts(session: Session, name: str, rows: ColumnElement[bool]) -> None:
    """Erase the salts of the words of these rows of a table, which the caller empties; nothing where its rows
    are not chained. As the transaction ends each is linked again as it is left: without that, erasing a salt
    would let words be written again unseen."""
    if name not in OF_TABLES:
        return
    link = ChainLink.__table__.c
    ids = select(OF_TABLES[name].__table__.c.id).where(rows)
    theirs = (link.row_of == name, link.row_id.in_(ids), link.salt.is_not(None))
    erase = update(ChainLink.__table__).where(*theirs).values(salt=None)  # type: ignore[arg-type]
    link_again(session, name, session.scalars(erase.returning(link.row_id)))


def link_again(session: Session, name: str, numbers: Iterable[int]) -> None:
    """Link these rows of a table again as the transaction ends, as they are then: they lost their words."""
    session.info.setdefault(ERASED, set()).update((name, number) for number in numbers)


def rows_and_links(model: Any, *of_link: Any) -> Select[Any]:
    """What is chained of the rows of a kind, with columns of the newest link of each, if there is one."""
    kept, link = CHAINED[model], ChainLink
    newest = select(func.max(link.id)).where(link.row_of == model.__tablename__, link.row_id == model.id)
    columns = [getattr(model, name) for name in ("id", *kept.facts, *kept.words)]
    query = select(*columns, *of_link)
    return query.outerjoin(link, link.id == newest.correlate(model).scalar_subquery())


def _left_of(session: Session, erased: set[tuple[str, int]]) -> Iterator[Written]:
    """Rows that lost their words, as they are now; none of those that are gone."""
    for name, those in groupby(sorted(erased), key=lambda one: one[0]):
        model: Any = OF_TABLES[name]
        numbers, query = [number for _name, number in those], rows_and_links(model, ChainLink.chain)
        for first in range(0, len(numbers), AT_ONCE):
            for row in session.execute(query.where(model.id.in_(numbers[first : first + AT_ONCE]))).all():
                yield Written(row.chain, (name, row.id), digest_of(model, row), words_of(model, row))


@event.listens_for(db.session, "after_soft_rollback")
def forget_rows(session: Session, ended: SessionTransaction) -> None:
    """What was rolled back was not written."""
    if not ended.nested:
        session.info.pop(ERASED, None)
    left = [one for one in session.info.pop(WRITTEN, ()) if ended.nested and one.savepoint is not ended]
    if left:
        session.info[WRITTEN] = left


def add_links(session: Session, rows: Iterable[Written]) -> None:
    """Add a link for each row to its chain: a statement a chain, and one for all links. The caller
    commits."""
    connection = session.connection()
    links = []
    for chain, those in groupby(sorted(rows, key=_chain), key=_chain):  # heads are locked in this order
        its = list(those)
        number, before = _lengthen(connection, chain, len(its))
        for number, one in enumerate(its, number - len(its) + 1):  # noqa: B020 (counts on from the chain's end)
            salt = secrets.token_hex(16) if one.words else None
            words = words_hash(one.words, salt) if salt else ""
            before = link_hash(before, chain, number, one.row, one.digest, words)
            links.append(
                {
                    "chain": chain,
                    "number": number,
                    "form": FORM,
                    "row_of": one.row[0],
                    "row_id": one.row[1],
                    "digest": one.digest,
                    "words": words,
                    "salt": salt,
                    "hash": before,
                }
            )
    connection.execute(_ADDED, links)


def _chain(one: Written) -> str:
    return one.chain


# Built once: every step asks for them.
_ADDED = insert(ChainLink)
_LINK = select(ChainLink.hash).where(
    ChainLink.chain == bindparam("chain"), ChainLink.number == bindparam("last", type_=BigInteger)
)


@cache
def _lengthened(dialect: str) -> Any:
    """A head, made or so many links longer: its new length, and the hash of its last link so far."""
    head = ChainHead.__table__.c
    add = INSERT[dialect](ChainHead.__table__).values(
        chain=bindparam("chain"), number=bindparam("more"), sealed=0
    )
    # Written out: of a row that is returned SQLAlchemy leaves the table's name away.
    last = literal_column("chain_head.number", BigInteger) - bindparam("more")
    its = select(ChainLink.hash).where(ChainLink.chain == bindparam("chain"), ChainLink.number == last)
    longer = {"number": head.number + add.excluded.number}
    grown = add.on_conflict_do_update(index_elements=["chain"], set_=longer)
    return grown.returning(head.number, its.scalar_subquery())


def _lengthen(connection: Connection, chain: str, more: int) -> tuple[int, str]:
    """Lock this chain's head, so many links longer: its new length, and the hash of its last link so far."""
    grown = connection.execute(_lengthened(connection.dialect.name), {"chain": chain, "more": more})
    number, before = grown.one()
    if before is None and number > more:  # another transaction added links since we asked
        before = connection.execute(_LINK, {"chain": chain, "last": number - more}).scalar_one()
    return number, before or ""
