"""What the pages about advisers read, and who may. Only of funds that have advisers. Lists page by key."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from fundflow.actors import OFFICERS, is_officer_of
from fundflow.extensions import db
from fundflow.models.adviser import (
    Adviser,
    AdviserAllocation,
    AdviserKind,
    AdviserRecord,
    AdviserVisit,
)
from fundflow.models.brokering import Expertise
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import in_funds
from fundflow.rules.advising import mean_words
from fundflow.rules.school_queries import OFFERED_STATUSES, every_word
from fundflow.web.paging import Page, comes_after, enum_member, page_of_rows, row_id, search_text
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

PAGE = 25
READERS = OFFICERS | {R.AUDITOR, R.ADMINISTRATOR}
BY_NAME = (Adviser.name, Adviser.id)


# -- who may --------------------------------------------------------------------------------------


def has_advisers(fund_id: Any) -> ColumnElement[bool]:
    """Whether the fund of a row uses this part of the service."""
    uses: ColumnElement[bool] = fund_id.in_(select(Fund.id).where(Fund.has_advisers.is_(True)))
    return uses


def require_keeper(adviser: Adviser, user: User, now: datetime) -> None:
    """Raises Refused for who does not keep the fund’s advisers, or is this adviser themselves."""
    if not is_officer_of(user, adviser.fund_id, now):
        raise Refused("Only the liaison officer can do this.")
    if adviser.account is user:
        raise Refused("You can’t keep your own entry. A colleague can.")


def reads_all(user: User, now: datetime) -> bool:
    """Whether this person reads the register of some fund."""
    return bool(READERS & user.roles_on(london_date(now)))


def advises_as(user: User) -> ColumnElement[bool]:
    """Advisers who are this person, and have not left."""
    return and_(Adviser.account_id == user.id, Adviser.left_at.is_(None))


def _sees_adviser(user: User, now: datetime) -> ColumnElement[bool]:
    if not user.active:
        return false()
    return and_(
        has_advisers(Adviser.fund_id),
        or_(in_funds(user, READERS, now, Adviser.fund_id), advises_as(user)),
    )


def funds_kept(user: User, now: datetime) -> list[Fund]:
    """The funds with advisers that this person keeps."""
    query = select(Fund).where(Fund.has_advisers.is_(True), in_funds(user, OFFICERS, now, Fund.id))
    return list(db.session.scalars(query.order_by(Fund.id)))


# -- one of them ----------------------------------------------------------------------------------


def adviser_by_id(number: int, user: User, now: datetime) -> Adviser | None:
    return db.session.scalar(
        select(Adviser)
        .where(Adviser.id == number, _sees_adviser(user, now))
        .options(
            joinedload(Adviser.fund),
            joinedload(Adviser.account),
            joinedload(Adviser.school),
            selectinload(Adviser.records),
        )
    )


def allocation_by_id(number: int, user: User, now: datetime) -> AdviserAllocation | None:
    return db.session.scalar(
        select(AdviserAllocation)
        .where(AdviserAllocation.id == number, has_advisers(AdviserAllocation.fund_id))
        .where(in_funds(user, READERS, now, AdviserAllocation.fund_id))
    )


def account_at(email: str) -> User | None:
    """The active account with this address."""
    return db.session.scalar(select(User).where(User.email == email.lower(), User.active.is_(True)))


def allocations_of(adviser: Adviser) -> Sequence[AdviserAllocation]:
    """The open ones first, then the newest."""
    return db.session.scalars(
        select(AdviserAllocation)
        .where(AdviserAllocation.adviser_id == adviser.id)
        .options(joinedload(AdviserAllocation.school))
        .order_by(AdviserAllocation.ends_on.is_not(None), AdviserAllocation.id.desc())
    ).all()


def visits_promised(adviser: Adviser) -> int:
    """Visits a school year of the allocations that are open."""
    query = select(func.coalesce(func.sum(AdviserAllocation.visits), 0)).where(
        AdviserAllocation.adviser_id == adviser.id, AdviserAllocation.ends_on.is_(None)
    )
    return int(db.session.scalar(query) or 0)


def schools_of_area(fund: Fund) -> list[School]:
    """The open schools of a fund’s area."""
    return list(
        db.session.scalars(
            select(School)
            .where(School.la_code == fund.la_code, School.status_code.in_(OFFERED_STATUSES))
            .where(School.is_organisation.is_(False))
            .order_by(School.search_name, School.urn)
        )
    )


def without_adviser(fund: Fund) -> list[School]:
    """Those of a fund’s area that nobody advises now."""
    taken = select(AdviserAllocation.school_id).where(
        AdviserAllocation.fund_id == fund.id, AdviserAllocation.ends_on.is_(None)
    )
    advised = set(db.session.scalars(taken))
    return [school for school in schools_of_area(fund) if school.id not in advised]


# -- the register ---------------------------------------------------------------------------------


class AdviserFilters(NamedTuple):
    """A search of the register as it stands in the address."""

    text: str = ""
    subject: Expertise | None = None
    left: bool = False
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "AdviserFilters":
        return cls(
            search_text(args),
            enum_member(Expertise, args.get("subject")),
            args.get("show") == "left",
            row_id(args.get("after")),
        )


class AdviserRow(NamedTuple):
    """An adviser in the register. Half days a year: `promised` of `half_days`; `mean` of the feedback."""

    id: int
    name: str
    kind: AdviserKind
    subjects: list[str]
    school: str | None
    half_days: int
    schools: int
    promised: int
    due_on: date | None
    answered: int  # schools
    responses: int
    mean: Any

    @property
    def subject_words(self) -> str:
        return ", ".join(one.words for one in Expertise if one.value in self.subjects)

    @property
    def mean_words(self) -> str:
        return mean_words(self.mean, self.responses, self.answered)


def register_page(wanted: AdviserFilters, user: User, now: datetime) -> Page[AdviserRow]:
    """Those who advise (or, where asked for, have left), by name."""
    here = Adviser.left_at.is_not(None) if wanted.left else Adviser.left_at.is_(None)
    query = _register().where(here, has_advisers(Adviser.fund_id))
    query = query.where(in_funds(user, READERS, now, Adviser.fund_id), *_matching(wanted))
    if wanted.after:
        query = query.where(comes_after(wanted.after, *BY_NAME))
    return page_of_rows(query.order_by(*BY_NAME), PAGE, AdviserRow)


def _register() -> Any:
    open_ = (
        AdviserAllocation.adviser_id == Adviser.id,
        AdviserAllocation.ends_on.is_(None),
    )
    rated = (AdviserVisit.adviser_id == Adviser.id, AdviserVisit.state == S.RATED)
    return select(
        Adviser.id,
        Adviser.name,
        Adviser.kind,
        Adviser.subjects,
        School.name,
        Adviser.half_days,
        select(func.count()).where(*open_).correlate(Adviser).scalar_subquery(),
        select(func.coalesce(func.sum(AdviserAllocation.visits), 0))
        .where(*open_)
        .correlate(Adviser)
        .scalar_subquery(),
        select(func.min(AdviserRecord.due_on))
        .where(AdviserRecord.adviser_id == Adviser.id, is_current())
        .correlate(Adviser)
        .scalar_subquery(),
        select(func.count(AdviserVisit.school_id.distinct()))
        .where(*rated)
        .correlate(Adviser)
        .scalar_subquery(),
        select(func.count()).where(*rated).correlate(Adviser).scalar_subquery(),
        select(func.avg(AdviserVisit.usefulness * Decimal(1)))
        .where(*rated)
        .correlate(Adviser)
        .scalar_subquery(),
    ).outerjoin(School, School.id == Adviser.school_id)


def _matching(wanted: AdviserFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.subject:
        found.append(cast(Adviser.subjects, String).contains(f'"{wanted.subject.value}"'))
    if wanted.text:
        found.append(
            every_word(wanted.text, lambda word: Adviser.search_text.contains(word, autoescape=True))
        )
    return found


def is_current() -> ColumnElement[bool]:
    """Whether no later record renews this one."""
    later = aliased(AdviserRecord)
    return ~exists().where(later.renews_id == AdviserRecord.id)


def record_of(adviser: Adviser, number: int | None) -> AdviserRecord | None:
    """A record of this adviser that none renews yet."""
    return db.session.scalar(
        select(AdviserRecord).where(
            AdviserRecord.id == number, AdviserRecord.adviser_id == adviser.id, is_current()
        )
    )
