"""Rounds for pages that everybody may read: never which bids were begun or made in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.late_entry import LateEntry
from fundflow.models.round import Priority, Round, RoundQuestion
from fundflow.models.school import School
from fundflow.rules.bid_sections import SECTIONS, Section
from fundflow.web.paging import Page, comes_after, page_of

Part = TypeVar("Part", Priority, RoundQuestion, LateEntry)

PAGE = 25
MOST_CURRENT = 50  # rounds that are open or coming
MOST_LATE = 50

WITH_FUND: tuple[Any, ...] = (joinedload(Round.fund), selectinload(Round.priorities))


class SectionAsked(NamedTuple):
    """A section of the form, and whether each of the two forms has it, in a word."""

    title: str
    short: str
    full: str


def open_rounds(now: datetime) -> Sequence[Round]:
    """Rounds one may bid in now: those that close soonest first, then those that do not close."""
    return db.session.scalars(
        select(Round)
        .where(~Round.is_draft, or_(Round.opens_at.is_(None), Round.opens_at <= now))
        .where(or_(Round.closes_at.is_(None), Round.closes_at > now))
        .options(*WITH_FUND)
        .order_by(Round.closes_at.is_(None), Round.closes_at, Round.id)
        .limit(MOST_CURRENT)
    ).all()


def coming_rounds(now: datetime) -> Sequence[Round]:
    """Rounds still to open, the next first."""
    return db.session.scalars(
        select(Round)
        .where(~Round.is_draft, Round.opens_at > now)
        .options(*WITH_FUND)
        .order_by(Round.opens_at, Round.id)
        .limit(MOST_CURRENT)
    ).all()


def past_rounds(now: datetime, after: int | None) -> Page[Round]:
    """One page of the rounds that have closed, the latest first."""
    query = (
        select(Round)
        .where(~Round.is_draft, Round.closes_at <= now)
        .options(joinedload(Round.fund))
        .order_by(Round.closes_at.desc(), Round.id.desc())
    )
    if after is not None:
        query = query.where(comes_after(after, Round.closes_at, Round.id, falling=True))
    return page_of(query, PAGE)


def round_by(number: int) -> Round | None:
    """A round with its fund and all that is published about it."""
    return db.session.scalar(
        select(Round)
        .where(Round.id == number)
        .options(
            joinedload(Round.fund).selectinload(Fund.grades),
            selectinload(Round.priorities),
            selectinload(Round.questions),
        )
    )


def part_of_round(kind: type[Part], number: int, round_: Round) -> Part | None:
    """A priority, a question or a late entry of this round by its number."""
    found = db.session.get(kind, number)
    return found if found is not None and found.round_id == round_.id else None


def late_entries(round_: Round) -> Sequence[LateEntry]:
    """Who was let in late, newest first (the last fifty)."""
    return db.session.scalars(
        select(LateEntry)
        .where(LateEntry.round_id == round_.id)
        .options(joinedload(LateEntry.school), joinedload(LateEntry.by))
        .order_by(LateEntry.id.desc())
        .limit(MOST_LATE)
    ).all()


def sections_asked(round_: Round) -> list[SectionAsked]:
    """The form's sections, as a bid of each size of a maintained school in this round has them."""
    school = School(type_code=1, is_organisation=False)
    small, large = (
        Bid(fund=round_.fund, round=round_, lead_school=school, requested_pence=pence)
        for pence in (0, round_.fund.full_from_pence)
    )
    return [
        SectionAsked(section.title, *(_asked(section, bid) for bid in (small, large)))
        for section in SECTIONS
        if section.applies(small) or section.applies(large)
    ]


def _asked(section: Section, bid: Bid) -> str:
    if not section.applies(bid):
        return "No"
    return "Optional" if section.optional else "Yes"
