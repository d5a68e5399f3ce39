"""Which papers and recommendations somebody reads, and which they write."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.board import OWNERS, BoardPaper, Recommendation
from fundflow.models.fund import Fund
from fundflow.models.person import RoleGrant, SeatPosition, User
from fundflow.models.person import RoleName as R
from fundflow.permissions import in_funds
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.recommendation import WAITING
from fundflow.workflow.working_days import london_date

WRITERS = (R.OFFICER, R.DEPUTY_OFFICER, R.CLERK)
READERS = (*WRITERS, R.FINANCE, R.IMPACT_OFFICER, R.AUDITOR, R.BOARD)
OF_DRAFTS = (*WRITERS, R.AUDITOR)
MOST = 100


def chaired(user: User, now: datetime) -> list[int]:
    """The funds whose panel this person chairs."""
    seats = user.seats_on(london_date(now))
    return sorted(seat.fund_id for seat in seats if seat.position is SeatPosition.CHAIR)


def reads_fund(user: User, now: datetime) -> ColumnElement[bool]:
    """Whether a fund's issued papers are for this person."""
    return or_(in_funds(user, READERS, now, Fund.id), Fund.id.in_(chaired(user, now)))


def funds_read(user: User, now: datetime) -> Sequence[Fund]:
    return db.session.scalars(select(Fund).where(reads_fund(user, now)).order_by(Fund.id)).all()


def funds_written(user: User, now: datetime) -> Sequence[Fund]:
    """The funds for which this person writes papers."""
    return db.session.scalars(
        select(Fund).where(in_funds(user, WRITERS, now, Fund.id)).order_by(Fund.id)
    ).all()


def papers(user: User, now: datetime) -> Sequence[BoardPaper]:
    """The papers this person reads, the latest first: issued ones, and drafts where they write or audit."""
    return db.session.scalars(
        select(BoardPaper)
        .join(BoardPaper.fund)
        .where(_reads(user, now))
        .order_by(BoardPaper.ends_on.desc(), BoardPaper.id.desc())
        .options(joinedload(BoardPaper.fund))
        .limit(MOST)
    ).all()


def newest_issued(user: User, now: datetime) -> BoardPaper | None:
    """The latest paper that is issued, of the funds whose papers this person reads; without its figures."""
    return db.session.scalar(
        select(BoardPaper)
        .join(BoardPaper.fund)
        .where(BoardPaper.state == PaperState.ISSUED, reads_fund(user, now))
        .order_by(BoardPaper.issued_at.desc(), BoardPaper.id.desc())
        .options(contains_eager(BoardPaper.fund), defer(BoardPaper.figures))
        .limit(1)
    )


def paper_of(number: int, user: User, now: datetime) -> BoardPaper | None:
    """A paper by its id, where this person reads it."""
    return db.session.scalar(
        select(BoardPaper).join(BoardPaper.fund).where(BoardPaper.id == number, _reads(user, now))
    )


def _reads(user: User, now: datetime) -> ColumnElement[bool]:
    issued = BoardPaper.state == PaperState.ISSUED
    return or_(issued & reads_fund(user, now), in_funds(user, OF_DRAFTS, now, BoardPaper.fund_id))


def published(number: int | None = None) -> Sequence[BoardPaper]:
    """The papers that everybody reads, the latest first."""
    query = select(BoardPaper).where(
        BoardPaper.published_at.is_not(None), BoardPaper.state == PaperState.ISSUED
    )
    if number is not None:
        query = query.where(BoardPaper.id == number)
    latest = query.order_by(BoardPaper.ends_on.desc(), BoardPaper.id.desc()).limit(MOST)
    return db.session.scalars(latest.options(joinedload(BoardPaper.fund))).all()


def writes(user: User, fund_id: int, now: datetime) -> bool:
    """Whether this person writes papers and recommendations of a fund."""
    return user.active and bool(roles_for(user, fund_id, london_date(now)) & set(WRITERS))


def recommendations(user: User, now: datetime) -> Sequence[Recommendation]:
    """The first that this person reads: what waits first, and of that what is due first."""
    return db.session.scalars(_recommendations(user, now).limit(MOST)).all()


def every_recommendation(user: User, now: datetime) -> Sequence[Recommendation]:
    """All that this person reads, in the same order, with their funds."""
    return db.session.scalars(_recommendations(user, now).options(contains_eager(Recommendation.fund))).all()


def _recommendations(user: User, now: datetime) -> Select[Recommendation]:
    return (
        select(Recommendation)
        .join(Recommendation.fund)
        .where(reads_fund(user, now))
        .order_by(Recommendation.state.not_in(WAITING), Recommendation.due_on, Recommendation.id)
    )


def open_recommendations(user: User, now: datetime) -> Sequence[Recommendation]:
    """Those that this person reads and that are neither answered with no nor done, the first due first."""
    return db.session.scalars(
        select(Recommendation)
        .join(Recommendation.fund)
        .where(reads_fund(user, now), Recommendation.state.in_(WAITING))
        .order_by(Recommendation.due_on, Recommendation.id)
        .limit(MOST)
    ).all()


def recommendation_of(number: int, user: User, now: datetime) -> Recommendation | None:
    return db.session.scalar(
        select(Recommendation)
        .join(Recommendation.fund)
        .where(Recommendation.id == number, or_(reads_fund(user, now), Recommendation.owner_id == user.id))
    )


def owners_of(fund: Fund, now: datetime) -> list[tuple[User, R]]:
    """Who may own a recommendation: staff of the fund, each with the first of their roles."""
    grants = db.session.scalars(
        select(RoleGrant)
        .join(RoleGrant.user)
        .where(RoleGrant.role.in_(OWNERS), User.active.is_(True))
        .where(or_(RoleGrant.fund_id == fund.id, RoleGrant.fund_id.is_(None)))
        .order_by(User.name, RoleGrant.id)
        .options(joinedload(RoleGrant.user))
    )
    day = london_date(now)
    found: dict[int, tuple[User, R]] = {}
    for grant in grants:
        if grant.is_valid_on(day):
            found.setdefault(grant.user_id, (grant.user, grant.role))
    return list(found.values())
