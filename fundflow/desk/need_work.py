"""Bids in review whose need is to be assessed before money can be recommended, on My work."""

from sqlalchemy import ColumnElement, and_, or_, select

from fundflow.desk.conditions import handled
from fundflow.desk.some import has
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.need import NeedAssessment
from fundflow.models.review import Recommendation, Review
from fundflow.models.round import Priority, Round
from fundflow.rules.asker import Asker
from fundflow.workflow.application import BidState


def need_to_assess(who: Asker) -> ColumnElement[bool]:
    """Those whose priority asks for an assessment that is not there, unless they are not to be funded."""
    asking = (
        select(Priority.id)
        .join(Round, Round.id == Priority.round_id)
        .join(Fund, Fund.id == Round.fund_id)
        .where(Priority.asks_assessment, Fund.assesses_need)
    )
    without = select(NeedAssessment.id).where(NeedAssessment.review_id == Review.id).correlate(Review)
    may_be_funded = or_(Review.recommendation.is_(None), Review.recommendation != Recommendation.DO_NOT_FUND)
    return and_(
        handled(BidState.IN_REVIEW)(who),
        Bid.priority_id.in_(asking),
        has(Review.bid_id, may_be_funded, ~without.exists()),
    )
