"""People for pages, and finding the school or trust somebody typed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from fundflow.accounts.session import HOLDINGS
from fundflow.extensions import db
from fundflow.models.data_protection import DataRestriction
from fundflow.models.fund import Fund
from fundflow.models.person import Membership, Seat, User
from fundflow.models.school import School
from fundflow.rules.school_queries import every_word, school_named
from fundflow.web.paging import Page, comes_after, page_of

PAGE = 25


def people(
    search: str = "", school: str = "", *, never: bool = False, after: int | None = None
) -> Page[User]:
    """A page of people by name.

    school  those who are, or are to be, of a school with this URN, or these words in its name
    never   those alone with an open account who never signed in
    """
    query = select(User).options(*HOLDINGS).order_by(User.name, User.id)
    if search:
        query = query.where(every_word(search, lambda w: User.search_text.contains(w, autoescape=True)))
    if school:
        query = query.where(_of_school(school))
    if never:
        query = query.where(User.active.is_(True), User.last_signed_in_at.is_(None))
    if after is not None:
        query = query.where(comes_after(after, User.name, User.id))
    return page_of(query, PAGE)


def _of_school(text: str) -> ColumnElement[bool]:
    return exists().where(
        Membership.user_id == User.id, Membership.school_id == School.id, every_word(text, school_named)
    )


def person(number: int) -> User | None:
    """Somebody with everything they hold and held."""
    return db.session.scalar(select(User).where(User.id == number).options(*HOLDINGS))


def restriction_of(user: User) -> DataRestriction | None:
    """The restriction of the use of somebody's data that is not lifted."""
    asked = select(DataRestriction).where(DataRestriction.person_id == user.id)
    return db.session.scalar(asked.where(DataRestriction.lifted_at.is_(None)).limit(1))


def has_account(email: str) -> bool:
    """Whether somebody has an account with this address, deactivated ones included."""
    return bool(db.session.scalar(select(exists().where(User.email == email))))


def fund_names() -> dict[int, str]:
    return dict(db.session.execute(select(Fund.id, Fund.name).order_by(Fund.name)).all())


def seats_to_stand_in_for(day: date) -> Sequence[Seat]:
    """Seats that have not ended and are no substitutes' themselves, by fund and name."""
    return db.session.scalars(
        select(Seat)
        .join(Seat.user)
        .where(or_(Seat.ends_on.is_(None), Seat.ends_on >= day), Seat.stands_in_for_id.is_(None))
        .order_by(Seat.fund_id, User.name, Seat.id)
        .options(joinedload(Seat.user))
        .limit(500)
    ).all()
