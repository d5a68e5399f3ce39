"""The end of the support, the report on it, feedback, and the end of the bid."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fundflow.extensions import db
from fundflow.impact.rating import rate
from fundflow.models.bid import Bid
from fundflow.models.impact import Actual, Feedback, ImpactReturn, Rag
from fundflow.models.person import User
from fundflow.models.unfinished import REPORT, Unfinished, set_unfinished
from fundflow.permissions import actors_for
from fundflow.reconciling import raise_what_is_left
from fundflow.rules.feedback import next_day
from fundflow.rules.report_log import why_log_short
from fundflow.steps import Stale, lock, require_step, take_step
from fundflow.web.forms import fingerprint
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused
from fundflow.workflow.feedback import FeedbackState
from fundflow.workflow.working_days import add_working_days, london_date

RATINGS = ("quality", "timeliness", "fit", "use_again", "text", "council", "council_text")


def end_delivery(
    bid: Bid, step_name: str, *, user: User | None, now: datetime, version: int | None = None
) -> None:
    """The support is over: set when the report is due and ask the supported schools to rate it.

    step_name  `reach_end_date` (the clock: user None) or `finish_delivery` (the officer)
    """
    lock(bid, version, step=step_name, user=user)
    report = _report_of(bid, _report_due(bid, london_date(now)))
    _ask_for_feedback(bid, now)
    bid.due_on = report.due_on
    take_step(bid, step_name, user=user, now=now, version=version)
    db.session.commit()


def go_on_delivering(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Support that was ended too early, by the clock or an officer, goes on until its planned end."""
    lock(bid, version, step="go_on_delivering", user=user)
    require_step(bid, "go_on_delivering", user, now)
    if bid.report and bid.end_on:
        bid.report.due_on = bid.due_on = add_working_days(
            bid.end_on, bid.fund.report_days, bid.fund.schools_off
        )
    take_step(bid, "go_on_delivering", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def _report_due(bid: Bid, today: date) -> date:
    """So many working days after the end of the support, which may come before its planned end."""
    ended = min(bid.end_on or today, today)
    return add_working_days(ended, bid.fund.report_days, bid.fund.schools_off)


def _report_of(bid: Bid, due_on: date) -> ImpactReturn:
    if bid.report is None:
        bid.report = ImpactReturn(due_on=due_on)
    bid.report.due_on = due_on
    return bid.report


def _ask_for_feedback(bid: Bid, now: datetime) -> None:
    asked = {feedback.school_id for feedback in bid.feedback}
    for school in bid.supported:
        if school.id not in asked:
            bid.feedback.append(Feedback(school=school, asked_at=now))


# -- the report -----------------------------------------------------------------------------------


def save_report(
    report: ImpactReturn,
    *,
    results: Mapping[int, tuple[Decimal, date, str]],
    answers: Mapping[str, Any],
    unfinished: Unfinished | None = None,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Keep what the school has written so far; nothing needs to be complete.

    results     value, date and note by outcome id; an outcome left out has no result yet
    answers     the report's other columns by name
    unfinished  what is malformed, kept as typed until it is put right
    Raises Refused where this person may not, or a result lies in the future.
    """
    lock(report, version)
    _refuse_to_edit(report, user, now)
    for outcome in report.bid.outcomes:
        _keep_result(report, outcome.id, results.get(outcome.id), london_date(now))
    for name, value in answers.items():
        setattr(report, name, value)
    set_unfinished(report.bid, REPORT, unfinished)
    report.touch()
    db.session.commit()


def why_not_editable(report: ImpactReturn, user: User, now: datetime) -> str | None:
    """None while this person may write in the report, else the sentence that says why not."""
    if Actor.SCHOOL_TEAM not in actors_for(user, report, now):
        return "Only people of the school that leads the bid can write its report."
    if not report.bid.is_in_monitoring:
        return "The report opens when the support has ended."
    return None if report.is_editable else "The report has been sent."


def _refuse_to_edit(report: ImpactReturn, user: User, now: datetime) -> None:
    if why := why_not_editable(report, user, now):
        raise Refused(why)


def _keep_result(
    report: ImpactReturn, outcome_id: int, result: tuple[Decimal, date, str] | None, today: date
) -> None:
    kept = next((a for a in report.actuals if a.outcome_id == outcome_id), None)
    if result is None:
        if kept is not None:
            report.actuals.remove(kept)
            db.session.delete(kept)
        return
    value, measured_on, note = result
    if measured_on > today:
        raise Refused("A result can’t have been measured in the future.")
    if kept is None:
        kept = Actual(outcome_id=outcome_id)
        report.actuals.append(kept)
    kept.value, kept.measured_on, kept.note = value, measured_on, note


def submit_report(
    report: ImpactReturn,
    *,
    agreement: bool = True,
    reason: str = "",
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Send the report; nothing is due from the school until somebody asks for more.

    reason  why the log holds fewer days than the report says

    Raises Refused where it does and no reason is given.
    """
    _prepare(report, "submit", user, now, version)
    short = why_log_short(report)
    if short and not reason:
        raise Refused(f"{short} Only days in the log are earned: add them to the log first, or say why not.")
    report.submitted_at, report.bid.due_on = now, None
    given = {"agreement": agreement, "reason": reason if short else ""}
    take_step(report, "submit", user=user, now=now, version=version, given=given)
    db.session.commit()


def return_report(
    report: ImpactReturn, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Ask the school for more, within the fund's time to answer."""
    _prepare(report, "return", user, now, version)
    report.question = reason
    report.bid.due_on = add_working_days(
        london_date(now), report.bid.fund.answer_days, report.bid.fund.schools_off
    )
    take_step(report, "return", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def accept_report(
    report: ImpactReturn, *, rag: Rag, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Accept and rate the report; what is still due raises its claim, what was not earned its recovery.

    Raises Refused where another rating than the one worked out comes without a reason.
    """
    _prepare(report, "accept", user, now, version)
    found = rate(report, rag=rag, reason=reason, user=user, now=now)
    report.accepted_at, report.accepted_by_id = now, user.id
    report.bid.due_on = None
    take_step(
        report,
        "accept",
        user=user,
        now=now,
        version=version,
        given={"rag": rag, "reason": reason, "suggested": found.rag},
    )
    raise_what_is_left(report.bid, user, now)
    db.session.commit()


def _prepare(report: ImpactReturn, step: str, user: User, now: datetime, version: int | None) -> None:
    lock(report, version, step=step, user=user)
    require_step(report, step, user, now)


# -- feedback -------------------------------------------------------------------------------------


def give_feedback(
    feedback: Feedback, *, ratings: Mapping[str, Any], stamp: str, user: User, now: datetime
) -> None:
    """Keep a supported school's rating; it may be changed later.

    ratings  quality, timeliness, fit and council from 1 to 5, use_again, text, council_text
    stamp    `stamp_of` what the page showed; Stale where somebody changed it since
    """
    lock(feedback.bid, None)
    db.session.refresh(feedback)
    require_step(feedback, "give", user, now)
    held = given_so_far(feedback)
    if held == dict(ratings):
        return  # a second click
    if stamp_of(feedback) != stamp:
        raise Stale
    said = {name: ratings[name] for name in RATINGS}
    also = {**said, "given_at": now, "given_by_id": user.id}
    # A lead school rates the support beside its report, which the impact officer is told of.
    told = ("impact_officer",) if feedback.is_part_of_report else ()
    take_step(feedback, "give", user=user, now=now, given=said, also=also, locked=True, unwritten=told)
    db.session.commit()


def chase_feedback(feedback: Feedback, *, now: datetime) -> int:
    """The clock asks again, or records that nothing was given; 1 where it did. Commits."""
    lock(feedback, None)
    if feedback.state is not FeedbackState.ASKED or london_date(now) < next_day(feedback):
        return 0
    if feedback.chased_again_at:
        take_step(feedback, "record_not_given", user=None, now=now)
    else:
        column = "chased_again_at" if feedback.chased_at else "chased_at"
        take_step(feedback, "chase", user=None, now=now, also={column: now})
    db.session.commit()
    return 1


def stamp_of(feedback: Feedback) -> str:
    """The fingerprint of the answers kept."""
    return fingerprint(given_so_far(feedback))


def given_so_far(feedback: Feedback) -> dict[str, Any]:
    """The answers kept, by name."""
    return {name: getattr(feedback, name) for name in RATINGS}


# -- the end of the bid ---------------------------------------------------------------------------


def close(bid: Bid, *, user: User, now: datetime, version: int | None) -> None:
    """Close the bid, once what was paid is what was earned or a recovery stands."""
    lock(bid, version, step="close", user=user)
    bid.due_on = None
    take_step(bid, "close", user=user, now=now, version=version)
    db.session.commit()
