"""Advisers: the plan of a school's visits, who may be allocated to it, and when feedback is chased."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Integer, cast, exists, func, select
from sqlalchemy.orm import object_session

from fundflow.models.adviser import Adviser, AdviserAllocation, AdviserVisit
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.feedback import ENOUGH
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.terms import spread
from fundflow.workflow.working_days import add_working_days, london_date


def visits_of_year(allocation: AdviserAllocation, year: int) -> Iterator[AdviserVisit]:
    """The plan of one school year: its visits spread over the terms, due by the last school day of each;
    none for a term that ended before the allocation began."""
    off = allocation.fund.schools_off
    for number, term in enumerate(spread(allocation.visits, year), 1):
        due_on = term.ends_on(off)
        if due_on >= allocation.starts_on:
            yield AdviserVisit(
                allocation=allocation,
                fund=allocation.fund,
                adviser=allocation.adviser,
                school=allocation.school,
                school_year=year,
                term=term.number,
                number=number,
                due_on=due_on,
            )


def why_not_advise(adviser: Adviser, school: School, visits: int, promised: int) -> str | None:
    """Why this adviser may not be allocated to a school; `promised`: their visits a year elsewhere."""
    own = adviser.school
    if adviser.left_at:
        return f"{adviser.name} no longer advises."
    if own and own.id == school.id:
        return f"{adviser.name} works at {school.name}, so can’t advise it."
    if own and own.trust_id and own.trust_id == school.trust_id:
        return f"{adviser.name} works in the trust of {school.name}, so can’t advise it."
    if promised + visits > adviser.half_days:
        left = max(adviser.half_days - promised, 0)
        return f"{adviser.name} has {left} of {adviser.half_days} half days a year left, not {visits}."
    return None


def advises(user: User) -> bool:
    """Whether this person is an adviser of a fund, and has not left."""
    session = object_session(user)
    theirs = exists().where(Adviser.account_id == user.id, Adviser.left_at.is_(None))
    theirs = theirs.where(Adviser.fund_id == Fund.id, Fund.has_advisers)
    return bool(session and session.scalar(select(theirs)))


def next_ask(visit: AdviserVisit) -> date:
    """The day on which feedback is chased, or after that is recorded as not given."""
    return add_working_days(
        london_date(visit.chased_at or visit.state_since), visit.fund.feedback_days, visit.fund.schools_off
    )


class VisitAverages(NamedTuple):
    """What schools say of an adviser's visits: a mean from 1 to 5, and how many visits helped."""

    responses: int
    usefulness: Decimal
    helped: int


def mean_words(mean: Any, responses: int, schools: int) -> str:
    """“3.7 of 5 (3)”: a mean usefulness and its answers, once `ENOUGH` schools have answered."""
    if schools < ENOUGH:
        return "Too few schools yet" if responses else "None yet"
    return f"{Decimal(str(mean)):.1f} of 5 ({responses})"


def averages_of_adviser(adviser: Adviser) -> VisitAverages | None:
    """Over all visits; None while fewer than `ENOUGH` schools have answered."""
    session = object_session(adviser)
    if session is None:
        return None
    schools, responses, mean, helped = session.execute(
        select(
            func.count(AdviserVisit.school_id.distinct()),
            func.count(),
            func.avg(AdviserVisit.usefulness * Decimal(1)),
            func.sum(cast(AdviserVisit.helped, Integer)),
        ).where(AdviserVisit.adviser_id == adviser.id, AdviserVisit.state == AdviserVisitState.RATED)
    ).one()
    if schools < ENOUGH:
        return None
    return VisitAverages(responses, round(Decimal(str(mean)), 1), int(helped))
