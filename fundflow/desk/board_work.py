"""Recommendations of committees that wait for their owner, on My work."""

from datetime import datetime

from sqlalchemy import select

from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.board import OWNERS, Recommendation
from fundflow.models.person import User
from fundflow.workflow.recommendation import RecommendationState
from fundflow.workflow.working_days import london_date

TO_DO = {
    RecommendationState.OPEN: "Answer the recommendation",
    RecommendationState.ACCEPTED: "Do it, and say so",
}


def recommendations(user: User, now: datetime) -> list[Waiting]:
    """What this person of the council is to answer or to do."""
    if not set(OWNERS) & user.roles_on(london_date(now)):
        return []
    rows = db.session.execute(
        select(
            Recommendation.id,
            Recommendation.body,
            Recommendation.what,
            Recommendation.state,
            Recommendation.due_on,
        )
        .where(Recommendation.owner_id == user.id, Recommendation.state.in_(list(TO_DO)))
        .order_by(Recommendation.due_on, Recommendation.id)
        .limit(MOST)
    )
    return [
        Waiting("Recommendation", body, what, TO_DO[state], due, f"/board/recommendations/{number}")
        for number, body, what, state, due in rows
    ]
