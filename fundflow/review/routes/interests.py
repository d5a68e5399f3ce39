"""An officer declares an interest in a bid; one that bars hands the bid to somebody else."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow import interests
from fundflow.models.interest import InterestKind
from fundflow.review import queries, rules
from fundflow.review.blueprint import blueprint
from fundflow.review.forms import OfficerInterestForm
from fundflow.review.operations import interests as interests_operations
from fundflow.review.routes.review import reviewed_bid
from fundflow.rules.interests.records import shown_by_records
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import Refused


@blueprint.route("/bids/<reference>/interest", methods=["GET", "POST"])
@access(SIGNED_IN)
def declare_interest(reference: str) -> Any:
    bid = reviewed_bid(reference)
    if why := rules.why_not_declare(bid, me(), now()):
        raise Refused(why)
    known = interests.declaration_of(bid, me())
    form = OfficerInterestForm.about(bid, me(), known, queries.unbarred_officers(bid, now()))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: interests_operations.declare_interest(
            bid,
            form.kind.data,
            form.text.data or "",
            form.officer_id,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        bid,
    ):
        return _declared(reference, form)
    shown = shown_by_records(bid, [me()]).get(me().id, [])
    return render_template("review/interest.html", bid=bid, form=form, shown=shown), form.status


def _declared(reference: str, form: OfficerInterestForm) -> Any:
    if form.kind.data is InterestKind.BARRED:
        flash(f"Your interest in {reference} is recorded. You take no further part in it.", "success")
        return redirect(url_for("desk.my_work"))
    flash("Your interest is recorded.", "success")
    return redirect(url_for("review.review", reference=reference))
