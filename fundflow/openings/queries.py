"""What the pages of awards already running read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.opening import Opening, OpeningAward
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.openings.operations import ENTERERS
from fundflow.permissions import in_funds
from fundflow.rules.openings import Entered
from fundflow.workflow.opening import OpeningState

READERS = (*ENTERERS, R.AUDITOR)
LATEST = 50


def funds_to_enter(user: User, now: datetime) -> Sequence[Fund]:
    """The funds of which this person may enter awards."""
    return db.session.scalars(
        select(Fund).where(in_funds(user, ENTERERS, now, Fund.id)).order_by(Fund.id)
    ).all()


def latest(user: User, now: datetime) -> Sequence[Opening]:
    """The newest entries of the funds this person reads, with their awards."""
    query = (
        select(Opening)
        .where(in_funds(user, READERS, now, Opening.fund_id))
        .options(joinedload(Opening.entered_by), selectinload(Opening.awards))
    )
    return db.session.scalars(query.order_by(Opening.id.desc()).limit(LATEST)).all()


def opening_by_id(number: int, user: User, now: datetime) -> Opening | None:
    """One that this person reads, with its awards and their bids."""
    awards = selectinload(Opening.awards)
    query = select(Opening).where(Opening.id == number, in_funds(user, READERS, now, Opening.fund_id))
    return db.session.scalar(query.options(awards.joinedload(OpeningAward.bid)))


def schools_of(awards: Sequence[OpeningAward | Entered]) -> dict[int, School]:
    """The schools that the lines of these awards name, by id."""
    ids = {line.school_id for award in awards for line in award.lines}
    return {school.id: school for school in db.session.scalars(select(School).where(School.id.in_(ids)))}


def refused_by(opening: Opening) -> HistoryEntry | None:
    """The entry by which it was refused."""
    return db.session.scalar(
        select(HistoryEntry).where(
            HistoryEntry.process == opening.workflow.name,
            HistoryEntry.record_id == opening.id,
            HistoryEntry.step == "refuse",
        )
    )


def waiting_for(user: User, now: datetime, most: int) -> Sequence[Opening]:
    """What this finance officer can confirm: nothing they entered themselves."""
    query = (
        select(Opening)
        .where(in_funds(user, (R.FINANCE,), now, Opening.fund_id))
        .where(Opening.state == OpeningState.PROPOSED, Opening.entered_by_id != user.id)
        .options(selectinload(Opening.awards))
    )
    return db.session.scalars(query.order_by(Opening.id).limit(most)).all()
