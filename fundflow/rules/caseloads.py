"""Who of the council looks after a school, and which schools are to be reviewed in a term."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.area import Patch
from fundflow.models.caseload import CaseloadEntry, TermReview
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.rules.school_queries import OFFERED_STATUSES
from fundflow.workflow.terms import Term

KEPT = select(Fund.id).where(Fund.keeps_caseloads.is_(True))  # the funds that use this part of the service


def officer_of(school: Any = School) -> Any:
    """The id of who looks after a school: whom its newest caseload entry names, else its patch's link
    officer."""
    named = (
        select(CaseloadEntry.officer_id)
        .where(CaseloadEntry.school_id == school.id, CaseloadEntry.fund_id.in_(KEPT))
        .order_by(CaseloadEntry.id.desc())
        .limit(1)
        .correlate(school)
        .scalar_subquery()
    )
    link = select(Patch.officer_id).where(Patch.id == school.patch_id).correlate(school).scalar_subquery()
    return func.coalesce(named, link)


def entries_naming(person_id: int) -> list[CaseloadEntry]:
    """The newest caseload entries of schools that name this person."""
    query = select(CaseloadEntry).where(_counts(), CaseloadEntry.officer_id == person_id)
    query = query.order_by(CaseloadEntry.id).options(joinedload(CaseloadEntry.school))
    return list(db.session.scalars(query))


def officers_named() -> Any:
    """The ids of those whom the newest caseload entries of schools name, as a query."""
    return select(CaseloadEntry.officer_id).where(_counts(), CaseloadEntry.officer_id.is_not(None))


def _counts() -> ColumnElement[bool]:
    """Whether an entry is the newest of its school, for a fund that keeps caseloads."""
    newest = select(func.max(CaseloadEntry.id)).group_by(CaseloadEntry.fund_id, CaseloadEntry.school_id)
    return and_(CaseloadEntry.id.in_(newest), CaseloadEntry.fund_id.in_(KEPT))


def is_kept(fund_ids: Any, school: Any = School) -> ColumnElement[bool]:
    """Whether a school is one of these funds' area that the council looks after."""
    return and_(
        school.la_code.in_(select(Fund.la_code).where(Fund.id.in_(fund_ids), Fund.id.in_(KEPT))),
        school.is_organisation.is_(False),
        school.status_code.in_(OFFERED_STATUSES),
    )


def is_reviewed(term: Term, school: Any = School) -> ColumnElement[bool]:
    """Whether a school has been reviewed in a term."""
    return exists().where(
        TermReview.school_id == school.id,
        TermReview.fund_id.in_(KEPT),
        TermReview.school_year == term.year,
        TermReview.term == term.number,
    )


def due_on(term: Term, fund: Fund) -> date:
    """By when a term's reviews are to be done."""
    return term.ends_on(fund.schools_off)
