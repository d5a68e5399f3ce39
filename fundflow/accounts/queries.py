"""People for pages, and finding the school or trust somebody typed."""

from datetime import datetime

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import aliased

from fundflow.accounts.session import HOLDINGS
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.person import OneTimeLink, User
from fundflow.models.school import CLOSED, School, Trust

A_PAGE = 25
MOST_MATCHES = 15


def people(search: str = "", after: int | None = None) -> tuple[list[User], int | None]:
    """A page of people by name, and the id to ask for the next page with (None: no more)."""
    query = select(User).options(*HOLDINGS).order_by(User.name, User.id).limit(A_PAGE + 1)
    if search:
        found = (column.icontains(search, autoescape=True) for column in (User.name, User.email))
        query = query.where(or_(*found))
    if after is not None:
        last = aliased(User)
        place = select(last.name).where(last.id == after).scalar_subquery()
        query = query.where(tuple_(User.name, User.id) > tuple_(place, after))
    found_people = list(db.session.scalars(query))
    more = len(found_people) > A_PAGE
    return found_people[:A_PAGE], found_people[A_PAGE - 1].id if more else None


def person(number: int) -> User | None:
    """Somebody with everything they hold and held."""
    if not 0 < number < 2**31:
        return None
    return db.session.scalar(select(User).where(User.id == number).options(*HOLDINGS))


def last_signed_in(user: User) -> datetime | None:
    return db.session.scalar(select(func.max(OneTimeLink.used_at)).where(OneTimeLink.user_id == user.id))


def changes_to(user: User) -> list[HistoryEntry]:
    """What administrators did to this account, newest first (the last fifty)."""
    return list(db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.process == "person", HistoryEntry.record_id == user.id)
        .order_by(HistoryEntry.id.desc()).limit(50)
    ))  # fmt: skip


def fund_names() -> dict[int, str]:
    return dict(db.session.execute(select(Fund.id, Fund.name).order_by(Fund.name)).all())


def schools_like(text: str) -> list[School]:
    """The school with this URN, or those that are not closed whose name holds these words."""
    if len(text) == 6 and text.isdigit():
        return list(db.session.scalars(select(School).where(School.urn == text)))
    query = select(School).where(
        func.lower(School.name).contains(text.lower(), autoescape=True),
        School.status_code != CLOSED,
    )
    return list(db.session.scalars(query.order_by(School.name, School.id).limit(MOST_MATCHES)))


def trusts_like(text: str) -> list[Trust]:
    """The trust with this code, or those whose name holds these words."""
    exact = db.session.scalar(select(Trust).where(Trust.code == text))
    if exact:
        return [exact]
    query = select(Trust).where(func.lower(Trust.name).contains(text.lower(), autoescape=True))
    return list(db.session.scalars(query.order_by(Trust.name, Trust.id).limit(MOST_MATCHES)))
