"""The pages on which an officer reads an award's reasons, and its summary, before the public does."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow.models.person import RoleName
from fundflow.reports import operations, queries
from fundflow.reports.blueprint import blueprint
from fundflow.reports.forms import CorrectedReasonsForm, CorrectedSummaryForm, ReasonsForm, SummaryForm
from fundflow.web.access import access, me, now, roles
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if


@blueprint.route("/bids/<reference>/reasons", methods=["GET", "POST"])
@access(roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER))
def reasons(reference: str) -> Any:
    """What the register of awards says of why this bid was funded."""
    bid = visible_bid(reference)
    refuse_if(operations.why_not_publish(bid, me(), now()))
    decision = queries.award_decision(bid)
    published = decision is not None and decision.published_at is not None
    form = _form(bid, decision, published)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.publish_reasons(
            bid,
            form.reasons.data,
            form.title.data or "",
            no_names=form.no_names.data,
            why=form.why.data if published else "",
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        bid,
    ):
        flash("The reasons stand in the register of awards.", "success")
        return redirect(url_for("desk.bid", reference=reference))
    return render_template(
        "reports/reasons.html", bid=bid, form=form, decision=decision, published=published
    ), form.status


@blueprint.route("/bids/<reference>/summary", methods=["GET", "POST"])
@access(roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER))
def summary(reference: str) -> Any:
    """What the register of awards says of what this bid changed."""
    bid = visible_bid(reference)
    refuse_if(operations.why_not_publish_summary(bid, me(), now()))
    report = operations.summarised(bid)
    published = report is not None and report.summary_published_at is not None
    text = "" if report is None else report.published_summary or report.summary
    form = (CorrectedSummaryForm if published else SummaryForm).on(bid, data={"summary": text})
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.publish_summary(
            bid,
            form.summary.data,
            why=form.why.data if published else "",
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        bid,
    ):
        flash("The summary stands in the register of awards.", "success")
        return redirect(url_for("desk.bid", reference=reference))
    return render_template(
        "reports/summary.html", bid=bid, form=form, report=report, published=published
    ), form.status


def _form(bid: Any, decision: Any, published: bool) -> Any:
    """Prefilled with what is published, else with the decision's own reasons and the bid's title."""
    text = "" if decision is None else decision.published_reasons or decision.told_reasons
    title = "" if decision is None else decision.published_title
    data = {"reasons": text, "title": title or bid.title}
    return (CorrectedReasonsForm if published else ReasonsForm).on(bid, data=data)
