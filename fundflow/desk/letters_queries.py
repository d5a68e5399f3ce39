"""Letters for the pages that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request
from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, User
from fundflow.permissions import sees_review
from fundflow.web.paging import Page, cut, enum_member, newest_first, row_id, search_text
from fundflow.workflow.working_days import london_date

PAGE = 50
READERS = (RoleName.ADMINISTRATOR, RoleName.AUDITOR)
COLOURS = {
    LetterStatus.HELD: "yellow",
    LetterStatus.QUEUED: "yellow",
    LetterStatus.IN_DIGEST: "blue",
    LetterStatus.SENT: "green",
    LetterStatus.FAILED: "red",
}

COLUMNS = (
    Letter.id,
    Letter.subject,
    Letter.name,
    Letter.email,
    Letter.status,
    Letter.written_at,
    Letter.sent_at,
    Letter.attempts,
    Letter.last_error,
    Letter.resends,
    Letter.digest_id,
    Letter.dropped_why,
)


@dataclass(frozen=True, slots=True)
class LetterFilters:
    """What the address of a list of letters asks for."""

    status: LetterStatus | None = None
    words: str = ""
    after: int | None = None  # the last letter of the page before: older ones follow

    @classmethod
    def from_request(cls, request: Request) -> "LetterFilters":
        """Whatever can't be read is left out."""
        args = request.args
        return cls(
            enum_member(LetterStatus, args.get("status")),
            search_text(args, most=254),
            row_id(args.get("after")),
        )


def looks_after(user: User, now: datetime, *roles: RoleName) -> ColumnElement[bool]:
    """Whether a letter is for this person to look after, through one of these roles.

    Who holds it for one fund alone sees the letters about that fund's bids: not those about other
    funds' meetings or other people's accounts.
    """
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role in roles and g.is_valid_on(day)}
    if None in funds:
        return true()
    return Letter.bid_id.in_(select(Bid.id).where(Bid.fund_id.in_(funds)))


def letters_page(wanted: LetterFilters, user: User, now: datetime) -> Page[Any]:
    """Letters this person looks after, newest first, by status and by address, reference or subject."""
    bid = aliased(Bid)
    query = select(*COLUMNS, bid.reference).outerjoin(bid, bid.id == Letter.bid_id)
    query = query.where(looks_after(user, now, *READERS))
    if wanted.status:
        query = query.where(Letter.status == wanted.status)
    if wanted.words:
        query = query.where(
            or_(
                Letter.email.icontains(wanted.words, autoescape=True),
                bid.reference.icontains(wanted.words, autoescape=True),
                Letter.subject.icontains(wanted.words, autoescape=True),  # “SV-6: please answer our survey”
            )
        )
    return _page(query, wanted.after)


def letters_of(bid: Bid, user: User, now: datetime, after: int | None) -> Page[Any]:
    """The letters about a bid that this person may read, with their texts, newest first."""
    query = select(*COLUMNS, Letter.body).where(Letter.bid_id == bid.id)
    return _page(query.where(_may_read(bid, user, now)), after)


def _may_read(bid: Bid, user: User, now: datetime) -> ColumnElement[bool]:
    """Those who see the review read them all; of a school, only what was sent to it or oneself, and
    nothing that somebody still reads over."""
    if sees_review(user, bid, now):
        return true()
    mine = user.school_ids(london_date(now))
    own = or_(Letter.user_id == user.id, Letter.email == user.email)
    ours = Letter.recipient == "school" if bid.lead_school_id in mine else false()
    return and_(Letter.status != LetterStatus.HELD, or_(own, and_(ours, Letter.outside.is_(True))))


def _page(query: Any, after: int | None) -> Page[Any]:
    """One page of letters, newest first."""
    return cut(db.session.execute(newest_first(query, Letter.id, after).limit(PAGE + 1)).all(), PAGE)


def letter_or_none(number: int, user: User, now: datetime, *roles: RoleName) -> Letter | None:
    """A letter that this person looks after through one of these roles."""
    return db.session.scalar(select(Letter).where(Letter.id == number, looks_after(user, now, *roles)))


def resent(letter: Letter) -> Sequence[HistoryEntry]:
    """Who sent this letter again, and when."""
    return db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.process == "letter", HistoryEntry.record_id == letter.id)
        .order_by(HistoryEntry.id)
    ).all()


def account_of(letter: Letter) -> User | None:
    """The account a letter is to, where it is to one."""
    return db.session.get(User, letter.user_id) if letter.user_id else None
