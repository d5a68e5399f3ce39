"""The log of contacts, as officers and auditors read it: newest first, paged by key."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from fundflow.brokering.queries import is_own, reads_brokering, seen_bid
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.brokering import Contact
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.permissions import may_see
from fundflow.rules.school_queries import school_by_urn
from fundflow.web.paging import Page, comes_after, page_of, row_id
from fundflow.workflow.working_days import london_date

PAGE = 25
HEADER = (
    "Number",
    "Date",
    "How",
    "With whom",
    "What was said",
    "URN",
    "School",
    "Other URN",
    "Other school",
    "Bid",
    "Request",
    "Corrects",
    "Written by",
    "Written at",
)


class ContactFilters(NamedTuple):
    """What the log is narrowed to, as it stands in the address."""

    school: School | None = None
    bid: Bid | None = None
    request_id: int | None = None
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str], user: User, now: datetime) -> "ContactFilters":
        reference = args.get("bid", "")
        return cls(
            school_by_urn(args.get("school", ""), organisations=True),
            seen_bid(reference, user, now) if reference else None,
            row_id(args.get("request")),
            row_id(args.get("after")),
        )


def may_read(user: User, now: datetime) -> ColumnElement[bool]:
    """The lines this person may read: none about their own schools or trusts, none about a bid they
    may not see. Auditors read all."""
    if RoleName.AUDITOR in user.roles_on(london_date(now)):
        return Contact.id > 0
    if not reads_brokering(user, now):
        return Contact.id < 0
    seen = select(Bid.id).where(may_see(user, now))
    return and_(
        ~is_own(user, now, Contact.school_id, Contact.other_school_id),
        or_(Contact.about_bid_id.is_(None), Contact.about_bid_id.in_(seen)),
    )


def contacts_page(wanted: ContactFilters, user: User, now: datetime) -> Page[Contact]:
    query = (
        select(Contact)
        .where(may_read(user, now), *_narrowed(wanted))
        .options(
            joinedload(Contact.school),
            joinedload(Contact.other_school),
            joinedload(Contact.by),
            joinedload(Contact.about_bid),
        )
        .order_by(Contact.on.desc(), Contact.id.desc())
    )
    if wanted.after:
        query = query.where(comes_after(wanted.after, Contact.on, Contact.id, falling=True))
    return page_of(query, PAGE)


def contact_by_id(number: int, user: User, now: datetime) -> Contact | None:
    """A line this person may read."""
    return db.session.scalar(select(Contact).where(Contact.id == number, may_read(user, now)))


def is_corrected(contact: Contact) -> bool:
    return bool(corrected([contact]))


def contact_lines(wanted: ContactFilters, user: User, now: datetime) -> Iterator[tuple[Any, ...]]:
    """The lines of the log as `HEADER` says, the newest first, read as they are asked for.

    The query is made at once: what the reader may not read is told from their own records.
    """
    other, by = aliased(School), aliased(User)
    query = (
        select(
            Contact.id,
            Contact.on,
            Contact.how,
            Contact.with_whom,
            Contact.said,
            School.urn,
            School.name,
            other.urn,
            other.name,
            Bid.reference,
            Contact.request_id,
            Contact.corrects_id,
            by.name,
            Contact.at,
        )
        .join(School, School.id == Contact.school_id)
        .join(by, by.id == Contact.by_id)
        .outerjoin(other, other.id == Contact.other_school_id)
        .outerjoin(Bid, Bid.id == Contact.about_bid_id)
        .where(may_read(user, now), *_narrowed(wanted))
        .order_by(Contact.on.desc(), Contact.id.desc())
    )
    return _as_lines(query.execution_options(yield_per=500))


def _as_lines(query: Any) -> Iterator[tuple[Any, ...]]:
    for row in db.session.execute(query):
        yield (*row[:2], row.how.words, *row[3:])


def _narrowed(wanted: ContactFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.school:
        found.append(or_(Contact.school_id == wanted.school.id, Contact.other_school_id == wanted.school.id))
    if wanted.bid:
        found.append(Contact.about_bid_id == wanted.bid.id)
    if wanted.request_id:
        found.append(Contact.request_id == wanted.request_id)
    return found


def corrected(rows: Sequence[Contact]) -> set[int]:
    """The ids of those lines that a later line puts right."""
    ids = [row.id for row in rows]
    later = db.session.scalars(select(Contact.corrects_id).where(Contact.corrects_id.in_(ids)))
    return {number for number in later if number is not None}
