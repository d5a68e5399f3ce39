"""Concerns about a school: raised, reviewed and ended."""

from datetime import date, datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.caseload import Concern, ConcernKind
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.concerns import met_by
from fundflow.schools.rules import why_not_keep
from fundflow.steps import AlreadyTaken, lock, lock_row, require_step, take_step
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date, months_after

MOST_MONTHS = 12  # a review lies within a year
INSTEAD = "Select an officer’s judgement instead."
NOT_MET = {
    ConcernKind.FLOOR: f"No figure of this school lies beyond a measure’s floor. {INSTEAD}",
    ConcernKind.INSPECTION: f"No inspection of this school has such an outcome. {INSTEAD}",
}


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
    """Raise a concern. Raises Refused where one of this kind is open, or where the school meets no test of
    its kind, and AlreadyTaken at a second click."""
    concern = add_concern(school, fund, kind=kind, reason=reason, review_on=review_on, user=user, now=now)
    db.session.commit()
    return concern


def has_open_concern(school: School, fund: Fund) -> bool:
    query = select(Concern.id).where(Concern.fund_id == fund.id, Concern.school_id == school.id)
    return db.session.scalar(query.where(Concern.state.in_([ConcernState.OPEN])).limit(1)) is not None


def add_concern(
    school: School,
    fund: Fund,
    *,
    kind: ConcernKind,
    reason: str,
    review_on: date,
    user: User,
    now: datetime,
) -> Concern:
    """As `raise_concern`, within the transaction of another entry. The tests that the school meets stand
    before the reason."""
    refuse_if(why_not_keep(user, school, fund.id, now))
    refuse_if(_why_not_on(review_on, now))
    lock_row(school)
    if kind in NOT_MET:
        met = [one.words for one in met_by(fund, [school.id]).get(school.id, []) if one.kind is kind]
        if not met:
            raise Refused(NOT_MET[kind])
        reason = "\n".join([*met, reason])
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
