"""What pages of concerns, caseloads and reviews of a term read: for staff, never of their own school."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, cast, exists, func, literal, not_, null, or_, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.area import Tier
from fundflow.models.caseload import CaseloadEntry, Concern, FocusEntry, TermReview
from fundflow.models.fund import Fund
from fundflow.models.inspection import Inspection
from fundflow.models.person import Membership, RoleGrant, User
from fundflow.models.school import School
from fundflow.models.target import SchoolTarget
from fundflow.permissions import in_funds
from fundflow.rules.caseloads import KEPT, due_on, is_kept, is_reviewed, officer_of
from fundflow.rules.concerns import Met, met_in, still_to_raise
from fundflow.schools.rules import KEEPERS, READERS, of_others, sees_tiers, why_not_keep
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.terms import Term, term_on
from fundflow.workflow.working_days import london_date

# -- who may --------------------------------------------------------------------------------------


def funds_read(user: User, now: datetime) -> list[Fund]:
    """The funds with caseloads whose schools this person may read about."""
    query = select(Fund).where(Fund.id.in_(KEPT), in_funds(user, READERS, now, Fund.id))
    return list(db.session.scalars(query.order_by(Fund.id)))


def fund_kept(school: School, user: User, now: datetime) -> Fund | None:
    """The fund for which this person keeps what the council holds of a school; None where there is none."""
    return db.session.scalar(
        select(Fund)
        .where(Fund.id.in_(KEPT), Fund.la_code == school.la_code, in_funds(user, KEEPERS, now, Fund.id))
        .order_by(Fund.id)
        .limit(1)
    )


def is_read(model: Any, user: User, now: datetime) -> ColumnElement[bool]:
    """Whether an entry is of a fund with caseloads whose entries this person reads."""
    found: ColumnElement[bool] = model.fund_id.in_(KEPT) & in_funds(user, READERS, now, model.fund_id)
    return found


def concern_by_id(number: int, user: User, now: datetime) -> Concern | None:
    """A concern this person may read: none about their own school or trust."""
    return db.session.scalar(
        select(Concern)
        .join(School)
        .where(Concern.id == number, is_read(Concern, user, now), of_others(user, now))
        .options(joinedload(Concern.school), joinedload(Concern.fund), joinedload(Concern.raised_by))
    )


# -- one school -----------------------------------------------------------------------------------


class SchoolCaseload(NamedTuple):
    """What the council holds of one school; entries the newest first.

    met      tests of a concern that it meets and no concern has dealt with, where it has no open concern
    officer  who looks after it
    brings   what each tier brings, by its number
    """

    fund: Fund
    concerns: Sequence[Concern]
    entries: Sequence[CaseloadEntry]
    focus: Sequence[FocusEntry]
    reviews: Sequence[TermReview]
    met: Sequence[Met]
    officer: str | None
    term: Term
    due_on: date
    may_keep: bool

    @property
    def is_reviewed(self) -> bool:
        """Whether it has been reviewed this term."""
        return any((one.school_year, one.term) == self.term for one in self.reviews)

    @property
    def brings(self) -> dict[int, str]:
        return brings_of(self.fund)


def caseload_of(
    school: School,
    user: User,
    now: datetime,
    targets: Iterable[SchoolTarget] = (),
    inspections: Iterable[Inspection] = (),
) -> SchoolCaseload | None:
    """None where nobody keeps caseloads of this school’s area, or this person may not read it.

    targets, inspections  of the school, the latter newest first: tests of a concern are looked for in them
    """
    if school.is_organisation or not sees_tiers(user, school, now):
        return None
    fund = next((one for one in funds_read(user, now) if one.la_code == school.la_code), None)
    if fund is None:
        return None
    concerns = _of(Concern, school, user, now)
    is_open = any(one.is_open for one in concerns)
    met = [] if is_open else met_in(fund, targets, inspections).get(school.id, [])
    term = term_on(london_date(now))
    return SchoolCaseload(
        fund,
        concerns,
        _of(CaseloadEntry, school, user, now, joinedload(CaseloadEntry.by)),
        _of(FocusEntry, school, user, now, joinedload(FocusEntry.by)),
        _of(TermReview, school, user, now, joinedload(TermReview.by)),
        still_to_raise(met, [(one.kind, one.ended_on) for one in concerns]),
        _officer(school),
        term,
        due_on(term, fund),
        why_not_keep(user, school, fund.id, now) is None,
    )


def _officer(school: School) -> str | None:
    """The name of who looks after a school."""
    query = select(User.name).join(School, officer_of(School) == User.id)
    return db.session.scalar(query.where(School.id == school.id))


def _of(model: Any, school: School, user: User, now: datetime, *options: Any) -> Sequence[Any]:
    query = select(model).where(model.school_id == school.id, is_read(model, user, now))
    return db.session.scalars(query.order_by(model.id.desc()).options(*options)).all()


def newest(model: Any, school: School, fund: Fund) -> Any:
    """The newest entry of a school, for one fund."""
    query = select(model).where(model.school_id == school.id, model.fund_id == fund.id)
    return db.session.scalar(query.order_by(model.id.desc()).limit(1))


def brings_of(fund: Fund) -> dict[int, str]:
    """What each tier brings, by its number; without those of which the fund says nothing."""
    texts = {int(tier): getattr(fund, f"tier_{int(tier)}_brings") for tier in Tier}
    return {number: text for number, text in texts.items() if text}


def funds_with_tiers(user: User, now: datetime) -> list[tuple[Fund, dict[int, str]]]:
    """The funds that say what a tier brings, as far as this person reads about their schools."""
    return [(fund, brings) for fund in funds_read(user, now) if (brings := brings_of(fund))]


# -- what is to be done ---------------------------------------------------------------------------

SCHOOLS, WITHOUT_OFFICER, TO_REVIEW, FOCUS = "schools", "without", "concern", "focus"


def to_review(user: User, now: datetime, fund: Fund) -> int:
    """How many schools of a fund this person looks after that have not been reviewed this term."""
    query = _unreviewed(user, now, [fund.id]).where(officer_of(School) == user.id)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def works_of_schools(user: User, now: datetime, until: date, most: int) -> list[Any]:
    """What waits for an officer, as queries of (kind, number, school, URN, day): how many schools are not
    reviewed this term, of theirs and of those that need an officer, and the reviews due by a day, also of
    the latter."""
    unreviewed = _unreviewed(user, now, select(Fund.id).where(in_funds(user, KEEPERS, now, Fund.id)))
    newest_of = select(func.max(FocusEntry.id)).group_by(FocusEntry.school_id, FocusEntry.fund_id)
    concerns = _due(TO_REVIEW, Concern, Concern.id, user, now, until, most)
    focus = _due(FOCUS, FocusEntry, literal(0), user, now, until, most)
    return [
        _count(SCHOOLS, unreviewed.where(officer_of(School) == user.id)),
        _count(WITHOUT_OFFICER, unreviewed.where(needs_officer(now))),
        concerns.where(Concern.state.in_([ConcernState.OPEN])),
        focus.where(FocusEntry.id.in_(newest_of)),
    ]


def _unreviewed(user: User, now: datetime, fund_ids: Any) -> Any:
    is_due = ~is_reviewed(term_on(london_date(now)))
    return select(School.id).where(is_kept(fund_ids), of_others(user, now), is_due)


def _count(kind: str, schools: Any) -> Any:
    return select(
        literal(kind).label("kind"),
        func.count().label("number"),
        literal("").label("title"),
        literal("").label("detail"),
        cast(null(), Date).label("due_on"),
    ).select_from(schools.subquery())


def _due(kind: str, model: Any, number: Any, user: User, now: datetime, until: date, most: int) -> Any:
    """Entries whose review is due, of schools that this person looks after, or nobody who may."""
    return (
        select(
            literal(kind).label("kind"),
            number.label("number"),
            School.name.label("title"),
            School.urn.label("detail"),
            model.review_on.label("due_on"),
        )
        .join(School, School.id == model.school_id)
        .where(model.review_on <= until, model.fund_id.in_(KEPT))
        .where(in_funds(user, KEEPERS, now, model.fund_id), of_others(user, now))
        .where(or_(officer_of(School) == user.id, needs_officer(now, model.fund_id)))
        .order_by(model.review_on, School.search_name)
        .limit(most)
    )


def needs_officer(now: datetime, fund_id: Any = None) -> ColumnElement[bool]:
    """Whether nobody looks after a school who may: who does is an officer of the fund today, and not of that
    school.

    fund_id  a column; None: any fund of the school's area that keeps caseloads
    """
    day, officer = london_date(now), officer_of(School)
    area = select(Fund.id).where(Fund.id.in_(KEPT), Fund.la_code == School.la_code).correlate(School)
    ours = exists().where(
        Membership.user_id == officer,
        Membership.school_id == School.id,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
    )
    held = exists().where(
        RoleGrant.user_id == officer,
        RoleGrant.role.in_(KEEPERS),
        or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id.in_(area if fund_id is None else [fund_id])),
        RoleGrant.starts_on <= day,
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
        RoleGrant.user.has(User.active.is_(True)),
    )
    return not_(held & ~ours)
