"""Whether a school may still submit a bid in its round, and what it is told of the closing."""

from datetime import date, datetime

from sqlalchemy import func, or_, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.working_days import london_date


def why_round_closed(bid: Bid, now: datetime) -> str | None:
    """None while this school may submit in the bid's round (perhaps let in late), else why not."""
    why = bid.round.why_closed(now)
    if not why or let_in_until(bid.round_id, bid.lead_school_id, now):
        return None
    return f"{why} {_whom_to_ask(bid.fund_id, london_date(now))}" if bid.round.has_closed(now) else why


def closing_words(bid: Bid, now: datetime) -> str:
    """By when a draft must be in, for its school; empty once it was sent."""
    if bid.state is not BidState.DRAFT:
        return ""
    words = bid.round.closing_words(now)
    dated = bid.round.closes_at is not None
    until = let_in_until(bid.round_id, bid.lead_school_id, now) if dated else None
    if until:
        return f"{words} {bid.lead_school.name} may submit until {moment_words(until)}."
    if not bid.round.has_closed(now):
        return words
    ask = _whom_to_ask(bid.fund_id, london_date(now))
    return f"{words} What you entered is kept, and you can still change it. {ask}"


def let_in_until(round_id: int, school_id: int, now: datetime) -> datetime | None:
    """The moment until which this school was let into this round, if it still may submit; else None."""
    return db.session.scalar(
        select(func.max(LateEntry.until)).where(
            LateEntry.round_id == round_id,
            LateEntry.school_id == school_id,
            LateEntry.until > now,
            LateEntry.ended_at.is_(None),
        )
    )


def _whom_to_ask(fund_id: int, day: date) -> str:
    """Who may let a school in late, as a sentence for the school."""
    names = db.session.scalars(
        select(User.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == RoleName.OFFICER,
            User.active.is_(True),
            RoleGrant.starts_on <= day,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
            or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id == fund_id),
        )
        .order_by(RoleGrant.id)
        .limit(2)
    ).all()
    named = f", {' or '.join(dict.fromkeys(names))}," if names else ""
    return f"Ask the liaison officer{named} whether your bid can still come in."
