"""Visits of advisers as pages read them: lists, figures by term, what waits, and a school's page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, func, literal, null, or_, select, union_all
from sqlalchemy.orm import joinedload

from fundflow.actors import OFFICERS, roles_for
from fundflow.advisers.queries import PAGE, READERS, advises_as, has_advisers, is_current, reads_all
from fundflow.extensions import db
from fundflow.models.adviser import Adviser, AdviserAllocation, AdviserRecord, AdviserVisit
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import in_funds
from fundflow.rules.advising import mean_words
from fundflow.web.paging import Page, comes_after, enum_member, page_of_rows, row_id
from fundflow.workflow.adviser_visit import AHEAD, NOT_KEPT, TOOK_PLACE, WAITING
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.terms import Term, term_on, terms_of
from fundflow.workflow.working_days import london_date, school_year

BY_DUE = (AdviserVisit.due_on, AdviserVisit.id)
ENTRY = "entry"  # a row that says no more than that somebody is in the register
NOT_OF_A_VISIT: tuple[Any, ...] = (null(), null(), null())  # a record has no state, year and term


def sees_visit(user: User, now: datetime) -> ColumnElement[bool]:
    """Visits of one’s funds, to one’s schools, and to those that one advises now."""
    if not user.active:
        return false()
    return and_(
        has_advisers(AdviserVisit.fund_id),
        or_(
            in_funds(user, READERS, now, AdviserVisit.fund_id),
            AdviserVisit.school_id.in_(user.school_ids(london_date(now))),
            is_own(user),
        ),
    )


def is_own(user: User) -> ColumnElement[bool]:
    """Visits to schools that this person advises now, not once the allocation has ended or they have left."""
    now_theirs = select(AdviserAllocation.id).join(Adviser, Adviser.id == AdviserAllocation.adviser_id)
    now_theirs = now_theirs.where(advises_as(user), AdviserAllocation.ends_on.is_(None))
    return AdviserVisit.allocation_id.in_(now_theirs)


def reads_feedback(user: User, visit: AdviserVisit, now: datetime) -> bool:
    """Whether this person reads what the school said: staff of the fund and the school, never the adviser."""
    day = london_date(now)
    theirs = visit.school_id in user.school_ids(day) or bool(READERS & roles_for(user, visit.fund_id, day))
    return theirs and visit.adviser.account_id != user.id


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
    """The rows of the CSV file. Feedback stands there for those alone who may read it."""
    own = func.coalesce(Adviser.account_id, 0) == user.id
    reads = and_(in_funds(user, READERS, now, AdviserVisit.fund_id), ~own)
    query = _listed(wanted, user, now).add_columns(reads).order_by(*BY_DUE)
    for *row, staff in db.session.execute(query):
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
    """Visits of one term: still to do, done, missed; of the missed those made up for; the mean usefulness,
    and how many schools it is of."""

    term: Term
    to_do: int
    done: int
    missed: int
    caught_up: int
    answered: int
    responses: int
    mean: Any

    @property
    def mean_words(self) -> str:
        return mean_words(self.mean, self.responses, self.answered)


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
            func.count(case((AdviserVisit.usefulness.is_not(None), AdviserVisit.school_id)).distinct()),
            func.count(AdviserVisit.usefulness),
            func.avg(AdviserVisit.usefulness * Decimal(1)),
        )
        .where(AdviserVisit.school_year == year, has_advisers(AdviserVisit.fund_id))
        .where(in_funds(user, READERS, now, AdviserVisit.fund_id))
        .group_by(AdviserVisit.term)
    )
    found = {term: figures for term, *figures in rows}
    return [TermFigures(term, *found.get(term.number, (0, 0, 0, 0, 0, 0, None))) for term in terms_of(year)]


class WaitingLine(NamedTuple):
    """A visit, or a record (`whose` is “record”, `state` None), that waits for somebody.

    whose  what the visit is to them: “officer”, “adviser”, “coming” (their own, on a later day) or “head”
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


def waiting(user: User, now: datetime, until: date, most: int) -> tuple[list[WaitingLine], bool]:
    """What waits for this person: visits, and for who keeps the register records that are due or late; and
    whether they are an adviser.

    Visits to plan and to come show to their adviser, and records, until a day. One query.
    """
    visits, records = _visits_waiting(user, now, until), _records_due(user, now, until)
    both: Any = union_all(visits, records)
    found: Any = (both if OFFICERS & user.roles_on(london_date(now)) else visits).subquery()
    first = select(found).order_by(found.c.due, found.c.whose, found.c.id).limit(most).subquery()
    entries = select(literal(ENTRY), Adviser.id, Adviser.name, literal(""), *NOT_OF_A_VISIT)
    entries = entries.add_columns(literal(london_date(now)))
    entries = entries.where(advises_as(user), has_advisers(Adviser.fund_id))
    rows = [WaitingLine(*row) for row in db.session.execute(union_all(select(first), entries))]
    return [row for row in rows if row.whose != ENTRY], any(row.whose == ENTRY for row in rows)


def _visits_waiting(user: User, now: datetime, until: date) -> Any:
    """An adviser's of this term stand there from its beginning."""
    day = london_date(now)
    until = max(until, term_on(day).ends_on(frozenset()))
    mine = is_own(user)
    leading = AdviserVisit.school_id.in_(user.school_ids(day, leading=True))
    keeper = in_funds(user, OFFICERS, now, AdviserVisit.fund_id)
    to_plan = and_(AdviserVisit.state == S.TO_PLAN, AdviserVisit.due_on <= until)
    planned = and_(AdviserVisit.state == S.PLANNED, AdviserVisit.planned_on <= until)
    coming = and_(mine, AdviserVisit.state == S.PLANNED, AdviserVisit.planned_on > day)
    missed = AdviserVisit.state == S.MISSED
    whose = case(
        (AdviserVisit.state == S.DONE, "head"), (coming, "coming"), (mine, "adviser"), else_="officer"
    )
    sooner = or_(coming, AdviserVisit.planned_on < AdviserVisit.due_on)
    return (
        select(
            whose.label("whose"),
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
                and_(mine, or_(to_plan, planned, missed)),
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
        .where(has_advisers(Adviser.fund_id), in_funds(user, OFFICERS, now, Adviser.fund_id))
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
                advises_as(user),
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
