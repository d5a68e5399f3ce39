"""The school's report and its steps; a supported school's feedback."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.impact import operations, queries
from fundflow.impact.forms import YES_NO, AcceptForm, FeedbackForm, MoreForm, ReportForm, SendReportForm
from fundflow.impact.routes import rooms
from fundflow.models.bid import Bid
from fundflow.models.impact import Feedback, ImpactReturn
from fundflow.permissions import actors_for, sees_review
from fundflow.steps import require_step
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import Form, carried_out
from fundflow.workflow.actors import Actor


@rooms.route("/bids/<reference>/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def report(reference: str) -> Any:
    """The report as the lead school writes it; saving needs nothing to be complete."""
    bid, kept = _report(reference)
    if Actor.SCHOOL_TEAM not in actors_for(me(), bid, now()):
        abort(404)
    form = ReportForm.for_bid(bid)
    if not form.is_submitted() and operations.why_not_editable(kept, me(), now()):
        return redirect(_tab(bid))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.save_report(
            kept,
            results=form.results(),
            answers=form.answers(),
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        kept,
    ):
        why = kept.why_incomplete()
        flash(f"Saved. {why}" if why else "Saved. The report is ready to send.", "success")
        return redirect(_tab(bid))
    return bid_page("impact/report.html", bid, report=kept, form=form), form.status


@rooms.route("/bids/<reference>/report/steps/submit", methods=["GET", "POST"])
@access(SIGNED_IN)
def impact_return_submit(reference: str) -> Any:
    bid, kept = _report(reference)
    form = SendReportForm.on(kept)
    return _step(
        bid,
        kept,
        "submit",
        form,
        lambda: operations.submit_report(kept, **_who(form)),
        "The report is sent. Thank you. The impact officer reads it next.",
    )


@rooms.route("/bids/<reference>/report/steps/return", methods=["GET", "POST"])
@access(SIGNED_IN)
def impact_return_return(reference: str) -> Any:
    bid, kept = _report_to_check(reference)
    form = MoreForm.on(kept)
    return _step(
        bid,
        kept,
        "return",
        form,
        lambda: operations.return_report(kept, reason=form.reason.data, **_who(form)),
        "The school is being asked for more.",
        f"The school has {bid.fund.answer_days} working days to answer.",
    )


@rooms.route("/bids/<reference>/report/steps/accept", methods=["GET", "POST"])
@access(SIGNED_IN)
def impact_return_accept(reference: str) -> Any:
    bid, kept = _report_to_check(reference)
    form = AcceptForm.on(kept)
    if not form.is_submitted():
        form.rag.data = kept.suggested_rag()
    return _step(
        bid,
        kept,
        "accept",
        form,
        lambda: operations.accept_report(
            kept, rag=form.rag.data, reason=form.reason.data or "", **_who(form)
        ),
        "The report is accepted. The school is being told.",
        template="impact/accept.html",
    )


@rooms.route("/bids/<reference>/feedback", methods=["GET", "POST"])
@access(SIGNED_IN)
def feedback(reference: str) -> Any:
    bid = visible_bid(reference)
    asked = queries.feedback_to_give(me(), bid, now()) or abort(404)
    form = FeedbackForm(data=_shown(asked))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.give_feedback(
            asked, ratings=form.ratings(), stamp=form.stamp.data or "", user=me(), now=now()
        ),
    ):
        flash("Thank you. Your rating is kept.", "success")
        return redirect(_tab(bid))
    if form.stale:
        form.stamp.data = operations.stamp_of(asked)
    return bid_page("impact/feedback.html", bid, form=form, asked=asked), form.status


def _report(reference: str) -> tuple[Bid, ImpactReturn]:
    """The bid and its report; 404 where there is none or this person may not see the bid."""
    bid = visible_bid(reference)
    return bid, queries.report_of(bid) or abort(404)


def _report_to_check(reference: str) -> tuple[Bid, ImpactReturn]:
    bid, kept = _report(reference)
    return (bid, kept) if sees_review(me(), bid, now()) else abort(404)


def _step(
    bid: Bid,
    kept: ImpactReturn,
    name: str,
    form: Form,
    act: Callable[[], Any],
    done: str,
    *explain: str,
    template: str = "impact/report_step.html",
) -> Any:
    """Ask for what the step needs, take it, go back to the tab; refused (409) where closed."""
    if not form.is_submitted():
        require_step(kept, name, me(), now())
    if form.validate_on_submit() and carried_out(form, act, kept):
        flash(done, "success")
        return redirect(_tab(bid))
    step = next(step for step in kept.workflow.steps if step.name == name)
    return bid_page(
        template,
        bid,
        report=kept,
        form=form,
        heading=step.button,
        button=step.button,
        warning=step.warning,
        explain=explain,
        percent=queries.percent,
    ), form.status


def _who(form: Form) -> dict[str, Any]:
    return {"version": form.version.data, "user": me(), "now": now()}


def _tab(bid: Bid) -> str:
    return url_for("impact.bid_impact", reference=bid.reference)


def _shown(asked: Feedback) -> dict[str, Any]:
    """What the school answered before, by the form's names."""
    held = operations.given_so_far(asked)
    again = held["use_again"]
    rated = {
        name: str(held[name]) if held[name] is not None else None for name in ("quality", "timeliness", "fit")
    }
    return {
        **rated,
        "text": held["text"],
        "stamp": operations.stamp_of(asked),
        "use_again": None if again is None else YES_NO[0 if again else 1][0],
    }
