"""What the pages about advisers read, and who may. Only of funds that have advisers. Lists page by key."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from fundflow.actors import roles_for
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
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import in_funds
from fundflow.rules.school_queries import OFFERED_STATUSES, every_word
from fundflow.web.paging import Page, comes_after, enum_member, page_of_rows, row_id, search_text
from fundflow.workflow.adviser_visit import AHEAD, NOT_KEPT, TOOK_PLACE, WAITING
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.terms import Term, term_on, terms_of
from fundflow.workflow.working_days import london_date, school_year

PAGE = 25
KEEPERS = frozenset({R.OFFICER, R.DEPUTY_OFFICER})
READERS = KEEPERS | {R.AUDITOR, R.ADMINISTRATOR}
BY_NAME = (Adviser.name, Adviser.id)
BY_DUE = (AdviserVisit.due_on, AdviserVisit.id)
NOT_OF_A_VISIT: tuple[Any, ...] = (null(), null(), null())  # a record has no state, year and term


# -- who may --------------------------------------------------------------------------------------


def has_advisers(fund_id: Any) -> ColumnElement[bool]:
    """Whether the fund of a row uses this part of the service."""
    uses: ColumnElement[bool] = fund_id.in_(select(Fund.id).where(Fund.has_advisers.is_(True)))
    return uses


def keeps(user: User, fund_id: int, now: datetime) -> bool:
    """Whether this person keeps the advisers of a fund."""
    return user.active and bool(KEEPERS & roles_for(user, fund_id, london_date(now)))


def require_keeper(adviser: Adviser, user: User, now: datetime) -> None:
    """Raises Refused for who does not keep the fund’s advisers, or is this adviser themselves."""
    if not keeps(user, adviser.fund_id, now):
        raise Refused("Only the liaison officer can do this.")
    if adviser.account_id == user.id:
        raise Refused("You can’t keep your own entry. A colleague can.")


def reads_all(user: User, now: datetime) -> bool:
    """Whether this person reads the register of some fund."""
    return bool(READERS & user.roles_on(london_date(now)))


def reads_feedback(user: User, visit: AdviserVisit, now: datetime) -> bool:
    """Whether this person reads what the school said: staff of the fund and the school, never the adviser."""
    day = london_date(now)
    theirs = visit.school_id in user.school_ids(day) or bool(READERS & roles_for(user, visit.fund_id, day))
    return theirs and visit.adviser.account_id != user.id


def _sees_adviser(user: User, now: datetime) -> ColumnElement[bool]:
    if not user.active:
        return false()
    return and_(
        has_advisers(Adviser.fund_id),
        or_(in_funds(user, READERS, now, Adviser.fund_id), Adviser.account_id == user.id),
    )


def sees_visit(user: User, now: datetime) -> ColumnElement[bool]:
    """Visits of one’s funds, to one’s schools, and one’s own."""
    if not user.active:
        return false()
    own = AdviserVisit.adviser_id.in_(select(Adviser.id).where(Adviser.account_id == user.id))
    return and_(
        has_advisers(AdviserVisit.fund_id),
        or_(
            in_funds(user, READERS, now, AdviserVisit.fund_id),
            AdviserVisit.school_id.in_(user.school_ids(london_date(now))),
            own,
        ),
    )


def funds_kept(user: User, now: datetime) -> list[Fund]:
    """The funds with advisers that this person keeps."""
    query = select(Fund).where(Fund.has_advisers.is_(True), in_funds(user, KEEPERS, now, Fund.id))
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


def visit_by_id(number: int, user: User, now: datetime) -> AdviserVisit | None:
    return db.session.scalar(
        select(AdviserVisit)
        .where(AdviserVisit.id == number, sees_visit(user, now))
        .options(
            joinedload(AdviserVisit.fund),
            joinedload(AdviserVisit.school),
            joinedload(AdviserVisit.adviser),
            joinedload(AdviserVisit.allocation),
            joinedload(AdviserVisit.makes_up_for),
            joinedload(AdviserVisit.made_up_by),
        )
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


def history_of(visit: AdviserVisit) -> Sequence[HistoryEntry]:
    """What happened to a visit, newest first."""
    return db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.process == "adviser_visit", HistoryEntry.record_id == visit.id)
        .order_by(HistoryEntry.id.desc())
    ).all()


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
    responses: int
    mean: Any

    @property
    def subject_words(self) -> str:
        return ", ".join(one.words for one in Expertise if one.value in self.subjects)

    @property
    def mean_words(self) -> str:
        return f"{Decimal(str(self.mean)):.1f}" if self.responses else ""


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


# -- visits ---------------------------------------------------------------------------------------


class VisitFilters(NamedTuple):
    """A list of visits as it stands in the address."""

    state: S | None = None
    term: Term | None = None
    late: bool = False
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str], now: datetime) -> "VisitFilters":
        code = args.get("term", "")
        return cls(
            enum_member(S, args.get("state")),
            next((term for term in terms_offered(now) if term.code == code), None),
            args.get("late") == "yes",
            row_id(args.get("after")),
        )

    @property
    def narrows(self) -> bool:
        return bool(self.state or self.term or self.late)


class VisitRow(NamedTuple):
    """A visit in a list."""

    id: int
    state: S
    school: str
    urn: str
    adviser: str
    school_year: int
    term: int
    due_on: date
    planned_on: date | None
    visited_on: date | None
    reason: str
    usefulness: int | None

    @property
    def term_words(self) -> str:
        return Term(self.school_year, self.term).words

    @property
    def day(self) -> date | None:
        return self.visited_on or self.planned_on

    def is_late(self, today: date) -> bool:
        return self.state in AHEAD and min(self.due_on, self.planned_on or self.due_on) < today


def terms_offered(now: datetime) -> list[Term]:
    """The terms of this school year and of the two before it, the newest first."""
    year = term_on(london_date(now)).year
    return [term for one in range(year, year - 3, -1) for term in reversed(terms_of(one))]


def is_late(today: date) -> ColumnElement[bool]:
    """Visits whose term, or the day they are planned for, is over and of which nothing is recorded."""
    over = or_(AdviserVisit.due_on < today, AdviserVisit.planned_on < today)
    return and_(AdviserVisit.state.in_(list(AHEAD)), over)


def _rows(*narrow: ColumnElement[bool]) -> Any:
    return (
        select(
            AdviserVisit.id,
            AdviserVisit.state,
            School.name,
            School.urn,
            Adviser.name,
            AdviserVisit.school_year,
            AdviserVisit.term,
            AdviserVisit.due_on,
            AdviserVisit.planned_on,
            AdviserVisit.visited_on,
            AdviserVisit.reason,
            AdviserVisit.usefulness,
        )
        .join(School, School.id == AdviserVisit.school_id)
        .join(Adviser, Adviser.id == AdviserVisit.adviser_id)
        .where(*narrow)
    )


def _listed(wanted: VisitFilters, user: User, now: datetime) -> Any:
    query = _rows(sees_visit(user, now))
    if wanted.state:
        query = query.where(AdviserVisit.state == wanted.state)
    if wanted.term:
        query = query.where(
            AdviserVisit.school_year == wanted.term.year, AdviserVisit.term == wanted.term.number
        )
    return query.where(is_late(london_date(now))) if wanted.late else query


def visits_page(wanted: VisitFilters, user: User, now: datetime) -> Page[VisitRow]:
    """The visits this person may see, the newest term first."""
    query = _listed(wanted, user, now)
    if wanted.after:
        query = query.where(comes_after(wanted.after, *BY_DUE, falling=True))
    return page_of_rows(query.order_by(*(column.desc() for column in BY_DUE)), PAGE, VisitRow)


HEADER = (
    "School",
    "URN",
    "Adviser",
    "Term",
    "State",
    "Due by",
    "Planned for",
    "Visited on",
    "Reason",
    "Usefulness, 1 to 5",
)


def visit_lines(wanted: VisitFilters, user: User, now: datetime) -> Iterable[Sequence[Any]]:
    """The rows of the CSV file. Feedback stands there for those alone who read the register."""
    staff = reads_all(user, now)
    for row in db.session.execute(_listed(wanted, user, now).order_by(*BY_DUE)):
        one = VisitRow(*row)
        yield (
            one.school,
            one.urn,
            one.adviser,
            one.term_words,
            AdviserVisit.workflow.words[one.state],
            one.due_on,
            one.planned_on,
            one.visited_on,
            one.reason,
            one.usefulness if staff else None,
        )


class TermFigures(NamedTuple):
    """Visits of one term: still to do, done, missed; of the missed those made up for; the mean usefulness."""

    term: Term
    to_do: int
    done: int
    missed: int
    caught_up: int
    responses: int
    mean: Any

    @property
    def mean_words(self) -> str:
        return f"{Decimal(str(self.mean)):.1f} of 5 ({self.responses})" if self.responses else "None yet"


def figures_by_term(user: User, now: datetime) -> list[TermFigures]:
    """This school year’s visits of the funds whose register this person reads, a row a term."""

    def count(*states: S) -> Any:
        return func.coalesce(func.sum(case((AdviserVisit.state.in_(list(states)), 1), else_=0)), 0)

    year = school_year(london_date(now))[0].year
    rows = db.session.execute(
        select(
            AdviserVisit.term,
            count(*AHEAD),
            count(*TOOK_PLACE),
            count(*NOT_KEPT),
            count(S.CAUGHT_UP),
            func.count(AdviserVisit.usefulness),
            func.avg(AdviserVisit.usefulness * Decimal(1)),
        )
        .where(AdviserVisit.school_year == year, has_advisers(AdviserVisit.fund_id))
        .where(in_funds(user, READERS, now, AdviserVisit.fund_id))
        .group_by(AdviserVisit.term)
    )
    found = {term: figures for term, *figures in rows}
    return [TermFigures(term, *found.get(term.number, (0, 0, 0, 0, 0, None))) for term in terms_of(year)]


class WaitingLine(NamedTuple):
    """A visit, or a record (`whose` is “record”, `state` None), that waits for somebody.

    whose  what the visit is to them: “officer”, “adviser” or “head”
    id     the visit's, or the adviser's
    about  the school of a visit, or what the record is about
    """

    whose: str
    id: int
    adviser: str
    about: str
    state: S | None
    school_year: int | None
    term: int | None
    due_on: date

    @property
    def term_words(self) -> str:
        return Term(self.school_year or 0, self.term or 1).words


def waiting(user: User, now: datetime, until: date, most: int) -> list[WaitingLine]:
    """What waits for this person: visits, and for who keeps the register records that are due or late.

    Visits to plan show to their adviser, and records, until a day. One query.
    """
    visits, records = _visits_waiting(user, now, until), _records_due(user, now, until)
    both: Any = union_all(visits, records)
    found: Any = (both if KEEPERS & user.roles_on(london_date(now)) else visits).subquery()
    rows = db.session.execute(select(found).order_by(found.c.due, found.c.whose, found.c.id).limit(most))
    return [WaitingLine(*row) for row in rows]


def _visits_waiting(user: User, now: datetime, until: date) -> Any:
    day = london_date(now)
    mine = Adviser.account_id == user.id
    leading = AdviserVisit.school_id.in_(user.school_ids(day, leading=True))
    keeper = in_funds(user, KEEPERS, now, AdviserVisit.fund_id)
    to_plan = and_(AdviserVisit.state == S.TO_PLAN, AdviserVisit.due_on <= until)
    to_record = and_(AdviserVisit.state == S.PLANNED, AdviserVisit.planned_on <= day)
    missed = AdviserVisit.state == S.MISSED
    sooner = AdviserVisit.planned_on < AdviserVisit.due_on
    return (
        select(
            case((AdviserVisit.state == S.DONE, "head"), (mine, "adviser"), else_="officer").label("whose"),
            AdviserVisit.id,
            Adviser.name.label("adviser"),
            School.name.label("about"),
            AdviserVisit.state,
            AdviserVisit.school_year,
            AdviserVisit.term,
            case((sooner, AdviserVisit.planned_on), else_=AdviserVisit.due_on).label("due"),
        )
        .join(School, School.id == AdviserVisit.school_id)
        .join(Adviser, Adviser.id == AdviserVisit.adviser_id)
        .where(
            AdviserVisit.state.in_(list(WAITING)),
            has_advisers(AdviserVisit.fund_id),
            or_(
                and_(mine, or_(to_plan, to_record, missed)),
                and_(keeper, or_(is_late(day), missed)),
                and_(leading, AdviserVisit.state == S.DONE),
            ),
        )
    )


def _records_due(user: User, now: datetime, until: date) -> Any:
    """Records of those who still advise, which none renews."""
    return (
        select(literal("record"), Adviser.id, Adviser.name, AdviserRecord.what, *NOT_OF_A_VISIT)
        .add_columns(AdviserRecord.due_on)
        .join(Adviser, Adviser.id == AdviserRecord.adviser_id)
        .where(AdviserRecord.due_on <= until, is_current(), Adviser.left_at.is_(None))
        .where(has_advisers(Adviser.fund_id), in_funds(user, KEEPERS, now, Adviser.fund_id))
    )


# -- a school's page ------------------------------------------------------------------------------


class AdvisedSchool(NamedTuple):
    """What a school’s page says: who advises it, and its visits, the newest first."""

    allocations: Sequence[AdviserAllocation]
    visits: list[VisitRow]
    may_keep: bool


def advised(school: School, user: User, now: datetime) -> AdvisedSchool | None:
    """For its own people, those who read the register and its adviser; None where there is nothing."""
    allocations = db.session.scalars(
        select(AdviserAllocation)
        .join(Adviser)
        .where(AdviserAllocation.school_id == school.id, AdviserAllocation.ends_on.is_(None))
        .where(has_advisers(AdviserAllocation.fund_id))
        .where(
            or_(
                in_funds(user, READERS, now, AdviserAllocation.fund_id),
                AdviserAllocation.school_id.in_(user.school_ids(london_date(now))),
                Adviser.account_id == user.id,
            )
        )
        .options(joinedload(AdviserAllocation.adviser))
    ).all()
    newest = (column.desc() for column in BY_DUE)
    seen = _rows(AdviserVisit.school_id == school.id, sees_visit(user, now)).order_by(*newest).limit(PAGE)
    visits = [VisitRow(*row) for row in db.session.execute(seen)]
    if not (allocations or visits):
        return None
    return AdvisedSchool(allocations, visits, reads_all(user, now))
