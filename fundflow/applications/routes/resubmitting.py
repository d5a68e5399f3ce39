"""The page on which a school bids again from a bid that came to nothing."""

from typing import Any

from flask import abort, redirect, render_template, url_for

from fundflow.applications import queries, resubmitting
from fundflow.applications.blueprint import blueprint
from fundflow.applications.forms import BidAgainForm
from fundflow.drafts import why_never
from fundflow.models.attempts import next_attempt
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if


@blueprint.route("/bids/<reference>/bid-again", methods=["GET", "POST"])
@access(SIGNED_IN)
def bid_again(reference: str) -> Any:
    """For the lead school's people; nobody else finds it."""
    bid = visible_bid(reference)
    if not queries.leads(me(), bid, now()):
        abort(404)
    rounds = {str(r.id): r for r in resubmitting.rounds_for(bid, now())}
    form, begun = BidAgainForm.among(rounds), next_attempt(bid)
    if not form.is_submitted():
        refuse_if(resubmitting.why_not_again(bid, me(), now()))
        if begun:
            return redirect(url_for("applications.task_list", reference=begun.reference))
    drafts: list[str] = []
    if form.validate_on_submit() and carried_out(
        form,
        lambda: drafts.append(
            resubmitting.bid_again(bid, rounds[form.round_id.data], user=me(), now=now()).reference
        ),
    ):
        return redirect(url_for("applications.task_list", reference=drafts[0]))
    return render_template(
        "applications/bid_again.html",
        bid=bid,
        form=form,
        rounds=rounds,
        never=why_never(bid.lead_school, bid.fund),
    ), form.status
