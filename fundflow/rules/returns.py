"""Which reports a bid is asked for and when, by its fund's rule and the amount (docs/rules.md, "Impact")."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.impact import CORRECTED_IN, EDITABLE_RETURNS, OPEN_IN, ImpactReturn
from fundflow.rules.changes import MONTHS_OF_A_TERM
from fundflow.rules.quality_checks import move_checks
from fundflow.workflow.award import half_time
from fundflow.workflow.date_words import day_words
from fundflow.workflow.impact_return import NOTICE, ReturnKind, ReturnState, owed
from fundflow.workflow.working_days import add_working_days, months_after

NOT_OFF: ColumnElement[bool] = literal_column("NOT impact_return.off")  # as an index has it
UNSENT = (ReturnState.SCHEDULED, ReturnState.DUE)  # whose date follows the days of the support


class Planned(NamedTuple):
    """A report and the day on which it is due."""

    kind: ReturnKind
    due_on: date


def planned(fund: Fund, start: date, end: date, pence: int, today: date) -> list[Planned]:
    """The reports that an award of this amount is asked for, in the order of their days.

    There is no interim report where the support takes less than a term, or its middle day has passed.
    """
    found = [Planned(ReturnKind.FINAL, final_due(fund, end))]
    if pence < fund.returns_from_pence:
        return found
    middle = half_time(start, end)
    if fund.asks_interim and end >= months_after(start, MONTHS_OF_A_TERM) and middle > today:
        found.insert(0, Planned(ReturnKind.INTERIM, middle))
    if fund.asks_follow_up:
        found.append(Planned(ReturnKind.FOLLOW_UP, months_after(end, fund.follow_up_months)))
    return found


def final_due(fund: Fund, end: date) -> date:
    """When the final report of support that ended on a day is due."""
    return add_working_days(end, fund.report_days, fund.schools_off)


def schedule(bid: Bid, pence: int, today: date) -> None:
    """Give an award that begins the reports it is asked for; the bid's date is that of the final one."""
    end = bid.end_on or today
    bid.returns = [
        ImpactReturn(kind=kind, due_on=due)
        for kind, due in planned(bid.fund, bid.start_on or today, end, pence, today)
    ]
    bid.due_on = final_due(bid.fund, end)


def move(bid: Bid, start: date | None, end: date, today: date) -> None:
    """Move the days of the reports that have not been sent to those of support from a day until a day. An
    interim report whose middle day would be over is due with the usual notice from today."""
    soonest = add_working_days(today, NOTICE, bid.fund.schools_off)
    _due(bid, ReturnKind.INTERIM, max(half_time(start or end, end), soonest))
    move_end(bid, end)
    move_checks(bid, start, end)


def move_end(bid: Bid, end: date) -> None:
    """The same of the reports that follow the end of the support; a final one is asked for in any case."""
    if bid.report is None:
        bid.returns.append(ImpactReturn(due_on=end))
    _due(bid, ReturnKind.FOLLOW_UP, months_after(end, bid.fund.follow_up_months))
    if _due(bid, ReturnKind.FINAL, final_due(bid.fund, end)):
        bid.due_on = final_due(bid.fund, end)


def again_on(bid: Bid, targets: list[date]) -> date | None:
    """When a follow-up report asks once more for results that are too early to rate: the day after the
    latest of their target dates. None without any, and where a later report is due anyway or was sent."""
    if not targets:
        return None
    day, later = max(targets) + timedelta(days=1), bid.return_of(ReturnKind.FOLLOW_UP)
    needed = later is None or (later.state in UNSENT and later.due_on < day)
    return day if needed else None


def ask_again(bid: Bid, day: date) -> None:
    """Ask for the follow-up report on a day."""
    if not _due(bid, ReturnKind.FOLLOW_UP, day):
        bid.returns.append(ImpactReturn(kind=ReturnKind.FOLLOW_UP, due_on=day))


def is_open(bid: Any = Bid) -> ColumnElement[bool]:
    """`ImpactReturn.why_not_open` as a condition on a report joined with its bid, or with an alias of it."""
    return or_(
        *(and_(ImpactReturn.kind == kind, bid.state.in_(states)) for kind, states in OPEN_IN.items()),
        and_(ImpactReturn.number > 1, bid.state.in_(CORRECTED_IN)),
    )


def is_late(day: date, bid: Any = Bid) -> ColumnElement[bool]:
    """Whether a report was due before a day and has not come, likewise."""
    return and_(ImpactReturn.state.in_(EDITABLE_RETURNS), or_(*ways_to_be_late(day)), is_open(bid))


def ways_to_be_late(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """`wanted_on < day` of reports that have not come: of those unsent and of those returned, in two parts
    that an index holds."""
    unsent = and_(ImpactReturn.state.in_(UNSENT), ImpactReturn.due_on < day, NOT_OFF)
    return unsent, and_(ImpactReturn.state == ReturnState.RETURNED, ImpactReturn.answer_by < day, NOT_OFF)


def counts_against(day: date) -> ColumnElement[bool]:
    """Whether a report that things may wait for is late and nobody let its lateness pass, likewise."""
    return and_(is_late(day), ImpactReturn.waived_at.is_(None), ImpactReturn.kind != ReturnKind.FOLLOW_UP)


def late_returns(bid: Bid, day: date) -> list[ImpactReturn]:
    """The reports of a bid that were due before a day, have not come, and were not let pass; no follow-up
    report, which holds nothing up."""
    late = [one for one in bid.returns if one.is_editable and one.wanted_on < day and not one.waived_at]
    return [one for one in late if one.holds_things_up]


class LateReport(NamedTuple):
    """A late report of a school.

    reason  why its lateness was let pass, or why payments and bids are held for it
    """

    reference: str
    kind: ReturnKind
    number: int
    state: ReturnState
    wanted_on: date
    is_held: bool
    is_let_pass: bool
    reason: str

    @property
    def owed(self) -> str:
        return owed(self.kind.in_words, self.number, self.state)


def late_of_school(bid: Bid, day: date, most: int = 5) -> list[LateReport]:
    """The late reports on the bids of a bid's lead school, oldest first; one query."""
    session = object_session(bid)
    query = (
        select(
            Bid.reference,
            ImpactReturn.kind,
            ImpactReturn.number,
            ImpactReturn.state,
            ImpactReturn.wanted_on,
            ImpactReturn.held_at.is_not(None),
            ImpactReturn.waived_at.is_not(None),
            ImpactReturn.late_reason,
        )
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .where(Bid.lead_school_id == bid.lead_school_id, is_late(day))
        .order_by(ImpactReturn.wanted_on, ImpactReturn.id)
        .limit(most)
    )
    return [LateReport(*row) for row in session.execute(query)] if session else []


def why_bids_held(bid: Bid) -> str | None:
    """For which report a school's next bid is held, as a sentence, or None."""
    session = object_session(bid)
    if session is None:
        return None
    held = session.execute(
        select(Bid.reference, ImpactReturn.number, ImpactReturn.state, ImpactReturn.wanted_on)
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .where(Bid.lead_school_id == bid.lead_school_id, ImpactReturn.held_at.is_not(None))
        .where(ImpactReturn.kind != ReturnKind.FOLLOW_UP)
        .where(or_(is_open(), ImpactReturn.state == ReturnState.SUBMITTED))
        .order_by(ImpactReturn.id)
        .limit(1)
    ).first()
    if held is None:
        return None
    what = owed("report", held.number, held.state)
    return (
        f"The {what} on {held.reference} was due on {day_words(held.wanted_on)}. The council holds the "
        "school’s next bid until it is accepted."
    )


def owe(report: ImpactReturn, day: date | None) -> None:
    """The bid's own date is that of its final report, once the support has ended."""
    if report.is_final and report.bid.is_in_monitoring:
        report.bid.due_on = day


def _due(bid: Bid, kind: ReturnKind, day: date) -> bool:
    """Give the report of a kind its day, while it has not been sent; whether it has one now."""
    report = bid.return_of(kind)
    if report is None or report.state not in UNSENT:
        return False
    report.due_on = day
    return True
