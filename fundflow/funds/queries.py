"""Funds for pages, in a number of queries that does not grow."""

from collections import defaultdict
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fundflow import ledger
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.fund import Allocation, Fund, StaffGrade
from fundflow.models.measure import Measure
from fundflow.models.round import Round

Part = TypeVar("Part", Allocation, Round, StaffGrade, Measure)

NOTHING = Totals(0, 0, 0, 0, 0, 0)


class FundLine(NamedTuple):
    """An allocation line and its figures."""

    line: Allocation
    figures: Totals


def funds() -> list[tuple[Fund, Totals]]:
    """Every fund with its figures."""
    everyone = list(db.session.scalars(select(Fund).order_by(Fund.name, Fund.id)))
    by_line = ledger.by_lines_of(fund.id for fund in everyone)
    owner = dict(db.session.execute(select(Allocation.id, Allocation.fund_id)).all())
    figures: dict[int, list[Totals]] = defaultdict(list)
    for line, totals in by_line.items():
        figures[owner[line]].append(totals)
    return [(fund, ledger.added(figures[fund.id])) for fund in everyone]


def fund(number: int) -> Fund | None:
    return db.session.get(Fund, number)


def neighbours(fund: Fund) -> list[Fund]:
    """The other funds of the same council."""
    query = select(Fund).where(Fund.la_code == fund.la_code, Fund.id != fund.id)
    return list(db.session.scalars(query.order_by(Fund.name, Fund.id)))


def lines(fund: Fund) -> list[FundLine]:
    """The fund's allocation lines, oldest first, in the order in which they pay."""
    figures = ledger.by_line(fund.id)
    found = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id == fund.id)
        .order_by(Allocation.financial_year, Allocation.id)
    )
    return [FundLine(line, figures.get(line.id, NOTHING)) for line in found]


def rounds(fund: Fund) -> list[Round]:
    """The fund's rounds with their priorities and questions, newest first."""
    return list(
        db.session.scalars(
            select(Round)
            .where(Round.fund_id == fund.id)
            .options(selectinload(Round.priorities), selectinload(Round.questions))
            .order_by(Round.id.desc())
        )
    )


def part_of(kind: type[Part], number: int, fund: Fund) -> Part | None:
    """A line, a round, a grade or a measure of this fund by its number."""
    found = db.session.get(kind, number)
    return found if found is not None and found.fund_id == fund.id else None
