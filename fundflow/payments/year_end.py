"""A fund's financial year: what was made, paid and earned in it, what stands at its end, and what lapses."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from fundflow import ledger, ledger_periods
from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund, year_words
from fundflow.models.ledger_entry import BidBalance
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.ledger_totals import grouped
from fundflow.rules.payment_runs import in_approved_runs, why_in_run
from fundflow.rules.year_end import PayeeYear, payees_in
from fundflow.spending import lapsing
from fundflow.steps import lock, note
from fundflow.workflow.actors import Actor
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import only, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date, start_of, year_ends


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


class ToMove(NamedTuple):
    """Pence of an award on lines that lapse, from which nothing that was served by then is to be paid."""

    bid: Bid
    pence: int


class FundYear(NamedTuple):
    """A fund's year.

    made           what the ledger entered in it, on whatever line
    payees, lines  at its end
    lapsing        what was not earned by its end on lines that lapse with it, as it is now
    """

    fund: Fund
    last: date
    made: Totals
    payees: Sequence[PayeeYear]
    lines: Sequence[LineAtEnd]
    lapsing: Sequence[ToMove]

    @property
    def to_move(self) -> int:
        return sum(award.pence for award in self.lapsing)

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
    """A fund’s year; as far as it goes where it is not over. Ten queries."""
    first, last = year_ends(year)
    end = start_of(last + timedelta(days=1))
    figures = ledger_periods.by_line_before(fund.id, end)
    lines = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id == fund.id, Allocation.financial_year <= year)
        .order_by(*ledger.AS_SPENT)
    )
    payees = payees_in(db.session(), fund.id, year)
    standing = [LineAtEnd(line, figures.get(line.id, ledger.NOTHING), year) for line in lines]
    return FundYear(
        fund,
        last,
        ledger_periods.made_in(fund.id, start_of(first), end),
        payees,
        [line for line in standing if line.allocation.financial_year == year or _holds(line.figures)],
        _lapsing(fund, year, payees),
    )


def _lapsing(fund: Fund, year: int, payees: Iterable[PayeeYear]) -> list[ToMove]:
    query = (
        select(BidBalance.bid_id, BidBalance.kind, func.sum(BidBalance.pence))
        .join(Allocation)
        .where(Allocation.fund_id == fund.id, Allocation.financial_year == year)
        .where(Allocation.carries_forward.is_(False))
        .group_by(BidBalance.bid_id, BidBalance.kind)
    )
    rows = [(bid_id, kind, int(pence)) for bid_id, kind, pence in db.session.execute(query)]
    owed: Counter[int] = Counter()
    for payee in payees:
        owed[payee.bid.id] += payee.unpaid
    bids = {payee.bid.id: payee.bid for payee in payees}
    return [
        ToMove(bids[bid_id], left.outstanding - owed[bid_id])
        for bid_id, left in sorted(grouped(rows).items())
        if bid_id in bids and left.outstanding > owed[bid_id]
    ]


def move_lapsing(bid: Bid, year: int, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Move what an award has on lines that lapse with a year, and that was not earned by then, to lines that
    pay later too. The award stays as it is."""
    about = {"year": year}
    lock(bid, version, step="move_lapsing", user=user, about=about)
    pence = sum(lapsing(bid, year).values())
    refuse_if(why_not_moved(bid, year, pence, user, now))
    words = f"Moved {pounds(pence)} of the award from money of {year_words(year)} that lapses"
    told = note(
        bid,
        "move_lapsing",
        words,
        user=user,
        now=now,
        reason=reason,
        version=version,
        facts=about,
        internal=True,
    )
    ledger.move_lapsing(bid, year, told, user)
    db.session.commit()


def why_not_moved(bid: Bid, year: int, pence: int, user: User, now: datetime) -> str | None:
    """None where this person may move so much of an award now, else the sentence."""
    if Actor.FINANCE not in actors_for(user, bid, now):
        return only((Actor.FINANCE,))
    bar = bar_of(bid, user, now)
    if bar:
        return f"You can’t move this money: {bar_to_you(bar)}. Ask a colleague."
    opens = moves_from(year)
    if london_date(now) < opens:
        return f"Money of {year_words(year)} can be moved from {day_words(opens)}."
    if not pence:
        lapses = f"lines that lapse with {year_words(year)}"
        return f"Nothing of this award is on {lapses} and was not earned by then."
    if claims := in_approved_runs(bid):  # it says already which lines pay
        return f"{why_in_run(claims[0])} Load its answer first, or cancel it while it is not exported."
    return None


def moves_from(year: int) -> date:
    """From when money that lapses with a year may be moved: before, it may still be earned."""
    return date(year + 1, 3, 1)


def _holds(figures: Totals) -> bool:
    return bool(figures.uncommitted or figures.outstanding)
