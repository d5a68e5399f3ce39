"""Correcting what was earned on a line before its award was entered here: asked for by one finance officer,
confirmed by another."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow import ledger
from fundflow.extensions import db
from fundflow.letters import write_for_step
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.permissions import in_funds, sees_as_staff
from fundflow.reconciling import bring_claims_down, reconcile
from fundflow.rules.award_sums import is_settled
from fundflow.rules.openings import earned_before, opening_of, why_not_earned
from fundflow.steps import AlreadyTaken, lock, take_step, why_no_step
from fundflow.workflow.earned_correction import EARNED_CORRECTION, EarnedCorrectionState
from fundflow.workflow.engine import Refused, refuse_if

ASKED_ALREADY = "A correction of this line waits for another finance officer already."
NO_CHANGE = "This is what stands here already."


def corrections_of(bids: Sequence[int]) -> Sequence[EarnedCorrection]:
    """Every correction of these bids (their ids), the oldest first."""
    query = select(EarnedCorrection).where(EarnedCorrection.bid_id.in_(bids)).order_by(EarnedCorrection.id)
    people = (joinedload(EarnedCorrection.asked_by), joinedload(EarnedCorrection.confirmed_by))
    return db.session.scalars(query.options(joinedload(EarnedCorrection.line), *people)).all()


def correction_by_id(number: int, user: User, now: datetime) -> EarnedCorrection | None:
    """One of an award that this person reads."""
    found = db.session.get(EarnedCorrection, number)
    return found if found and sees_as_staff(user, found.bid, now) else None


def waiting_for(user: User, now: datetime, most: int) -> Sequence[EarnedCorrection]:
    """What this finance officer can confirm: nothing they asked for themselves."""
    query = (
        select(EarnedCorrection)
        .join(Bid, Bid.id == EarnedCorrection.bid_id)
        .where(EarnedCorrection.state == EarnedCorrectionState.PROPOSED)
        .where(EarnedCorrection.asked_by_id != user.id, in_funds(user, (R.FINANCE,), now, Bid.fund_id))
    )
    return db.session.scalars(query.order_by(EarnedCorrection.id).limit(most)).all()


def why_no_correction(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may ask for a correction of what was earned before, else the sentence."""
    return why_no_step(EarnedCorrection(bid=bid), "propose", user, now)


def propose(
    line: AwardLine, *, right: int, reason: str, user: User, now: datetime, version: int | None
) -> EarnedCorrection:
    """Say what was earned on a line in truth. Raises Refused, AlreadyTaken at the second click on a page, and
    Stale where the bid changed since.

    right  half days, or pence of another cost
    """
    bid = line.award.bid
    lock(bid, None)
    waits = (EarnedCorrection.line_id == line.id, EarnedCorrection.state == EarnedCorrectionState.PROPOSED)
    for one in db.session.scalars(select(EarnedCorrection).where(*waits)):
        if (one.asked_by_id, one.right, one.reason) == (user.id, right, reason):
            raise AlreadyTaken
        raise Refused(ASKED_ALREADY)
    lock(bid, version)
    opening, was = opening_of(bid), earned_before(bid).get(line.id, 0)
    if opening is None or right == was:
        raise Refused(NO_CHANGE)
    refuse_if(why_not_earned(line, right))
    correction = EarnedCorrection(
        bid=bid,
        line=line,
        up_to=opening.up_to,
        was=was,
        half_days=right - was if line.is_days else None,
        pence=None if line.is_days else right - was,
        reason=reason,
        asked_at=now,
        asked_by_id=user.id,
    )
    db.session.add(correction)
    db.session.flush()  # the step locks its row
    given = {"right": right, "reason": reason}
    take_step(correction, "propose", user=user, now=now, given=given)
    db.session.commit()
    return correction


def confirm(correction: EarnedCorrection, *, user: User, now: datetime, version: int | None) -> None:
    """The difference counts; what is due or comes back is worked out again. On a settled award more is
    awarded again, of what went back to the fund; raises Refused where the fund can't bear it."""
    bid, row = correction.bid, EARNED_CORRECTION.find("confirm", EarnedCorrectionState.PROPOSED)
    told = take_step(
        correction,
        "confirm",
        user=user,
        now=now,
        version=version,
        also={"confirmed_at": now, "confirmed_by": user},
        unwritten=row.emails,
    )
    db.session.flush()  # the sums are asked of the database
    if is_settled(bid):
        ledger.award_again(bid, told, user)
    bring_claims_down(bid, now)
    reconcile(bid, told, None, now)
    write_for_step(correction, row, told, {})  # only now is it known what is due
    db.session.commit()


def refuse(
    correction: EarnedCorrection, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """What was entered stands."""
    take_step(correction, "refuse", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()
