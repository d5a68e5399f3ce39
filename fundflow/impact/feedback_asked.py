"""Feedback that supported schools have been asked for and have not given."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.feedback import Feedback
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from fundflow.workflow.feedback import FeedbackState

MOST = 1_000


class Asked(NamedTuple):
    """A school that is asked to rate the support it received.

    chased  how often it was reminded, and `latest` when last
    """

    reference: str
    school: str
    asked_at: datetime
    chased: int
    latest: datetime | None


def feedback_asked(bids: Any) -> list[Asked]:
    """Who has not answered yet, the longest first; not a school that leads the bid, which answers with its
    report. `bids` is the condition on a bid joined with its lead school. One query."""
    rater = aliased(School)
    query = (
        select(
            Bid.reference,
            rater.name,
            Feedback.asked_at,
            Feedback.chased_at,
            Feedback.chased_again_at,
        )
        .select_from(Feedback)
        .join(Bid, Bid.id == Feedback.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .join(rater, rater.id == Feedback.school_id)
        .where(Feedback.state == FeedbackState.ASKED, Feedback.school_id != Bid.lead_school_id, bids)
        .where(Bid.state.in_((BidState.IN_MONITORING, BidState.CLOSED)))
        .order_by(Feedback.asked_at, Feedback.id)
        .limit(MOST)
    )
    return [
        Asked(reference, school, asked, bool(first) + bool(second), second or first)
        for reference, school, asked, first, second in db.session.execute(query)
    ]
