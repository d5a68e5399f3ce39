"""Bids that an officer enters for a school, from a call or a Word form.

The officer fills the same form and submits it for the school; the head of the school agrees later,
or submits it in the ordinary way before that. Without the head it never reaches the panel.
"""

from datetime import datetime

from sqlalchemy import or_, select

from fundflow.actors import is_officer_of
from fundflow.applications import asking
from fundflow.applications.operations import begin, freeze, officer_due
from fundflow.drafts import begin_draft
from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.fund import Fund
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import User
from fundflow.models.review import SubmissionKind
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you


def rounds_to_enter(user: User, now: datetime) -> list[Round]:
    """The rounds into which this officer may enter a bid today, the newest first: those that are
    open, and those into which a school was let in late."""
    late = select(LateEntry.round_id).where(LateEntry.until > now, LateEntry.ended_at.is_(None))
    rounds = db.session.scalars(
        select(Round)
        .join(Fund)
        .where(~Round.is_draft, or_(Round.closes_at.is_(None), Round.closes_at > now, Round.id.in_(late)))
        .order_by(Round.id.desc())
    )
    return [
        r for r in rounds if is_officer_of(user, r.fund_id, now) and (not r.opens_at or r.opens_at <= now)
    ]


def enter_bid(
    *,
    user: User,
    school: School,
    round_: Round,
    came_from: str,
    now: datetime,
    origin: Origin = Origin.ENTERED,
) -> Bid:
    """A draft for a school that did not begin it itself; a second click returns the first one's.

    came_from  what it was entered from, or why the support is commissioned
    Raises Refused where this person, school or round may not.
    """
    if not is_officer_of(user, round_.fund_id, now):
        raise Refused(f"Only {Actor.OFFICER.words} can do this.")
    draft = begin_draft(
        user=user, school=school, round_=round_, now=now, origin=origin, origin_note=came_from
    )
    if bar := bar_of(draft, user, now):
        raise Refused(f"You can’t enter this bid: {bar_to_you(bar)}. Ask a deputy.")
    db.session.commit()
    return draft


def submit_on_behalf(bid: Bid, *, why_odd: str = "", user: User, now: datetime, version: int | None) -> None:
    """Freeze the bid, ask partners and approver as ever, and ask the head of the school to agree."""
    begin(bid, "submit_on_behalf", user, now, version)
    freeze(bid, SubmissionKind.SUBMITTED, user, now, why_odd)
    asking.ask_everybody(bid, now)
    asking.ask_head(bid, now)
    bid.submitted_at = now
    bid.due_on = officer_due(bid, now)
    take_step(bid, "submit_on_behalf", user=user, now=now, version=version)
    db.session.commit()


def discard(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """End a draft that was entered or commissioned by mistake; its school, which saw it, is told."""
    begin(bid, "discard", user, now, version)
    bid.due_on = None
    take_step(bid, "discard", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()
