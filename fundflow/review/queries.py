"""What the officer's pages show."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, Partner
from fundflow.models.impact import ImpactReturn
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleGrant, User
from fundflow.models.review import Review, ReviewRequest
from fundflow.models.school import School
from fundflow.permissions import may_see
from fundflow.review.rules import OFFICERS
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

# Everything the review page shows of a bid, in a number of queries that rows don't change.
REVIEW_PAGE: tuple[Any, ...] = (
    joinedload(Bid.priority),
    joinedload(Bid.round),
    joinedload(Bid.review).joinedload(Review.updated_by),
    joinedload(Bid.review).selectinload(Review.checks),
    joinedload(Bid.lead_school).selectinload(School.premiums),
    selectinload(Bid.partners).joinedload(Partner.school).selectinload(School.premiums),
    selectinload(Bid.backfill_lines),
    selectinload(Bid.cost_lines),
    selectinload(Bid.confirmations),
    selectinload(Bid.queries),
    selectinload(Bid.review_requests),
)

LIVE = tuple(
    state for state in BidState
    if state not in (BidState.DRAFT, BidState.WITHDRAWN, BidState.INELIGIBLE, BidState.NOT_FUNDED,
                     BidState.NOT_TAKEN_UP, BidState.CLOSED, BidState.TERMINATED)
)  # fmt: skip
NOT_IN_YET = (ReturnState.SCHEDULED, ReturnState.DUE, ReturnState.RETURNED)
SHOWN = 5  # references named beside a checklist item


class PastRates(NamedTuple):
    """Day rates of the fund's awarded bids: their sum in pence, over so many lines of backfill."""

    pence: int
    lines: int


def past_rates(bid: Bid) -> PastRates:
    """The day rates of all awarded bids of the fund, without this one."""
    pence, lines = db.session.execute(
        select(func.sum(BackfillLine.day_rate_pence), func.count())
        .join(Bid, BackfillLine.bid_id == Bid.id)
        .where(Bid.fund_id == bid.fund_id, Bid.id != bid.id, Bid.awarded_pence.is_not(None))
    ).one()
    return PastRates(int(pence or 0), lines)


def other_live_bids(bid: Bid, user: User, now: datetime) -> list[str]:
    """References of other live bids of the same schools which this person may see, newest first."""
    ids = [school.id for school in bid.schools]
    takes_part = exists().where(Partner.bid_id == Bid.id, Partner.school_id.in_(ids))
    return list(db.session.scalars(
        select(Bid.reference)
        .where(Bid.id != bid.id, Bid.state.in_(LIVE), may_see(user, now))
        .where(or_(Bid.lead_school_id.in_(ids), takes_part))
        .order_by(Bid.id.desc()).limit(SHOWN)
    ))  # fmt: skip


def overdue_reports(bid: Bid, today: date) -> list[tuple[str, date]]:
    """(reference, due date) of reports the same schools owe for bids they led, oldest first."""
    return list(db.session.execute(
        select(Bid.reference, ImpactReturn.due_on).join(ImpactReturn, ImpactReturn.bid_id == Bid.id)
        .where(Bid.lead_school_id.in_([school.id for school in bid.schools]))
        .where(ImpactReturn.state.in_(NOT_IN_YET), ImpactReturn.due_on < today)
        .where(Bid.state != BidState.TERMINATED)
        .order_by(ImpactReturn.due_on).limit(SHOWN)
    ).all())  # fmt: skip


def meetings_that_take_bids(fund_id: int, now: datetime) -> list[Meeting]:
    """The fund's meetings that lie ahead and still take bids, soonest first."""
    return list(db.session.scalars(
        select(Meeting)
        .where(Meeting.fund_id == fund_id, Meeting.starts_at >= now)
        .where(Meeting.state.in_((MeetingState.PLANNED, MeetingState.PAPERS_ISSUED)))
        .order_by(Meeting.starts_at, Meeting.id).limit(20)
    ))  # fmt: skip


def officers_for(bid: Bid, day: date) -> list[User]:
    """The officers and deputies of the bid's fund, by name."""
    grants = db.session.scalars(
        select(RoleGrant).join(User).options(joinedload(RoleGrant.user))
        .where(RoleGrant.role.in_(OFFICERS), User.active.is_(True))
        .where(or_(RoleGrant.fund_id == bid.fund_id, RoleGrant.fund_id.is_(None)))
    )  # fmt: skip
    held = {grant.user for grant in grants if grant.holds_on(day)}
    return sorted(held, key=lambda user: (user.name, user.id))


def unbarred_officers(bid: Bid, now: datetime) -> list[User]:
    """Those of them who may handle this bid; a handful, so each is asked."""
    return [user for user in officers_for(bid, london_date(now)) if not bid.why_barred(user, now)]


def heard(requests: Iterable[ReviewRequest]) -> dict[int, str]:
    """Who heard the school's requests: person id → name."""
    ids = {request.heard_by_id for request in requests} - {None}
    if not ids:
        return {}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
