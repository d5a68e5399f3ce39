"""Entries of good practice: who reads which, and those of a fund as its officers keep them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from fundflow.actors import roles_for
from fundflow.brokering.providers import READERS
from fundflow.brokering.queries import BROKERS
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.practice import PracticeEntry
from fundflow.models.school import School
from fundflow.permissions import in_funds
from fundflow.rules.school_queries import OFFERED_STATUSES
from fundflow.web.paging import Page, newest_first, page_of
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.working_days import london_date

PAGE = 25
IS_ON = Fund.shares_practice.is_(True)


def entries() -> Any:
    """Those of funds that share good practice, with their schools; to narrow further."""
    return (
        select(PracticeEntry)
        .join(School, School.id == PracticeEntry.school_id)
        .join(Fund, Fund.id == PracticeEntry.fund_id)
        .where(IS_ON)
        .options(
            joinedload(PracticeEntry.school),
            joinedload(PracticeEntry.measure),
            joinedload(PracticeEntry.fund),
        )
    )


def is_shown() -> ColumnElement[bool]:
    """Whether other schools read it: its head agreed, and the school is open."""
    agreed = PracticeEntry.state == PracticeState.AGREED
    return and_(agreed, School.status_code.in_(OFFERED_STATUSES))


def sees_entry(user: User, now: datetime) -> ColumnElement[bool]:
    """Those that are shown to all; of others the school's people read its own, the council's those of their
    funds."""
    mine = user.school_ids(london_date(now))
    own = or_(School.id.in_(mine), School.succeeded_by_id.in_(mine))
    return or_(is_shown(), own, in_funds(user, READERS, now, PracticeEntry.fund_id))


def entry_by_id(number: int, user: User, now: datetime) -> PracticeEntry | None:
    """An entry this person may read, else None."""
    query = entries().where(PracticeEntry.id == number, sees_entry(user, now))
    found: PracticeEntry | None = db.session.scalar(query)
    return found


def reads_all(user: User, now: datetime) -> bool:
    """Whether this person reads the entries of a fund that are not in the directory."""
    return bool(user.roles_on(london_date(now)) & READERS)


def reads_history(entry: PracticeEntry, user: User, now: datetime) -> bool:
    """Whether this person reads for the entry’s fund what was done with it."""
    return user.active and bool(roles_for(user, entry.fund_id, london_date(now)) & READERS)


def every_entry(
    state: PracticeState | None, user: User, now: datetime, after: int | None
) -> Page[PracticeEntry]:
    """The entries of this person's funds in any state, the newest first."""
    query = entries().where(in_funds(user, READERS, now, PracticeEntry.fund_id))
    if state:
        query = query.where(PracticeEntry.state == state)
    return page_of(newest_first(query, PracticeEntry.id, after), PAGE)


def funds_of(user: User, now: datetime) -> list[Fund]:
    """The funds whose entries this person keeps."""
    query = select(Fund).where(IS_ON, in_funds(user, BROKERS, now, Fund.id))
    return list(db.session.scalars(query.order_by(Fund.id)))


def measures_of(funds: list[Fund]) -> list[Measure]:
    """The measures that a figure may be of."""
    query = select(Measure).where(Measure.fund_id.in_([fund.id for fund in funds]))
    return list(
        db.session.scalars(query.where(Measure.retired.is_(False)).order_by(Measure.name, Measure.id))
    )
