"""The school's report and its steps; a supported school's feedback."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.actors import actors_for
from fundflow.impact import corrections, operations, queries, rating
from fundflow.impact.blueprint import blueprint
from fundflow.impact.forms import (
    YES_NO,
    AcceptForm,
    CorrectRatingForm,
    FeedbackForm,
    ReportForm,
    ReturnForm,
)
from fundflow.impact.routes.report_steps import (
    PATH,
    REPORT_STEPS,
    correction_asked_for,
    report_to_check,
    report_to_correct,
    visible_report,
)
from fundflow.models.bid import Bid
from fundflow.models.feedback import Feedback
from fundflow.models.impact import ImpactReturn
from fundflow.rules.change_requests import changed_outcomes
from fundflow.rules.change_words import outcome_differences
from fundflow.rules.impact import judged
from fundflow.rules.report_log import explained, report_and_log, why_receipts_wanted
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.web.unfinished import (
    may_be_kept_for_later,
    say_saved,
    show_unfinished,
    unfinished,
    without_wrong,
)
from fundflow.workflow.actors import Actor
from fundflow.workflow.working_days import london_date


@blueprint.route(PATH, methods=["GET", "POST"])
@access(SIGNED_IN)
def report(reference: str, place: str) -> Any:
    """A report as the lead school writes it; saving needs nothing to be complete."""
    kept = visible_report(reference, place)
    bid: Bid = kept.bid
    if Actor.SCHOOL_TEAM not in actors_for(me(), bid, now()):
        abort(404)
    log = report_and_log(kept) if kept.is_final else None
    form = ReportForm.of(kept, london_date(now()), log)
    if not form.is_submitted():
        if operations.why_not_editable(kept, me(), now()):
            return redirect(url_for("impact.bid_impact", reference=reference))
        if entry := bid.unfinished.get(place):
            show_unfinished(form, entry)
    if (form.validate_on_submit() or may_be_kept_for_later(form)) and _saved(form, kept):
        why = kept.why_incomplete()
        say_saved(
            bid.unfinished.get(place),
            before="the report is sent",
            otherwise=f"Saved. {why}" if why else "Saved. The report is ready to send.",
        )
        return redirect(url_for("impact.bid_impact", reference=reference))
    page = bid_page(
        "impact/report.html",
        bid,
        report=kept,
        form=form,
        receipts=why_receipts_wanted(kept),
        changed=changed_outcomes(bid),
        outcome_differences=outcome_differences,
        log=log,
    )
    return page, form.status


def _saved(form: ReportForm, report: ImpactReturn) -> bool:
    with without_wrong(form):
        results, answers = form.results(), form.answers()
    return carried_out(
        form,
        lambda: operations.save_report(
            report,
            results=results,
            answers=answers,
            unfinished=unfinished(form),
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        report,
    )


REPORT_STEPS.add(
    blueprint,
    "submit",
    operations.submit_report,
    template="impact/send.html",
    context=lambda report: {"log": report_and_log(report) if report.is_final else None},
)
REPORT_STEPS.add(blueprint, "correct", corrections.correct, load=report_to_correct)
REPORT_STEPS.add(blueprint, "withdraw_correction", corrections.withdraw, load=correction_asked_for)


@REPORT_STEPS.own(blueprint, "return")
def impact_return_return(reference: str, place: str) -> Any:
    kept = report_to_check(reference, place)
    form = ReturnForm.of(kept)

    def act() -> None:
        asked = form.questions()
        operations.return_report(kept, questions=asked, user=me(), now=now(), version=form.version.data)

    return REPORT_STEPS.page(kept, "return", form, act, template="impact/return.html")


REPORT_STEPS.add(blueprint, "let_pass", operations.let_pass, load=report_to_check)
REPORT_STEPS.add(blueprint, "hold_for_it", operations.hold_for_it, load=report_to_check)


def _accept(reference: str, place: str, step: str) -> Any:
    kept = report_to_check(reference, place)
    found = judged(kept, london_date(now()))
    form = AcceptForm.about(kept, found, now())
    return REPORT_STEPS.page(
        kept,
        step,
        form,
        lambda: operations.accept_report(
            kept,
            rag=form.rag.data,
            reason=form.reason.data or "",
            closes="closes" in form and form.closes.data,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        template="impact/accept.html",
        found=found,
        results=queries.results_of(kept),
        percent=queries.percent,
        context=_money if kept.is_final else None,
    )


@REPORT_STEPS.own(blueprint, "correct_rating")
def correct_rating(reference: str, place: str) -> Any:
    kept = report_to_check(reference, place)
    form = CorrectRatingForm.on(kept)
    return REPORT_STEPS.page(
        kept,
        "correct_rating",
        form,
        lambda: rating.correct_rating(
            kept,
            rag=form.rag.data,
            reason=form.reason.data or "",
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        template="impact/correct_rating.html",
        found=judged(kept, london_date(now())),
        results=queries.results_of(kept),
        percent=queries.percent,
    )


def _money(report: ImpactReturn) -> dict[str, Any]:
    return {
        "receipts": why_receipts_wanted(report),
        "log": report_and_log(report),
        "explained": explained(report),
    }


@REPORT_STEPS.own(blueprint, "accept")
def impact_return_accept(reference: str, place: str) -> Any:
    return _accept(reference, place, "accept")


@REPORT_STEPS.own(blueprint, "accept_interim")
def impact_return_accept_interim(reference: str, place: str) -> Any:
    return _accept(reference, place, "accept_interim")


@REPORT_STEPS.own(blueprint, "accept_follow_up")
def impact_return_accept_follow_up(reference: str, place: str) -> Any:
    return _accept(reference, place, "accept_follow_up")


@blueprint.route("/bids/<reference>/feedback", methods=["GET", "POST"])
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
        return redirect(url_for("impact.bid_impact", reference=reference))
    if form.stale:
        form.stamp.data = operations.stamp_of(asked)
    return bid_page("impact/feedback.html", bid, form=form, asked=asked), form.status


def _shown(asked: Feedback) -> dict[str, Any]:
    """What the school answered before, by the form's names."""
    held = operations.given_so_far(asked)
    again = held["use_again"]
    rated = {
        name: str(held[name]) if held[name] is not None else None
        for name in ("quality", "timeliness", "fit", "council")
    }
    return {
        **rated,
        "text": held["text"],
        "council_text": held["council_text"],
        "stamp": operations.stamp_of(asked),
        "use_again": None if again is None else YES_NO[0 if again else 1][0],
    }
