"""Concerns about a school: raised, reviewed and ended."""

from datetime import date, datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.caseload import Concern, ConcernKind
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.schools.rules import why_not_keep
from fundflow.steps import AlreadyTaken, lock, lock_row, require_step, take_step
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date, months_after

MOST_MONTHS = 12  # a review lies within a year


def raise_concern(
    school: School,
    fund: Fund,
    *,
    kind: ConcernKind,
    reason: str,
    review_on: date,
    user: User,
    now: datetime,
) -> Concern:
    """Raise a concern. Raises Refused where one of this kind is open, AlreadyTaken at a second click."""
    refuse_if(why_not_keep(user, school, fund.id, now))
    refuse_if(_why_not_on(review_on, now))
    lock_row(school)
    known = db.session.scalar(
        select(Concern).where(
            Concern.fund_id == fund.id,
            Concern.school_id == school.id,
            Concern.kind == kind,
            Concern.state.in_([ConcernState.OPEN]),
        )
    )
    if known is not None:
        same = (known.reason, known.review_on, known.raised_by_id) == (reason, review_on, user.id)
        raise AlreadyTaken if same else Refused("A concern of this kind is open. Review that one instead.")
    concern = Concern(
        fund=fund,
        school=school,
        kind=kind,
        reason=reason,
        review_on=review_on,
        raised_at=now,
        raised_by=user,
        state_since=now,
    )
    db.session.add(concern)
    db.session.flush()  # its entry points at it
    given = {"kind": kind, "reason": reason, "review_on": review_on}
    take_step(concern, "raise", user=user, now=now, given=given)
    db.session.commit()
    return concern


def review(
    concern: Concern, *, found: str, review_on: date, user: User, now: datetime, version: int | None
) -> None:
    """Record what was found, and when it is reviewed next."""
    lock(concern, version, step="review", user=user)
    require_step(concern, "review", user, now)
    refuse_if(_why_not_on(review_on, now))
    given = {"found": found, "review_on": review_on}
    also = {**given, "reviewed_on": london_date(now)}
    take_step(concern, "review", user=user, now=now, version=version, given=given, also=also, locked=True)
    db.session.commit()


def end(concern: Concern, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    take_step(
        concern,
        "end",
        user=user,
        now=now,
        version=version,
        given={"reason": reason},
        also={"end_reason": reason},
    )
    db.session.commit()


def _why_not_on(review_on: date, now: datetime) -> str | None:
    """Why a review can't be due on this day; None where it can."""
    today = london_date(now)
    if today < review_on <= months_after(today, MOST_MONTHS):
        return None
    return "The next review must be after today, and at most a year ahead."
