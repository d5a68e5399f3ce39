"""What a report waits for."""

from fundflow.models.impact import ImpactReturn
from fundflow.rules.claims import why_days_unsettled
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.report_log import why_log_unexplained
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.impact_return import HELD_FROM, NOTICE, ReturnKind
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import add_working_days, london_date


@guard
def not_due_yet(report: ImpactReturn, ask: Ask) -> str | None:
    opens = add_working_days(report.due_on, -NOTICE, report.bid.fund.schools_off)
    return None if london_date(ask.now) >= opens else f"The report falls due on {day_words(report.due_on)}."


@guard
def report_not_open(report: ImpactReturn, _ask: Ask) -> str | None:
    return report.why_not_open()


@guard
def too_early_to_send(report: ImpactReturn, ask: Ask) -> str | None:
    """The final report may be sent as soon as the support has ended."""
    return None if report.is_final else not_due_yet(report, ask)


@guard
def not_a_final_report(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.is_final else "This is not the final report."


@guard
def not_an_interim_report(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.kind is ReturnKind.INTERIM else "This is not an interim report."


@guard
def not_a_follow_up(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.kind is ReturnKind.FOLLOW_UP else "This is not a follow-up report."


@guard
def follow_up_report(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.holds_things_up else "Nothing waits for a follow-up report."


@guard
def newer_version(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.is_latest else "There is a newer version of this report."


@guard
def not_a_correction(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.number > 1 else "This is not a corrected version."


@guard
def correction_begun(report: ImpactReturn, _ask: Ask) -> str | None:
    return None if report.is_unchanged_copy else "The school has begun to correct it."


@guard
def bid_is_stopped(report: ImpactReturn, _ask: Ask) -> str | None:
    stopped = report.bid.state is BidState.TERMINATED
    return "The funding was stopped, so no report is asked for." if stopped else None


@guard
def report_not_late(report: ImpactReturn, ask: Ask) -> str | None:
    late = report.is_editable and report.wanted_on < london_date(ask.now)
    return None if late else "The report is not late."


@guard
def lateness_let_pass(report: ImpactReturn, _ask: Ask) -> str | None:
    at = report.waived_at
    return f"The lateness was let pass on {day_words(london_date(at))}." if at else None


@guard
def held_for_report(report: ImpactReturn, _ask: Ask) -> str | None:
    at = report.held_at
    return f"Payments and bids have been held since {day_words(london_date(at))}." if at else None


@guard
def not_late_enough(report: ImpactReturn, ask: Ask) -> str | None:
    day = add_working_days(report.wanted_on, HELD_FROM, report.bid.fund.schools_off)
    if london_date(ask.now) >= day:
        return None
    return f"Payments and bids can be held from {day_words(day)}, {HELD_FROM} working days after it was due."


@guard
def report_incomplete(report: ImpactReturn, _ask: Ask) -> str | None:
    return report.why_incomplete()


@guard
def barred_from_report(report: ImpactReturn, ask: Ask) -> str | None:
    bar = bar_of(report.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t check this report: {bar_to_you(bar)}." if bar else None


@guard
def days_unsettled(report: ImpactReturn, _ask: Ask) -> str | None:
    return why_days_unsettled(report.bid)


@guard
def log_unexplained(report: ImpactReturn, _ask: Ask) -> str | None:
    return why_log_unexplained(report)
