"""The officer's steps before the panel, a page each."""

from typing import Any

from fundflow.agenda import NONE_AHEAD, meetings_that_take_bids
from fundflow.permissions import sees_review
from fundflow.review.blueprint import blueprint
from fundflow.review.forms import IneligibleForm, RecommendForm
from fundflow.review.operations import reviewing
from fundflow.review.rules import fund_rules
from fundflow.rules.interests.records import shown_by_records
from fundflow.web.access import me, now
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.web.meeting_form import ChooseMeetingForm

BID_STEPS.add(blueprint, "take_up", reviewing.take_up)
BID_STEPS.add(blueprint, "take_back", reviewing.take_back)


@BID_STEPS.own(blueprint, "rule_ineligible")
def rule_ineligible(reference: str) -> Any:
    bid = visible_bid(reference)
    form = IneligibleForm.under(bid, fund_rules(bid))
    return BID_STEPS.page(
        bid,
        "rule_ineligible",
        form,
        lambda: reviewing.rule_ineligible(
            bid, form.rule.data, form.reason.data, user=me(), now=now(), version=form.version.data
        ),
    )


@BID_STEPS.own(blueprint, "recommend")
def recommend(reference: str) -> Any:
    bid = visible_bid(reference)
    meetings = meetings_that_take_bids(bid.fund_id, now())
    # An officer of a school that takes part is refused, and must not find the review in the form.
    review = bid.review if sees_review(me(), bid, now()) else None
    form = RecommendForm.for_bid(bid, review, meetings)
    return BID_STEPS.page(
        bid,
        "recommend",
        form,
        lambda: reviewing.recommend(
            bid,
            form.recommendation.data,
            form.amount.data,
            form.conditions.data or "",
            form.meeting_id,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        explain=() if meetings else (NONE_AHEAD,),
        template="review/recommend.html",
        interest=shown_by_records(bid, [me()]).get(me().id),
    )


@BID_STEPS.own(blueprint, "bring_back")
def bring_back(reference: str) -> Any:
    bid = visible_bid(reference)
    meetings = meetings_that_take_bids(bid.fund_id, now())
    form = ChooseMeetingForm.on(bid).offer(meetings)
    return BID_STEPS.page(
        bid,
        "bring_back",
        form,
        lambda: reviewing.bring_back(bid, form.meeting_id, user=me(), now=now(), version=form.version.data),
        explain=() if meetings else (NONE_AHEAD,),
        template="review/bring_back.html",
    )
