"""A fund's forecast to 31 March: its awards in force and its allocation lines, as they may then stand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund
from fundflow.rules import forecast
from fundflow.rules.award_rows import IN_FORCE
from fundflow.rules.awards_in_force import InForce, awards_in_force
from fundflow.rules.forecast import Held, Outlook
from fundflow.rules.year_end import payees_in
from fundflow.workflow.working_days import add_working_days, financial_year, year_ends


@dataclass(frozen=True)
class Ahead:
    """Figures as they stand, and what they may come to by the year's last day."""

    figures: Totals
    outlook: Outlook

    @property
    def paid_then(self) -> int:
        """Pence paid by then."""
        return self.figures.paid + self.outlook.coming

    @property
    def later(self) -> int:
        """Pence awarded for what is done after that day, or for nothing."""
        return self.figures.outstanding - self.outlook.used

    @property
    def left(self) -> int:
        """Pence that the year is not expected to take: awarded for later, offered, and free."""
        return self.later + self.figures.reserved + self.figures.free


@dataclass(frozen=True)
class AwardForecast(Ahead):
    """An award in force."""

    bid: Bid


@dataclass(frozen=True)
class LineForecast(Ahead):
    """An allocation line."""

    allocation: Allocation


class Forecast(NamedTuple):
    """A fund's forecast to the end of a financial year."""

    fund: Fund
    year: int
    last: date
    awards: Sequence[AwardForecast]
    lines: Sequence[LineForecast]

    @property
    def whole(self) -> Ahead:
        """All lines as one."""
        return _added(self.lines)

    @property
    def lapsing(self) -> Ahead:
        """The lines that lapse, as one."""
        return _added(line for line in self.lines if line.allocation.lapses == self.year)

    @property
    def lapsed(self) -> Ahead:
        """The lines that lapsed before the year, as one: what is left on them lapsed already."""
        return _added(line for line in self.lines if line.allocation.has_lapsed(self.year))

    @property
    def carried(self) -> Ahead:
        """The lines that carry forward, as one."""
        return _added(line for line in self.lines if line.allocation.carries_forward)

    @property
    def closed(self) -> Ahead:
        """What these lines hold for awards that are closed."""
        whole, open_ = self.whole.figures, ledger.added(award.figures for award in self.awards)
        committed, paid = whole.committed - open_.committed, whole.paid - open_.paid
        return Ahead(ledger.NOTHING._replace(awarded=committed, paid_gross=paid), Outlook())


def _added(lines: Iterable[LineForecast]) -> Ahead:
    found = list(lines)
    figures = ledger.added(line.figures for line in found)
    return Ahead(figures, forecast.added(line.outlook for line in found))


def fund_forecast(fund: Fund, today: date) -> Forecast:
    """A fund's forecast to the end of its financial year; eight queries, however many awards there are, and
    seven for each earlier year whose lapsed lines awards stand on."""
    year = financial_year(today)
    last = year_ends(year)[1]
    lines = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id == fund.id, Allocation.financial_year <= year)
        .order_by(*ledger.AS_SPENT)
    ).all()
    order = [line.id for line in lines]
    held = balances.of_bids(IN_FORCE.params(fund=fund.id))
    lapsed = {line.id: line.financial_year for line in lines if line.has_lapsed(year)}
    on_lapsed = {line for rows in held.values() for line, *_ in rows} & lapsed.keys()
    owed = {y: _owed(fund, y) for y in {lapsed[line] for line in on_lapsed}}
    awards: list[AwardForecast] = []
    parts: dict[int, list[Outlook]] = {line: [] for line in order}
    for found in awards_in_force(db.session(), fund.id):
        by_line = ledger.grouped(held.get(found.award.bid_id, ()))
        figures = ledger.added(by_line.values())
        ahead = _outlook(found, fund, figures.outstanding, today, last)
        awards.append(AwardForecast(figures, ahead, found.award.bid))
        kept = {line: Held(t.paid, t.outstanding) for line, t in by_line.items()}
        most = forecast.still_pay(kept, lapsed, {y: pence[found.award.bid_id] for y, pence in owed.items()})
        for line, part in forecast.on_lines(ahead, kept, order, most).items():
            parts[line].append(part)
    figures_of = ledger.by_line(fund.id)
    return Forecast(
        fund,
        year,
        last,
        awards,
        [
            LineForecast(figures_of.get(line.id, ledger.NOTHING), forecast.added(parts[line.id]), line)
            for line in lines
            # its own money, what carried forward, and what awards in force stand on
            if line.financial_year == year or line.carries_forward or parts[line.id]
        ],
    )


def _owed(fund: Fund, year: int) -> Counter[int]:
    """Pence by bid (its id) that were earned by the end of a year and are unpaid."""
    found: Counter[int] = Counter()
    for payee in payees_in(db.session(), fund.id, year):
        found[payee.bid.id] += payee.unpaid
    return found


def _outlook(found: InForce, fund: Fund, unpaid: int, today: date, last: date) -> Outlook:
    bid = found.award.bid
    start, end = bid.start_on or today, bid.end_on or today
    due = bid.report.due_on if bid.report else add_working_days(end, fund.report_days, fund.schools_off)
    return forecast.outlook(
        found.basis,
        found.logged,
        forecast.days_left(today, end, last, fund.schools_off),
        forecast.milestones(start, end, due, last),
        unpaid,
    )
