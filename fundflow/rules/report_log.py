"""What a school's report says beside what the log of days and costs holds, and what accepting it comes to
(docs/rules.md, "Impact")."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import ImpactReturn
from fundflow.models.money import days_words
from fundflow.rules.award_sums import logged_on_lines, sum_of
from fundflow.rules.claims import why_costs_lack_receipts


class ReportAndLog(NamedTuple):
    """reported   half days the report says; None where it says none yet
    logged     half days in the log, confirmed or not
    has_days   whether the award pays for days at all
    spent      pence the report says were spent; None where it says none yet
    costs      pence of other costs in the log, each with its receipt
    earned     pence that the confirmed days and the costs come to
    paid       pence paid, less what came back
    to_ask     pence paid and not earned that accepting asks back
    to_pay     pence earned and not paid that accepting pays
    """

    reported: int | None
    logged: int
    has_days: bool
    spent: int | None
    costs: int
    earned: int
    paid: int
    to_ask: int
    to_pay: int

    @property
    def missing(self) -> int:
        """Half days that the report says and the log lacks."""
        return max((self.reported or 0) - self.logged, 0) if self.has_days else 0

    @property
    def is_short(self) -> bool:
        """Whether the report says more than the log comes to."""
        return bool(self.missing) or (self.spent or 0) > self.earned


def report_and_log(report: ImpactReturn) -> ReportAndLog:
    """The figures of a report and of its bid's log, side by side; four queries."""
    found, (logged, costs, has_days) = sum_of(report.bid), _log_of(report.bid)
    return ReportAndLog(
        reported=report.half_days_delivered,
        logged=logged,
        has_days=has_days,
        spent=report.spent_pence,
        costs=costs,
        earned=found.whole.earned,
        paid=found.whole.paid,
        to_ask=sum(max(payee.sum.paid - payee.sum.earned - payee.standing, 0) for payee in found.payees),
        to_pay=sum(max(payee.sum.earned - payee.sum.paid, 0) for payee in found.payees),
    )


class Days(NamedTuple):
    """The half days of an award: planned on its lines, in its log, and of those confirmed."""

    planned: int
    logged: int
    confirmed: int


def days_of(bid: Bid) -> Days:
    """The days of the award in force; two queries."""
    days = [line for line in (bid.award.lines if bid.award else []) if line.is_days]
    logged, confirmed = (logged_on_lines(bid, hoped=hoped) for hoped in (True, False))
    return Days(
        sum(line.half_days or 0 for line in days),
        sum(logged.get(line.key, 0) for line in days),
        sum(confirmed.get(line.key, 0) for line in days),
    )


def why_receipts_wanted(report: ImpactReturn) -> str | None:
    """Which receipts are lacking, while what is logged still counts: until the final report is accepted."""
    return why_costs_lack_receipts(report.bid) if report.is_final and report.number == 1 else None


def why_log_short(report: ImpactReturn) -> str | None:
    """By how much the log holds fewer days than the report says, as a sentence, or None."""
    if not report.half_days_delivered:
        return None
    logged, _costs, has_days = _log_of(report.bid)
    if not has_days or report.half_days_delivered <= logged:
        return None
    return f"The report says {_days(report.half_days_delivered)}, the log holds {_days(logged)}."


def explained(report: ImpactReturn) -> str:
    """Why the log holds less, as the school said when it last sent the report; “” where it said nothing."""
    session = object_session(report)
    sent = session and session.scalar(
        select(HistoryEntry)
        .where(
            HistoryEntry.process == report.workflow.name,
            HistoryEntry.record_id == report.id,
            HistoryEntry.step == "submit",
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    return sent.reason if sent else ""


def why_log_unexplained(report: ImpactReturn) -> str | None:
    """Why a report can't be accepted: its days are neither in the log nor explained; else None."""
    why = why_log_short(report)
    if why is None or explained(report):
        return None
    return f"{why} Ask the school to log them, or to say why not."


def _log_of(bid: Bid) -> tuple[int, int, bool]:
    """Half days and pence of other costs in the log, and whether the award pays for days."""
    lines, log = (bid.award.lines if bid.award else []), logged_on_lines(bid)
    days = [line.key for line in lines if line.is_days]
    costs = [line.key for line in lines if not line.is_days]
    return sum(log.get(key, 0) for key in days), sum(log.get(key, 0) for key in costs), bool(days)


def _days(half_days: int) -> str:
    return days_words(half_days) if half_days else "none"
