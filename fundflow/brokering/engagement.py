"""The engagement log, and the schools that take no part in anything. Only the council's people read it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased, joinedload

from fundflow.brokering.practice import IS_ON
from fundflow.brokering.providers import READERS
from fundflow.brokering.queries import BROKERS, is_own
from fundflow.extensions import db
from fundflow.models.engagement import ContactWay, Engagement
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School, SchoolKind, Trust, kind_of
from fundflow.permissions import in_funds
from fundflow.rules.school_queries import OFFERED_STATUSES, every_word, is_code, school_named
from fundflow.rules.taking_part import taking_part
from fundflow.web.paging import (
    Page,
    comes_after,
    enum_member,
    newest_first,
    page_of,
    page_of_rows,
    row_id,
    search_text,
)
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date

PAGE = 25
BY_NAME = (School.search_name, School.id)
KIND_WORDS = {SchoolKind.MAINTAINED: "Maintained", SchoolKind.ACADEMY: "Academy", SchoolKind.OTHER: "Other"}
HEADER = (
    "School",
    "URN",
    "Kind",
    "Trust",
    "Last contact",
    "How",
    "With whom",
    "What came of it",
    "Next contact",
)


class Shown(Worded):
    """Which schools the list shows."""

    NO_PART = "no_part", "Took no part in anything"
    NEVER = "never", "Took no part, and never contacted"
    DUE = "due", "Next contact is due"
    LOGGED = "logged", "Any contact in the log"


class Wanted(NamedTuple):
    """The list as it stands in the address."""

    text: str = ""
    shown: Shown = Shown.NO_PART
    fund_id: int | None = None
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Wanted":
        return cls(
            search_text(args),
            enum_member(Shown, args.get("show")) or Shown.NO_PART,
            row_id(args.get("fund")),
            row_id(args.get("after")),
        )

    @property
    def narrowed(self) -> dict[str, object]:
        """The list as arguments of its address, without a page."""
        shown = None if self.shown is Shown.NO_PART else self.shown.value
        return {"q": self.text or None, "show": shown, "fund": self.fund_id}


class Row(NamedTuple):
    """A school with the latest line of the log about it, if there is one."""

    id: int
    urn: str
    name: str
    type_code: int | None
    type_name: str
    trust: str | None
    on: date | None
    how: ContactWay | None
    with_whom: str | None
    said: str | None
    next_on: date | None

    @property
    def kind(self) -> str:
        return KIND_WORDS[kind_of(self.type_code, self.type_name, is_organisation=False)]


# -- who may ----------------------------------------------------------------------------------------


def funds_read(user: User, now: datetime) -> list[Fund]:
    """The funds whose log this person reads."""
    query = select(Fund).where(IS_ON, in_funds(user, READERS, now, Fund.id))
    return list(db.session.scalars(query.order_by(Fund.id)))


def funds_kept(user: User, now: datetime, school: School) -> list[Fund]:
    """The funds in whose log this person writes about a school."""
    query = select(Fund).where(IS_ON, in_funds(user, BROKERS, now, Fund.id), Fund.la_code == school.la_code)
    return list(db.session.scalars(query.order_by(Fund.id)))


def may_read_about(user: User, now: datetime) -> ColumnElement[bool]:
    """As a condition on School: nobody reads about their own schools and trusts, whatever their role."""
    return ~is_own(user, now, School.id)


def school_read(urn: str, user: User, now: datetime) -> School | None:
    """A school of the area of a fund whose log this person reads; open, or closed since."""
    if not is_code(urn):
        return None
    areas = select(Fund.la_code).where(IS_ON, in_funds(user, READERS, now, Fund.id))
    query = select(School).where(School.urn == urn, School.la_code.in_(areas), may_read_about(user, now))
    return db.session.scalar(query.where(School.is_organisation.is_(False)))


# -- the list of schools ----------------------------------------------------------------------------


def schools_page(wanted: Wanted, fund: Fund, user: User, now: datetime) -> Page[Row]:
    """One page of the schools of a fund's area, by name."""
    query = _listed(wanted, fund, user, now)
    if wanted.after:
        query = query.where(comes_after(wanted.after, *BY_NAME))
    return page_of_rows(query.order_by(*BY_NAME), PAGE, Row)


def school_lines(wanted: Wanted, fund: Fund, user: User, now: datetime) -> Iterator[Sequence[Any]]:
    """All of them, as `HEADER` says."""
    query = _listed(wanted, fund, user, now).order_by(*BY_NAME)
    for row in (Row(*one) for one in db.session.execute(query)):
        how = row.how.words if row.how else ""
        yield (row.name, row.urn, row.kind, row.trust, row.on, how, row.with_whom, row.said, row.next_on)


def is_latest() -> ColumnElement[bool]:
    """Whether no line of the same fund and school came later."""
    line = aliased(Engagement)
    same = (line.fund_id == Engagement.fund_id, line.school_id == Engagement.school_id)
    return ~exists().where(*same, line.id > Engagement.id).correlate(Engagement)


def _listed(wanted: Wanted, fund: Fund, user: User, now: datetime) -> Any:
    newest = and_(Engagement.school_id == School.id, Engagement.fund_id == fund.id, is_latest())
    query = (
        select(
            School.id,
            School.urn,
            School.name,
            School.type_code,
            School.type_name,
            Trust.name,
            Engagement.on,
            Engagement.how,
            Engagement.with_whom,
            Engagement.said,
            Engagement.next_on,
        )
        .outerjoin(Trust, Trust.id == School.trust_id)
        .outerjoin(Engagement, newest)
        .where(School.la_code == fund.la_code, School.status_code.in_(OFFERED_STATUSES))
        .where(School.is_organisation.is_(False), may_read_about(user, now))
    )
    today = london_date(now)
    if wanted.shown in (Shown.NO_PART, Shown.NEVER):
        query = query.where(School.id.not_in(taking_part(today)))
    if wanted.shown is Shown.NEVER:
        query = query.where(Engagement.id.is_(None))
    elif wanted.shown is Shown.DUE:
        query = query.where(Engagement.next_on <= today)
    elif wanted.shown is Shown.LOGGED:
        query = query.where(Engagement.id.is_not(None))
    return query.where(every_word(wanted.text, school_named)) if wanted.text else query


# -- the log of a school ----------------------------------------------------------------------------


def lines_of(school: School, user: User, now: datetime, after: int | None) -> Page[Engagement]:
    """What was written about a school, the newest first."""
    query = (
        select(Engagement)
        .join(Fund, Fund.id == Engagement.fund_id)
        .where(Engagement.school_id == school.id, IS_ON, in_funds(user, READERS, now, Engagement.fund_id))
        .options(joinedload(Engagement.by), joinedload(Engagement.fund))
    )
    return page_of(newest_first(query, Engagement.id, after), PAGE)
