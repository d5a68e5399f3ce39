"""The standing register of interests for pages: whose lines somebody sees."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.interest import RegisteredInterest
from fundflow.models.person import RoleGrant, RoleName, Seat, User
from fundflow.permissions import is_clerk
from fundflow.web.paging import Page, comes_after, page_of
from fundflow.workflow.working_days import london_date

PAGE = 25
# Who reads the lines of everybody who sits on a panel or works for the fund; members read those of
# the people they sit with.
READ_ALL = frozenset(
    {
        RoleName.CLERK,
        RoleName.OFFICER,
        RoleName.DEPUTY_OFFICER,
        RoleName.AUTHORISED_OFFICER,
        RoleName.AUDITOR,
        RoleName.ADMINISTRATOR,
    }
)

HEADER = (
    "Name",
    "Seat or role",
    "Tie",
    "With",
    "Effect",
    "What it is",
    "Since",
    "Registered on",
    "Recorded by",
    "Last day",
)


class RegisteredPerson(NamedTuple):
    """Somebody on the register: what they are, and their lines, those that hold first."""

    user: User
    what: str
    lines: list[RegisteredInterest]
    may_record: bool


def my_lines(user: User) -> list[RegisteredInterest]:
    """Somebody's own lines, those that hold first."""
    return _lines_of([user.id])[user.id]


def former_employer_years() -> int:
    """For how many years a former employer is disclosed, in the fund that asks for most."""
    return db.session.scalar(select(func.max(Fund.former_employer_years))) or 0


def line(number: int) -> RegisteredInterest | None:
    return db.session.get(RegisteredInterest, number)


def may_record_for(user: User, person: User, now: datetime) -> bool:
    """Whether somebody may write another's lines: the person, and the clerk of a panel they sit on."""
    if user.id == person.id:
        return user.active
    return any(is_clerk(user, seat.fund_id, now) for seat in person.seats_on(london_date(now)))


def visible_person(number: int, user: User, now: datetime) -> User | None:
    """Somebody whose lines this person may read."""
    return db.session.scalar(_people(user, now).where(User.id == number))


def people(user: User, now: datetime, after: int | None) -> Page[RegisteredPerson]:
    """A page of the register by name."""
    query = _people(user, now).order_by(User.name, User.id)
    if after is not None:
        query = query.where(comes_after(after, User.name, User.id))
    page = page_of(query, PAGE)
    return Page(list(_with_lines(page.rows, user, now)), page.next_key)


def cells(user: User, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Every line that this person may read, as cells under HEADER; a person without one has a row."""
    after: int | None = None
    while True:
        page = people(user, now, after)
        for person in page.rows:
            yield from _cells_of(person)
        after = page.next_key
        if after is None:
            return


def _cells_of(person: RegisteredPerson) -> Iterator[tuple[Any, ...]]:
    name = person.user.name
    if not person.lines:
        yield (name, person.what, "Nothing registered", *[""] * (len(HEADER) - 3))
    for one in person.lines:
        yield (
            name,
            person.what,
            one.tie,
            one.where,
            one.effect,
            one.text,
            one.from_on,
            london_date(one.registered_at),
            one.registered_by.name,
            one.ended_on,
        )


def _people(user: User, now: datetime) -> Select[User]:
    """Those this person reads about: who has a seat or role today, or had one and has lines."""
    day = london_date(now)
    holds = or_(*(_held_here(held, user, day, today=True) for held in (Seat, RoleGrant)))
    held = or_(*(_held_here(held, user, day, today=False) for held in (Seat, RoleGrant)))
    lines = exists().where(RegisteredInterest.user_id == User.id)
    return (
        select(User)
        .where(or_(holds, and_(lines, held)))
        .options(selectinload(User.seats), selectinload(User.roles))
    )


def _held_here(
    held: type[Seat] | type[RoleGrant], user: User, day: date, *, today: bool
) -> ColumnElement[bool]:
    """Whether a person holds, or ever held, a seat (a role) for a fund whose register `user` reads."""
    reads = [grant.fund_id for grant in user.roles if grant.is_valid_on(day) and grant.role in READ_ALL]
    funds = {fund for fund in reads if fund is not None}
    if held is Seat:
        funds |= {seat.fund_id for seat in user.seats_on(day)}
    here: ColumnElement[bool] = true() if None in reads else held.fund_id.in_(funds)
    if held is RoleGrant and reads:
        here = or_(here, held.fund_id.is_(None))
    when = and_(held.starts_on <= day, or_(held.ends_on.is_(None), held.ends_on >= day)) if today else true()
    return exists().where(held.user_id == User.id, here, when).correlate(User)


def _with_lines(found: Sequence[User], user: User, now: datetime) -> Iterator[RegisteredPerson]:
    lines, day = _lines_of([person.id for person in found]), london_date(now)
    for person in found:
        yield RegisteredPerson(
            person, _what(person, day), lines[person.id], may_record_for(user, person, now)
        )


def _what(person: User, day: date) -> str:
    """“Panel chair, Liaison officer”; nothing for somebody who was."""
    words = [
        "Substitute on the panel" if seat.stands_in_for_id else seat.position.words
        for seat in person.seats_on(day)
    ]
    words += [grant.role.words for grant in person.roles if grant.is_valid_on(day)]
    return ", ".join(dict.fromkeys(words))


def _lines_of(ids: Iterable[int]) -> dict[int, list[RegisteredInterest]]:
    found: dict[int, list[RegisteredInterest]] = defaultdict(list)
    query = (
        select(RegisteredInterest)
        .where(RegisteredInterest.user_id.in_(list(ids)))
        .order_by(RegisteredInterest.ended_on.is_not(None), RegisteredInterest.id)
        .options(
            joinedload(RegisteredInterest.school),
            joinedload(RegisteredInterest.trust),
            joinedload(RegisteredInterest.registered_by),
        )
    )
    for one in db.session.scalars(query):
        found[one.user_id].append(one)
    return found
