"""Recommendations of committees that wait for their owner, on My work."""

from datetime import datetime

from sqlalchemy import or_, select

from fundflow.actors import OFFICERS
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.board import OWNERS, Recommendation
from fundflow.models.person import User
from fundflow.permissions import in_funds
from fundflow.rules.recommendations import is_without_owner
from fundflow.workflow.recommendation import RecommendationState
from fundflow.workflow.working_days import london_date

TO_DO = {
    RecommendationState.OPEN: "Answer the recommendation",
    RecommendationState.ACCEPTED: "Say what was done",
}


def recommendations(user: User, now: datetime) -> list[Waiting]:
    """What this person of the council is to answer or to do: their own, and an officer what those who left
    the fund did not."""
    day = london_date(now)
    if not set(OWNERS) & user.roles_on(day):
        return []
    left = in_funds(user, OFFICERS, now, Recommendation.fund_id) & is_without_owner(day)
    rows = db.session.execute(
        select(
            Recommendation.id,
            Recommendation.body,
            Recommendation.what,
            Recommendation.state,
            Recommendation.due_on,
        )
        .where(or_(Recommendation.owner_id == user.id, left), Recommendation.state.in_(list(TO_DO)))
        .order_by(Recommendation.due_on, Recommendation.id)
        .limit(MOST)
    )
    return [
        Waiting("Recommendation", body, what, TO_DO[state], due, f"/board/recommendations/{number}")
        for number, body, what, state, due in rows
    ]
