"""What the public pages say of funds and their rounds."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.round import Round

MOST_ROUNDS = 50


class SaidByFunds(NamedTuple):
    """What the council says for the pages the law asks for, once however many funds say it."""

    data_protection_contacts: list[str]
    retention: list[str]
    accessibility_tests: list[str]
    kept: list[tuple[str, int, int, int]]  # fund; years that awards, refused bids and drafts are kept


def said_by_funds() -> SaidByFunds:
    said = (Fund.data_protection_contact, Fund.retention, Fund.accessibility_tests)
    years = (Fund.keep_awards_years, Fund.keep_refused_years, Fund.keep_drafts_years)
    rows = db.session.execute(select(*said, Fund.name, *years).order_by(Fund.id)).all()
    contacts, retention, tests = (
        [str(text) for text in dict.fromkeys(row[n] for row in rows) if text] for n in range(3)
    )
    kept = [(row.name, row.keep_awards_years, row.keep_refused_years, row.keep_drafts_years) for row in rows]
    return SaidByFunds(contacts, retention, tests, kept)


def funds() -> Sequence[Fund]:
    return db.session.scalars(select(Fund).order_by(Fund.name)).all()


def rounds_to_bid_in(now: datetime) -> Sequence[Round]:
    """The rounds that are open, then those still to open, with their priorities."""
    return db.session.scalars(
        select(Round)
        .where(~Round.is_draft, or_(Round.closes_at.is_(None), Round.closes_at > now))
        .options(selectinload(Round.priorities), joinedload(Round.fund))
        .order_by(Round.opens_at.is_not(None), Round.opens_at, Round.id)
        .limit(MOST_ROUNDS)
    ).all()
