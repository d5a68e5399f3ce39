"""What a bid costs, and what it therefore asks for. Integer pence throughout."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, object_session

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, CostKind, MatchKind
from fundflow.models.fund import Fund, StaffGrade, year_words
from fundflow.models.ledger_entry import BidBalance
from fundflow.models.money import financial_year, pounds
from fundflow.rules.ledger_totals import Figure, balances_as


class CostBreakdown(NamedTuple):
    """The parts of the sum, in pence (docs/rules.md, "Amounts and rounding")."""

    backfill: int
    other: int
    materials: int  # part of `other`
    cash_match: int
    in_kind_match: int  # shown, never counted

    @property
    def costs(self) -> int:
        return self.backfill + self.other

    @property
    def requested(self) -> int:
        """Costs less the cash match, never below nothing."""
        return max(self.costs - self.cash_match, 0)


def cost_breakdown(bid: Bid) -> CostBreakdown:
    """The bid's costs, summed from its lines."""
    return CostBreakdown(
        backfill=sum(line.pence for line in bid.backfill_lines),
        other=sum(line.pence for line in bid.cost_lines),
        materials=sum(c.pence for c in bid.cost_lines if c.kind is CostKind.MATERIALS),
        cash_match=sum(m.pence for m in bid.match_funding if m.kind is MatchKind.CASH),
        in_kind_match=sum(m.pence for m in bid.match_funding if m.kind is MatchKind.IN_KIND),
    )


def recount(bid: Bid) -> None:
    """Keep `requested_pence` in step with the lines; every operation that changes one calls it."""
    bid.requested_pence = cost_breakdown(bid).requested


def rate_cap_pence(fund: Fund, grade: StaffGrade | None) -> int:
    """The day rate above which a line must say why: the grade's, else the fund's.

    See docs/rules.md, "Amounts and rounding".
    """
    return grade.cap_pence if grade else fund.day_rate_cap_pence


def lines_without_reason(bid: Bid) -> list[BackfillLine]:
    """Lines of backfill whose day rate is above its cap without a word why."""
    unexplained = [line for line in bid.backfill_lines if not line.rate_reason]
    return [line for line in unexplained if line.day_rate_pence > rate_cap_pence(bid.fund, line.grade)]


def why_too_many_materials(bid: Bid) -> str | None:
    """Materials may be a part of the amount only, in percent of it; the sentence, or None."""
    money, percent = cost_breakdown(bid), bid.fund.materials_percent
    if money.materials * 100 <= money.requested * percent:
        return None
    most = money.requested * percent // 100
    return (
        f"Materials may be at most {percent}% of the amount: {pounds(most)} of "
        f"{pounds(money.requested)}. Yours are {pounds(money.materials)}"
    )


# What a school has been given or offered.
GIVEN = {**Figure.COMMITTED.signs, **Figure.RESERVED.signs}


def given_already(bid: Bid) -> int:
    """Pence of the lead school's other bids to the fund that start in the same financial year: awards
    less what was given back, and offers that are out, of which the school knows."""
    session = object_session(bid)
    if session is None or bid.start_on is None:
        return 0
    return given_in(session, bid.fund_id, bid.lead_school_id, financial_year(bid.start_on), Bid.id != bid.id)


def given_in(session: Session, fund_id: int, school_id: int, year: int, *which: ColumnElement[bool]) -> int:
    """The same of all bids that a school leads, or of those `which`, for a financial year."""
    pence = balances_as(GIVEN)
    query = (
        select(func.coalesce(func.sum(pence), 0))
        .join(Bid, Bid.id == BidBalance.bid_id)
        .where(
            Bid.fund_id == fund_id,
            Bid.lead_school_id == school_id,
            Bid.decision_held_until.is_(None),
            Bid.start_on.between(date(year, 4, 1), date(year + 1, 3, 31)),
            *which,
        )
    )
    return int(session.scalar(query) or 0)


def why_above_year_cap(bid: Bid, pence: int | None = None) -> str | None:
    """The sentence where the fund's cap for a school's year would be passed, with its figures; else None.

    pence  what the bid comes to, where that is not what it asks for
    """
    cap = bid.fund.school_year_cap_pence
    if cap is None or bid.start_on is None:
        return None
    given = given_already(bid)
    if given + (bid.requested_pence if pence is None else pence) <= cap:
        return None
    had = f"It has {pounds(given)} already" if given else "It has nothing yet"
    year = year_words(financial_year(bid.start_on))
    return (
        f"The most one school can have from this fund in {year} is {pounds(cap)}. {had}, "
        f"so this bid can {'ask for' if pence is None else 'have'} at most {pounds(max(cap - given, 0))}"
    )
