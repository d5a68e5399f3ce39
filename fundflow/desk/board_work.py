"""Recommendations of committees that wait for their owner, on My work."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, or_, select

from fundflow.actors import OFFICERS
from fundflow.desk.panel_work import MOST, Waiting
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


def recommendations(user: User, now: datetime) -> Any:
    """What this person of the council is to answer or to do: their own, and an officer what those who left
    the fund did not. A query for `works_in_one`; None where nobody asks them."""
    day = london_date(now)
    if not set(OWNERS) & user.roles_on(day):
        return None
    mine = in_funds(user, OWNERS, now, Recommendation.fund_id) & (Recommendation.owner_id == user.id)
    left = in_funds(user, OFFICERS, now, Recommendation.fund_id) & is_without_owner(day)
    return (
        select(
            cast(Recommendation.state, String).label("kind"),
            Recommendation.id.label("number"),
            Recommendation.body.label("title"),
            Recommendation.what.label("detail"),
            Recommendation.due_on.label("due_on"),
        )
        .where(or_(mine, left), Recommendation.state.in_(list(TO_DO)))
        .order_by(Recommendation.due_on, Recommendation.id)
        .limit(MOST)
    )


def recommendation_line(kind: str, number: int, body: str, what: str, due: date | None) -> Waiting:
    page = f"/board/recommendations/{number}"
    return Waiting("Recommendation", body, what, TO_DO[RecommendationState(kind)], due, page)
