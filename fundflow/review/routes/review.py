"""The officer's pages: the review itself here, the steps in the modules beside."""

from typing import Any

from flask import redirect, request, url_for

from fundflow.models.bid import Bid
from fundflow.models.lists import Lists
from fundflow.models.unfinished import REVIEW
from fundflow.permissions import sees_review
from fundflow.review import page, queries, rules
from fundflow.review.blueprint import blueprint
from fundflow.review.forms import ReviewForm
from fundflow.review.operations import reviewing
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import closed, visible_bid
from fundflow.web.forms import carried_out
from fundflow.web.unfinished import (
    may_be_kept_for_later,
    say_saved,
    show_unfinished,
    unfinished,
    without_wrong,
)
from fundflow.workflow.engine import Refused


def reviewed_bid(reference: str, *options: Any, lists: Lists | None = None) -> Bid:
    """A bid whose review the signed-in person may see; else 404."""
    bid = visible_bid(reference, *options, lists=lists)
    return bid if sees_review(me(), bid, now()) else closed(bid)


@blueprint.route("/bids/<reference>/review", methods=["GET", "POST"])
@access(SIGNED_IN)
def review(reference: str) -> Any:
    bid = reviewed_bid(reference, *queries.REVIEW_PAGE, lists=queries.REVIEW_LISTS)
    form = ReviewForm.of(bid.review) if bid.review else None
    if form is None:
        return _page(bid, form)
    if request.method == "GET":
        entry = bid.unfinished.get(REVIEW)
        if entry and rules.why_not_save(bid, me(), now()) is None:
            show_unfinished(form, entry)
        return _page(bid, form)
    if (form.validate_on_submit() or may_be_kept_for_later(form)) and _saved(bid, form):
        say_saved(
            bid.unfinished.get(REVIEW),
            before="your report goes to the panel",
            otherwise="Your review is saved.",
        )
        return redirect(url_for("review.review", reference=reference))
    return _page(bid, form), form.status


def _saved(bid: Bid, form: ReviewForm) -> bool:
    review = bid.review
    assert review is not None  # noqa: S101 (the form was made from it)
    with without_wrong(form):
        answers = reviewing.ReviewAnswers(
            need_notes=form.need_notes.data or "",
            value_notes=form.value_notes.data or "",
            recommendation=form.recommendation.data,
            pence=form.recommended_pence.data,
            conditions=form.conditions.data or "",
            verdicts=form.verdicts(),
        )
    return carried_out(
        form,
        lambda: reviewing.save_review(
            review,
            answers,
            unfinished=unfinished(form),
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        review,
    )


def _page(bid: Bid, form: ReviewForm | None) -> str:
    user, at = me(), now()
    why_not = rules.why_not_save(bid, user, at)
    if form is None and request.method == "POST":
        raise Refused(why_not or "Start the review first.")
    may_save = why_not is None and form is not None
    context = page.context(bid, user, at, may_save=may_save)
    if may_save and form is not None and bid.review is not None and not form.is_submitted():
        form.answer(context["from_bid"], bid.review)
    return bid_page("review/review.html", bid, form=form, may_save=may_save, **context)
