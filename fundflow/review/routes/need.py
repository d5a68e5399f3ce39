"""The assessment of a bid's need: the one that counts, those before it, and another."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.models.fund import Module
from fundflow.review import queries, rules
from fundflow.review.blueprint import blueprint
from fundflow.review.need_form import NeedForm
from fundflow.review.operations.assessing import Assessed, assess
from fundflow.review.routes.review import reviewed_bid
from fundflow.web.access import Rule, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.forms import carried_out
from fundflow.workflow.working_days import london_date


@blueprint.route("/bids/<reference>/need", methods=["GET", "POST"])
@access(Rule(signed_in=True, module=Module.NEED))
def need(reference: str) -> Any:
    bid = reviewed_bid(reference, *queries.NEED_PAGE)
    if not bid.fund.assesses_need:
        abort(404)
    made = queries.assessments_of(bid)
    form = NeedForm.about(bid, made[0] if made else None, london_date(now()))

    def act() -> None:
        found = Assessed(
            form.assessed_on.data, form.known.data, form.seen.data, form.tried.data, form.asked.data
        )
        assess(bid, found, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash("The assessment is recorded.", "success")
        return redirect(url_for("review.review", reference=reference))
    sent = queries.versions(bid)
    page = bid_page(
        "review/need.html",
        bid,
        form=form,
        assessments=made,
        may_save=rules.why_not_assess(bid, me(), now()) is None,
        lacking=bid.review.why_unassessed() if bid.review else None,
        sent_at=sent[-1][1] if sent else None,
    )
    return page, form.status
