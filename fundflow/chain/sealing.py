"""The seal of every day: all chains that grew, as one hash, which is kept elsewhere too."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import and_, exists, insert, select, update

from fundflow.chain.canonical import CHAINED
from fundflow.chain.linking import add_links, written
from fundflow.extensions import db
from fundflow.models.chain import ChainHead, ChainLink, Seal, SealedHead
from fundflow.workflow.working_days import london_date

PORTION = 500


def begin_and_seal(now: datetime) -> Seal | None:
    """Today’s seal, made where there is none and some chain grew; before the first, link what was written
    before there were chains. Commits. Called again it changes nothing."""
    if last_seal() is None:
        link_what_is_there()
    return seal(now)


def last_seal() -> Seal | None:
    """The newest seal."""
    return db.session.scalar(select(Seal).order_by(Seal.id.desc()).limit(1))


def newest_hash() -> str:
    """The hash of the newest seal, to be kept with what people sign; empty before the first."""
    return db.session.scalar(select(Seal.hash).order_by(Seal.id.desc()).limit(1)) or ""


def seal(now: datetime) -> Seal | None:
    """Seal every chain that grew; None where none did, or today is sealed. Commits.

    A chain that somebody adds to this very moment is sealed the next day.
    """
    day, before = london_date(now), last_seal()
    if before is not None and before.day >= day:
        return None
    grown = (
        select(ChainHead.chain, ChainHead.number, ChainLink.hash)
        .join(ChainLink, and_(ChainLink.chain == ChainHead.chain, ChainLink.number == ChainHead.number))
        .where(ChainHead.sealed < ChainHead.number)
        .order_by(ChainHead.chain)
        .with_for_update(of=ChainHead, skip_locked=True)
    )
    heads = [(*row,) for row in db.session.execute(grown)]
    if not heads:
        db.session.commit()
        return None
    heads.sort()
    made = Seal(day=day, at=now, count=len(heads), hash=seal_hash(before.hash if before else "", day, heads))
    db.session.add(made)
    db.session.flush()  # its heads point at it
    rows = iter(heads)
    while some := list(islice(rows, PORTION)):
        values = [{"seal_id": made.id, "chain": c, "number": number, "hash": h} for c, number, h in some]
        db.session.execute(insert(SealedHead), values)
        names = ChainHead.chain.in_([chain for chain, _number, _hash in some])
        db.session.execute(
            update(ChainHead).where(names).values(sealed=ChainHead.number),
            execution_options={"synchronize_session": False},
        )
    db.session.commit()
    return made


def seal_hash(before: str, day: date, heads: Iterable[tuple[str, int, str]]) -> str:
    """The hash of a seal: of the one before it, its day, and its heads in the order of their chains."""
    hashed = hashlib.sha256(seal_start(before, day))
    for head in heads:
        hashed.update(head_line(*head))
    return hashed.hexdigest()


def seal_start(before: str, day: date) -> bytes:
    """The first two lines of what a seal hashes."""
    return f"{before}\n{day.isoformat()}\n".encode()


def head_line(chain: str, number: int, its: str) -> bytes:
    """The line of what a seal hashes that is about one chain: its name, length and last hash."""
    return f"{chain} {number} {its}\n".encode()


def link_what_is_there() -> int:
    """Link every row that no chain holds; returns how many. Commits, some rows at a time."""
    return sum(_link_rows_of(model) for model in CHAINED)


def _link_rows_of(model: Any) -> int:
    linked, after = 0, 0
    of_row = and_(ChainLink.row_of == model.__tablename__, ChainLink.row_id == model.id)
    while (
        rows := db.session.scalars(
            select(model).where(model.id > after, ~exists().where(of_row)).order_by(model.id).limit(PORTION)
        )
        .unique()
        .all()
    ):
        after = rows[-1].id
        add_links(db.session(), [written(row) for row in rows])
        db.session.commit()
        db.session.expunge_all()
        linked += len(rows)
    return linked
