"""Assessing a bid's need, where the fund wants to know it before it gives money."""

from dataclasses import dataclass
from datetime import date, datetime

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.need import NeedAssessment
from fundflow.models.person import User
from fundflow.review.rules import why_not_assess
from fundflow.rules.bank_details import why_not_kept
from fundflow.steps import lock, note
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an officer found: from data, on a visit or in records, what was tried, and who was asked."""

    on: date
    known: str
    seen: str
    tried: str
    asked: str


def assess(
    bid: Bid, found: Assessed, *, user: User, now: datetime, version: int | None = None
) -> NeedAssessment:
    """Record an assessment of the bid's need; those before stay.

    Raises Refused where the review can't be changed, the day is to come, or something was left out.
    """
    lock(bid, version, step="assess_need", user=user)
    refuse_if(why_not_assess(bid, user, now))
    if found.on > london_date(now):
        raise Refused("The day of the assessment can’t be in the future.")
    texts = (found.known, found.seen, found.tried, found.asked)
    if not all(text.strip() for text in texts):
        raise Refused("Say what is known, what was seen, what was tried and who was asked.")
    for text in texts:
        refuse_if(why_not_kept(text))
    review = bid.review
    assert review is not None  # noqa: S101 (asked above)
    made = NeedAssessment(
        number=len(review.assessments) + 1,
        assessed_on=found.on,
        known=found.known,
        seen=found.seen,
        tried=found.tried,
        asked=found.asked,
        at=now,
        by=user,
    )
    review.assessments.append(made)
    note(bid, "assess_need", "Assessed the need", user=user, now=now, version=version, internal=True)
    db.session.commit()
    return made
