"""The officer's steps before the panel, a page each."""

from typing import Any

from fundflow import interests
from fundflow.permissions import sees_review
from fundflow.review import operations
from fundflow.review.forms import IneligibleForm, MeetingForm, RecommendForm
from fundflow.review.queries import meetings_that_take_bids
from fundflow.review.routes import rooms
from fundflow.review.rules import fund_rules
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid
from fundflow.web.forms import ConfirmForm, ReasonForm
from fundflow.web.step_pages import step_page

NO_MEETING = ("No meeting that takes bids lies ahead. Ask the clerk to plan a meeting first.",)


@rooms.route("/bids/<reference>/steps/take-up", methods=["GET", "POST"])
@access(SIGNED_IN)
def take_up(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ConfirmForm.on(bid)
    return step_page(
        bid,
        "take_up",
        form,
        lambda: operations.take_up(bid, user=me(), now=now(), version=form.version.data),
        explain=("The bid will be yours to review. The school is told that you have started.",),
        done="The bid is yours to review. The school is being told.",
    )


@rooms.route("/bids/<reference>/steps/rule-ineligible", methods=["GET", "POST"])
@access(SIGNED_IN)
def rule_ineligible(reference: str) -> Any:
    bid = visible_bid(reference)
    form = IneligibleForm.under(bid, fund_rules(bid))
    return step_page(
        bid,
        "rule_ineligible",
        form,
        lambda: operations.rule_ineligible(
            bid, form.rule.data, form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        explain=(
            "The school is told the rule and your reason, and how to ask for a review "
            f"within {bid.fund.review_days} working days.",
        ),
        done="The bid is ruled ineligible. The schools are being told.",
    )


@rooms.route("/bids/<reference>/steps/recommend", methods=["GET", "POST"])
@access(SIGNED_IN)
def recommend(reference: str) -> Any:
    bid = visible_bid(reference)
    meetings = meetings_that_take_bids(bid.fund_id, now())
    # An officer of a school that takes part is refused, and must not find the review in the form.
    review = bid.review if sees_review(me(), bid, now()) else None
    form = RecommendForm.for_bid(bid, review, meetings)
    return step_page(
        bid,
        "recommend",
        form,
        lambda: operations.recommend(
            bid,
            form.recommendation.data,
            form.amount.data,
            form.conditions.data or "",
            form.meeting_id,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        explain=() if meetings else NO_MEETING,
        done="Your report goes to the panel. The school is being told the date.",
        template="review/recommend.html",
        interest=interests.shown_by_records(bid, [me()]).get(me().id),
    )


@rooms.route("/bids/<reference>/steps/take-back", methods=["GET", "POST"])
@access(SIGNED_IN)
def take_back(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid,
        "take_back",
        form,
        lambda: operations.take_back(bid, form.reason.data, user=me(), now=now(), version=form.version.data),
        explain=(
            "The bid comes off the agenda and back to your review. The school and the panel are told why.",
        ),
        done="The bid is back with you. The school and the panel are being told.",
    )


@rooms.route("/bids/<reference>/steps/bring-back", methods=["GET", "POST"])
@access(SIGNED_IN)
def bring_back(reference: str) -> Any:
    bid = visible_bid(reference)
    meetings = meetings_that_take_bids(bid.fund_id, now())
    form = MeetingForm.on(bid).offer(meetings)
    return step_page(
        bid,
        "bring_back",
        form,
        lambda: operations.bring_back(bid, form.meeting_id, user=me(), now=now(), version=form.version.data),
        explain=() if meetings else NO_MEETING,
        done="The bid is on the agenda. The school is being told the date.",
        template="review/bring_back.html",
    )
