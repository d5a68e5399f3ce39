"""A fund's financial year: what was made, paid and earned in it, and what stands at its end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.fund import Allocation, Fund
from fundflow.rules.year_end import PayeeYear, payees_in
from fundflow.workflow.working_days import start_of, year_ends


class LineAtEnd(NamedTuple):
    """An allocation line as it stands at the end of a year."""

    allocation: Allocation
    figures: Totals
    year: int

    @property
    def carries(self) -> int:
        """Pence that are not committed and carry forward."""
        return self.figures.uncommitted if self.allocation.carries_forward else 0

    @property
    def goes_back(self) -> int:
        """Pence that are not committed and go back to those who gave them."""
        return 0 if self.allocation.carries_forward else self.figures.uncommitted


class FundYear(NamedTuple):
    """made  what the ledger entered in the year, on whatever line; payees and lines  at its end"""

    fund: Fund
    last: date
    made: Totals
    payees: Sequence[PayeeYear]
    lines: Sequence[LineAtEnd]

    @property
    def earned(self) -> int:
        """Pence of the days and costs of the year."""
        return sum(payee.in_year for payee in self.payees)

    @property
    def owed(self) -> list[PayeeYear]:
        """Those with something earned and unpaid, or paid and not earned."""
        return [payee for payee in self.payees if payee.accrued or payee.prepaid]

    @property
    def accrued(self) -> int:
        return sum(payee.accrued for payee in self.payees)

    @property
    def prepaid(self) -> int:
        return sum(payee.prepaid for payee in self.payees)

    @property
    def carries(self) -> int:
        return sum(line.carries for line in self.lines)

    @property
    def goes_back(self) -> int:
        return sum(line.goes_back for line in self.lines)


def fund_year(fund: Fund, year: int) -> FundYear:
    """A fund’s year; as far as it goes where it is not over. Nine queries."""
    first, last = year_ends(year)
    end = start_of(last + timedelta(days=1))
    figures = ledger.by_line_before(fund.id, end)
    lines = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id == fund.id, Allocation.financial_year <= year)
        .order_by(*ledger.AS_SPENT)
    )
    standing = [LineAtEnd(line, figures.get(line.id, ledger.NOTHING), year) for line in lines]
    return FundYear(
        fund,
        last,
        ledger.made_in(fund.id, start_of(first), end),
        payees_in(db.session(), fund.id, year),
        [line for line in standing if line.allocation.financial_year == year or _holds(line.figures)],
    )


def _holds(figures: Totals) -> bool:
    return bool(figures.uncommitted or figures.outstanding)
