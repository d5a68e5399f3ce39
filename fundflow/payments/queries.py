"""What the money pages show: figures of the funds, claims that wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import joinedload

from fundflow import ledger
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.person import RoleName, User
from fundflow.models.school import SchoolKind
from fundflow.web.charts import SHADES, Drawing, money_by_stage
from fundflow.workflow.working_days import london_date

R = RoleName
READERS = (R.FINANCE, R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.AUTHORISED_OFFICER, R.IMPACT_OFFICER)
WHOLE_LEDGER = frozenset({R.FINANCE, R.AUDITOR})  # they reconcile it, so nothing is left out
PAGE = 50
KIND_WORDS = {
    SchoolKind.MAINTAINED: "maintained schools",
    SchoolKind.ACADEMY: "academies",
    SchoolKind.OTHER: "others",
}


class Segment(NamedTuple):
    """A part of the bar: where it starts and how wide it is, in thousandths; a colour."""

    x: int
    width: int
    colour: str
    words: str
    pence: int


@dataclass(frozen=True)
class LineFigures:
    """An allocation line and its figures."""

    allocation: Allocation
    figures: Totals

    @property
    def pays(self) -> str:
        return ", ".join(KIND_WORDS[SchoolKind(kind)] for kind in self.allocation.pays)


@dataclass(frozen=True)
class Year:
    number: int
    figures: Totals

    @property
    def bar(self) -> list[Segment]:
        return bar(self.figures)


@dataclass(frozen=True)
class FundMoney:
    """A fund's figures: in all, by financial year (newest first) and by allocation line."""

    fund: Fund
    lines: list[LineFigures]

    @property
    def figures(self) -> Totals:
        return ledger.added(line.figures for line in self.lines)

    @property
    def chart(self) -> Drawing:
        return money_by_stage("The fund’s money by stage", self.figures)

    @property
    def years(self) -> list[Year]:
        numbers = sorted({line.allocation.financial_year for line in self.lines}, reverse=True)
        return [
            Year(
                number,
                ledger.added(line.figures for line in self.lines if line.allocation.financial_year == number),
            )
            for number in numbers
        ]


def funds_of(user: User, now: datetime, names: Iterable[RoleName]) -> list[Fund]:
    """The funds for which this person holds one of these roles."""
    query = select(Fund).where(in_charge(user, now, frozenset(names), Fund.id)).order_by(Fund.id)
    return list(db.session.scalars(query))


def bar(figures: Totals) -> list[Segment]:
    """Paid, outstanding, offered and free, as parts of the whole."""
    parts = [
        (SHADES[0], "Paid", figures.paid),
        (SHADES[1], "Outstanding", figures.outstanding),
        (SHADES[2], "Offered", figures.reserved),
        (SHADES[3], "Free", figures.free),
    ]
    whole = sum(max(pence, 0) for _, _, pence in parts)
    segments, x = [], 0
    for colour, words, pence in parts:
        width = max(pence, 0) * 1000 // whole if whole else 0
        segments.append(Segment(x, width, colour, words, pence))
        x += width
    return segments


def funds_money(
    user: User, now: datetime, names: tuple[RoleName, ...], *, as_told: bool = False
) -> list[FundMoney]:
    """The figures of every fund for which this person holds one of these roles.

    as_told  without what is reserved for offers whose letters are held now
    """
    funds = funds_of(user, now, names)
    found = ledger.by_lines_as_told if as_told else ledger.by_lines_of
    figures = found([fund.id for fund in funds])
    lines = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id.in_([fund.id for fund in funds]))
        .order_by(Allocation.financial_year, Allocation.id)
    ).all()
    nothing = ledger.added(())
    return [
        FundMoney(
            fund,
            [LineFigures(line, figures.get(line.id, nothing)) for line in lines if line.fund_id == fund.id],
        )
        for fund in funds
    ]


def blocks_of(bid: Bid) -> list[PaymentBlock]:
    """Every block of a bid's payments, newest first, with who put and who lifted it."""
    query = select(PaymentBlock).where(PaymentBlock.bid_id == bid.id).order_by(PaymentBlock.id.desc())
    people = (joinedload(PaymentBlock.put_by), joinedload(PaymentBlock.lifted_by))
    return list(db.session.scalars(query.options(*people)))


def in_charge(user: User, now: datetime, names: frozenset[RoleName], fund_id: Any) -> ColumnElement[bool]:
    """The condition that a person holds one of these roles for the fund."""
    day = london_date(now)
    held = [g.fund_id for g in user.roles if g.is_valid_on(day) and g.role in names]
    return true() if None in held else fund_id.in_(held)
