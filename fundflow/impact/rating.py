"""Ratings of a report: given as it is accepted, corrected by another beside it."""

from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.follow_up import FollowUp
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Rating
from fundflow.models.person import User
from fundflow.rules.impact import Judgement, judged
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


def rate(report: ImpactReturn, *, rag: Rag, reason: str, user: User, now: datetime) -> Judgement:
    """Add a rating, which counts from now on; returns what the results come to. Does not commit.

    Raises Refused where another rating than the one worked out comes without a reason.
    """
    found = judged(report, london_date(now))
    if rag is not found.rag and not reason:
        raise Refused(why_reason(found, rag))
    number = len(report.ratings) + 1
    given = {"rag": rag, "reason": reason, "given_at": now, "given_by": user}
    report.ratings.append(Rating(number=number, worked_out=found.rag, **given))
    report.rag, report.rag_reason = rag, reason
    for version in report.bid.versions_of(report.kind):
        version.wants_follow_up = False  # a version that is corrected asks for nothing any more
    report.wants_follow_up = rag.wants_follow_up and not _has_follow_up(report)
    return found


def why_reason(found: Judgement, rag: Rag) -> str:
    """The sentence that asks why a rating is not the one worked out."""
    rated = "say that it is too early" if rag is Rag.TOO_EARLY else f"rate them {rag.words.lower()}"
    if found.rag is None:
        return f"The results that are there come to no rating. Say why you {rated}."
    if found.rag is Rag.TOO_EARLY:
        return f"It is too early to rate the results. Say why you {rated}."
    return f"The results come to {found.rag.words.lower()}. Say why you {rated}."


def correct_rating(
    report: ImpactReturn, *, rag: Rag, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Rate an accepted report once more, with a reason; the rating before is kept beside it.

    Raises Refused where it is the rating that stands.
    """
    lock(report, version, step="correct_rating", user=user)
    require_step(report, "correct_rating", user, now)
    if rag is report.rag:
        raise Refused(f"The rating is {rag.words.lower()} already.")
    before = report.rag
    rate(report, rag=rag, reason=reason, user=user, now=now)
    given = {"rag": rag, "reason": reason, "before": before}
    take_step(report, "correct_rating", user=user, now=now, version=version, given=given)
    db.session.commit()


def _has_follow_up(report: ImpactReturn) -> bool:
    """Whether an action was agreed after ratings of which one was of this report, in any version."""
    actions = db.session.scalars(
        select(FollowUp).where(FollowUp.bid_id == report.bid_id, FollowUp.report_id.is_not(None))
    )
    return any(
        (action.report is not None and action.report.kind is report.kind)
        or any(_was_low(version, action.asked_at) for version in report.bid.versions_of(report.kind))
        for action in actions
    )


def _was_low(report: ImpactReturn, at: datetime) -> bool:
    """Whether the rating that counted at a moment wanted a follow-up action."""
    before = [one for one in report.ratings if one.given_at <= at]
    return bool(before) and before[-1].rag.wants_follow_up
