"""The end of the support, the report on it, feedback, and the end of the bid."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from fundflow.actors import actors_for
from fundflow.blocking import release, release_unasked, standing_block
from fundflow.extensions import db
from fundflow.impact.rating import rate
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.feedback import Feedback
from fundflow.models.impact import EDITABLE_RETURNS, ImpactReturn, Rag
from fundflow.models.impact_results import Actual
from fundflow.models.payment import ClaimKind
from fundflow.models.payment_block import BlockKind
from fundflow.models.person import User
from fundflow.models.unfinished import Unfinished, set_unfinished
from fundflow.reconciling import raise_what_is_left
from fundflow.rules import returns
from fundflow.rules.awards import tranche_claims
from fundflow.rules.feedback import next_day
from fundflow.rules.impact import Standing
from fundflow.rules.payment_blocks import why_nothing_to_block
from fundflow.rules.report_log import why_log_short
from fundflow.rules.sent_reports import keep_sent
from fundflow.steps import Stale, lock, require_step, take_step
from fundflow.web.forms import fingerprint
from fundflow.workflow.actors import Actor
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.feedback import FeedbackState
from fundflow.workflow.impact_return import PART_OF, ReturnKind, ReturnPart
from fundflow.workflow.inputs import yes_or_no
from fundflow.workflow.working_days import add_working_days, london_date

ACCEPT = {
    ReturnKind.INTERIM: "accept_interim",
    ReturnKind.FINAL: "accept",
    ReturnKind.FOLLOW_UP: "accept_follow_up",
}
NOT_ASKED = (
    "The council does not ask for the corrected version any more. The report that it accepted stands, and "
    "what you typed here is not kept."
)
RATINGS = ("quality", "timeliness", "fit", "use_again", "text", "council", "council_text")


class Given(NamedTuple):
    """A result as the school enters it: the columns of `Actual`."""

    value: Decimal
    measured_on: date
    note: str = ""
    method: str = ""
    next_step: str = ""
    next_owner: str = ""
    next_on: date | None = None


def end_delivery(
    bid: Bid, step_name: str, *, user: User | None, now: datetime, version: int | None = None
) -> None:
    """The support is over: set when the report is due and ask the supported schools to rate it.

    step_name  `reach_end_date` (the clock: user None) or `finish_delivery` (the officer)
    """
    lock(bid, version, step=step_name, user=user)
    today = london_date(now)
    returns.move_end(bid, min(bid.end_on or today, today))  # it may end before its planned day
    _ask_for_feedback(bid, now)
    given = {"rate_by": add_working_days(today, bid.fund.feedback_days, bid.fund.schools_off)}
    take_step(bid, step_name, user=user, now=now, version=version, given=given)
    release_unasked(bid, user, now)
    db.session.commit()


def go_on_delivering(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Support that was ended too early, by the clock or an officer, goes on until its planned end."""
    lock(bid, version, step="go_on_delivering", user=user)
    require_step(bid, "go_on_delivering", user, now)
    if bid.end_on:
        returns.move_end(bid, bid.end_on)
    take_step(bid, "go_on_delivering", user=user, now=now, given={"reason": reason}, version=version)
    release_unasked(bid, user, now)
    db.session.commit()


def _ask_for_feedback(bid: Bid, now: datetime) -> None:
    asked = {feedback.school_id for feedback in bid.feedback}
    for school in bid.supported:
        if school.id not in asked:
            bid.feedback.append(Feedback(school=school, asked_at=now))
    for feedback in bid.feedback:
        if feedback.state is FeedbackState.ASKED:  # also one asked before the support went on
            feedback.asked_at, feedback.chased_at, feedback.chased_again_at = now, None, None


# -- the report -----------------------------------------------------------------------------------


def save_report(
    report: ImpactReturn,
    *,
    results: Mapping[int, Given],
    answers: Mapping[str, Any],
    unfinished: Unfinished | None = None,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Keep what the school has written so far; nothing needs to be complete. Parts that are not asked about
    again stay as they were sent.

    results     by outcome id; an outcome left out has no result yet
    answers     the report's other columns by name
    unfinished  what is malformed, kept as typed until it is put right
    Raises Refused where this person may not, or a result lies in the future.
    """
    _lock_to_write(report, version)
    _refuse_to_edit(report, user, now)
    if report.is_part_open(ReturnPart.RESULTS):
        for outcome in report.bid.outcomes:
            _keep_result(report, outcome, results.get(outcome.id), london_date(now))
    for name, value in answers.items():
        if report.is_part_open(PART_OF[name]):
            setattr(report, name, value)
    set_unfinished(report.bid, report.kind.place, unfinished)
    report.touch()
    db.session.commit()


def why_not_editable(report: ImpactReturn, user: User, now: datetime) -> str | None:
    """None while this person may write in the report, else the sentence that says why not."""
    if Actor.SCHOOL_TEAM not in actors_for(user, report, now):
        return "Only people of the school that leads the bid can write its report."
    if report.state not in EDITABLE_RETURNS:
        return NOT_ASKED if report.bid.is_correction_withdrawn(report.kind) else "The report has been sent."
    if report.is_ahead and not report.why_not_open():
        return f"The {report.named} falls due on {day_words(report.due_on)}."
    return report.why_not_open()


def _lock_to_write(report: ImpactReturn, version: int | None) -> None:
    """Lock it. The page of a correction that was withdrawn meanwhile finds the accepted report, of whose
    history nothing made the page stale: it is told that instead."""
    try:
        lock(report, version)
    except Stale:
        if report.bid.is_correction_withdrawn(report.kind):
            raise Refused(NOT_ASKED) from None
        raise


def _refuse_to_edit(report: ImpactReturn, user: User, now: datetime) -> None:
    if why := why_not_editable(report, user, now):
        raise Refused(why)


def _keep_result(report: ImpactReturn, outcome: Outcome, result: Given | None, today: date) -> None:
    kept = report.actual_of(outcome)
    if result is None:
        if kept is not None:
            report.actuals.remove(kept)
            db.session.delete(kept)
        return
    given = Given(*result)
    if given.measured_on > today:
        raise Refused("A result can’t have been measured in the future.")
    if kept is None:
        kept = Actual(outcome_id=outcome.id)
        report.actuals.append(kept)
    for name, value in given._asdict().items():
        setattr(kept, name, value)


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
    short = why_log_short(report) if report.is_final else None
    if short and not reason:
        raise Refused(f"{short} Only days in the log are earned: add them to the log first, or say why not.")
    report.submitted_at, report.answer_by, report.sent = now, None, None
    for actual in report.actuals:
        actual.keep_aim()
    returns.owe(report, None)
    given = {"agreement": agreement, "reason": reason if short else ""}
    take_step(report, "submit", user=user, now=now, version=version, given=given)
    db.session.commit()


def return_report(
    report: ImpactReturn,
    *,
    reason: str = "",
    questions: Mapping[ReturnPart, str] | None = None,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Ask the school for more, within the fund's time to answer.

    questions  by the parts that are opened for it; the others stay closed. Without any, all are open
    reason     what is asked, where it is about no part
    """
    _prepare(report, "return", user, now, version)
    keep_sent(report)
    asked = questions or {}
    reason = "\n".join(f"{part.words}: {text}" for part, text in asked.items()) or reason
    report.questions = {part.value: text for part, text in asked.items()}
    report.question, fund = reason, report.bid.fund
    if report.is_part_asked(ReturnPart.RESULTS):
        for actual in report.actuals:
            actual.let_go_of_aim()
    report.waived_at = None  # an answer that comes late is another lateness
    report.answer_by = add_working_days(london_date(now), fund.answer_days, fund.schools_off)
    returns.owe(report, report.answer_by)
    take_step(report, "return", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def accept_report(
    report: ImpactReturn,
    *,
    rag: Rag,
    reason: str,
    closes: bool = False,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Accept and rate a report. With the final one, what is due raises its claim and what was not earned
    its recovery; with an interim one, the share that the award pays at half-time raises its claims.

    closes  close the bid in the same act, unless a result is still to come: one letter tells of both

    Raises Refused where another rating than the one worked out comes without a reason.
    """
    step = ACCEPT[report.kind]
    _prepare(report, step, user, now, version)
    settled = report.bid.has_accepted_report()
    found = rate(report, rag=rag, reason=reason, user=user, now=now)
    report.accepted_at, report.accepted_by_id = now, user.id
    returns.owe(report, None)
    release(report, "The report is accepted.", user, now)
    early = [o.target_on for o in report.bid.outcomes if found.standings[o.id] is Standing.TOO_EARLY]
    again_on = returns.again_on(report.bid, early) if report.is_final else None
    closes = closes and again_on is None
    pays_share = report.kind is ReturnKind.INTERIM and _begin_second_share(report.bid, now)
    # A corrected version moves no money, so nobody but the school is told of it.
    skipped = ("officer", "finance") if report.number > 1 and not pays_share else ()
    take_step(
        report,
        step,
        user=user,
        now=now,
        version=version,
        given={
            "rag": rag,
            "reason": reason,
            "suggested": found.rag,
            "pays_share": pays_share,
            "again_on": again_on,
        },
        unwritten=(*skipped, *(("school",) if closes else ())),
    )
    if again_on:  # after the letters, which speak of the reports there were
        returns.ask_again(report.bid, again_on)
    if report.is_final and not settled:
        raise_what_is_left(report.bid, user, now)
    if pays_share:
        db.session.add_all(tranche_claims(report.bid, ClaimKind.HALF_TIME, now))
    if closes:
        report.bid.due_on = None
        take_step(report.bid, "close", user=user, now=now, locked=True)
    db.session.commit()


def let_pass(report: ImpactReturn, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """The lateness of a report counts no more; what was held for it goes on."""
    _prepare(report, "let_pass", user, now, version)
    release(report, reason, user, now)
    _choose(report, "let_pass", reason, user, now, version, {"waived_at": now})
    db.session.commit()


def hold_for_it(report: ImpactReturn, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Keep the award's claims from being paid, and the school's next bid from being submitted, until the
    report is accepted or its lateness let pass."""
    _prepare(report, "hold_for_it", user, now, version)
    pays = why_nothing_to_block(report.bid) is None
    columns = {"held_at": now, "waived_at": None}
    _choose(report, "hold_for_it", reason, user, now, version, columns, payments=pays)
    if pays:
        db.session.add(standing_block(report.bid, BlockKind.REPORT, reason, user, now))
    db.session.commit()


def _choose(
    report: ImpactReturn,
    step: str,
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
    columns: Mapping[str, Any],
    *,
    payments: bool = True,
) -> None:
    also, given = {**columns, "late_reason": reason}, {"reason": reason, "payments": payments}
    untold = () if payments else ("finance",)
    take_step(report, step, user=user, now=now, version=version, given=given, also=also, unwritten=untold)


def _begin_second_share(bid: Bid, now: datetime) -> bool:
    """Whether the award has a share that waits for the interim report; from now on it is due."""
    if bid.half_time_at or bid.award is None or not bid.award.pays_at_half_time:
        return False
    bid.half_time_at = now
    return True


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
    given = {**said, "use_again": yes_or_no(said["use_again"])}
    also = {**said, "given_at": now, "given_by_id": user.id}
    # A lead school rates the support beside its report, which the impact officer is told of.
    told = ("impact_officer",) if feedback.is_part_of_report else ()
    take_step(feedback, "give", user=user, now=now, given=given, also=also, locked=True, unwritten=told)
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


def close(bid: Bid, *, user: User, now: datetime, version: int | None) -> None:
    """Close the bid, once what was paid is what was earned or a recovery stands."""
    lock(bid, version, step="close", user=user)
    bid.due_on = None
    take_step(bid, "close", user=user, now=now, version=version)
    db.session.commit()
