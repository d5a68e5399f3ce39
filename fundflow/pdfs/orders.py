"""Which PDFs are wanted: looked up by what they show, and ordered from the worker where they are new."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fundflow.database import appends
from fundflow.extensions import db
from fundflow.models.pdf import Pdf, PdfState

ASKED_AGAIN = timedelta(days=1)  # so exactly is kept when a PDF was last wanted


@dataclass(frozen=True)
class Wanted:
    """A page to have as PDF.

    page     its HTML; a link to `part:NAME` leads to the part of that name
    instead  the address of the page to print
    parts    (name, what is joined to it), in their order
    """

    page: str
    instead: str
    parts: tuple[tuple[str, "Wanted"], ...] = ()

    @property
    def key(self) -> str:
        text = json.dumps([self.page, self.instead, [[name, part.key] for name, part in self.parts]])
        return hashlib.sha256(text.encode()).hexdigest()


def find_or_order(wanted: Wanted, now: datetime) -> Pdf:
    """The PDF of exactly this content: made, waiting or failed. The worker hears of it where it is new.

    For requests that only read: the first look must not keep SQLite's one writer from the second.
    """
    lately = (Pdf.state == PdfState.MADE, Pdf.asked_at > now - ASKED_AGAIN)
    made = db.session.scalar(select(Pdf).where(Pdf.key == wanted.key, *lately))
    if made is not None:
        return made
    order([wanted], now)
    with appends(db.engine) as session:  # the request's own transaction may not see what was just added
        return session.scalars(select(Pdf).where(Pdf.key == wanted.key)).one()


def forget(pdf: Pdf) -> None:
    """One whose file is gone: the next person to ask orders it again."""
    with appends(db.engine) as session:
        session.execute(delete(Pdf).where(Pdf.id == pdf.id))
        session.commit()


def order(wanted: Sequence[Wanted], now: datetime) -> None:
    """See that each of these is made, with its parts, in a short transaction of its own: by a GET too."""
    needed = {one.key: one for whole in wanted for one in (*(part for _, part in whole.parts), whole)}
    for _ in range(2):  # another request may order the same at this moment
        try:
            with appends(db.engine) as session:
                new, old = _lacking(session, needed, now)
                session.add_all(_ordered(needed[key], now) for key in new)
                session.execute(update(Pdf).where(Pdf.key.in_(old)).values(asked_at=now))
                session.commit()
        except IntegrityError:
            continue
        return


def _lacking(session: Session, needed: Iterable[str], now: datetime) -> tuple[list[str], list[str]]:
    """The keys of what is not there, parts first, and of what was last asked for long ago."""
    asked = dict(session.execute(select(Pdf.key, Pdf.asked_at).where(Pdf.key.in_(needed))).all())
    old = [key for key, at in asked.items() if at < now - ASKED_AGAIN]
    return [key for key in needed if key not in asked], old


def _ordered(one: Wanted, now: datetime) -> Pdf:
    return Pdf(
        key=one.key,
        page=one.page,
        parts=[[name, part.key] for name, part in one.parts],
        instead=one.instead,
        state=PdfState.WAITING,
        asked_at=now,
        due=now,
    )
