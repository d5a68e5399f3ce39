"""Whether statements add up to the ledger's balances, and their figures to the entries behind them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation
from fundflow.models.person import User
from fundflow.payments.statements import Asked, FigureInStatement, Statement, of_bid, of_ledger, of_school
from fundflow.rules.ledger_totals import Figure
from fundflow.workflow.working_days import financial_year, london_date


def figures_of(totals: Totals) -> dict[Figure, int]:
    """The ledger's running balances, by the statements' names."""
    return {
        figure: totals.paid_gross if figure is Figure.PAID_OUT else getattr(totals, figure.value)
        for figure in Figure
    }


def shown(statement: Statement) -> list[FigureInStatement]:
    return statement.shown(None).figures


def assert_entries_behind(statement: Statement) -> None:
    """Each figure is the sum of the entries it opens, and the last balance is the figure at the end."""
    for found in shown(statement):
        lines = list(statement._replace(asked=statement.asked._replace(kind=found.figure)).lines())
        assert sum(line.pence for line in lines) == found.moved, found
        assert not lines or lines[-1].balance == found.after, found


def statements_of(bid: Bid, user: User, now: datetime) -> dict[str, tuple[list[Statement], Totals]]:
    """The statements of the bid's fund, its lines, school, bid and years (which come last), each with what
    the ledger's balances say of the same; `user` reads the whole ledger."""
    fund, school = bid.fund, bid.lead_school
    lines = list(db.session.scalars(select(Allocation).where(Allocation.fund_id == fund.id)))
    by_line = ledger.by_line(fund.id)
    led = db.session.scalars(select(Bid.id).where(Bid.lead_school_id == school.id)).all()
    of_led = ledger.added(ledger.bid_totals(number) for number in led)
    whole = ledger.totals(fund.id)
    years = range(2025, financial_year(london_date(now)) + 1)
    found = {
        f"line {line.id}": ([of_ledger(user, now, Asked(line=line))], by_line.get(line.id, ledger.NOTHING))
        for line in lines
    }
    return found | {
        "fund": ([of_ledger(user, now, Asked(fund=fund))], whole),
        "bid": ([of_bid(bid, user, now, Asked())], ledger.bid_totals(bid.id)),
        "school": ([of_school(school, user, now, Asked(), staff=True)], of_led),
        "years": ([of_ledger(user, now, Asked(fund=fund, year=year)) for year in years], whole),
    }


def assert_statements_add_up(bid: Bid, user: User, now: datetime) -> None:
    for name, (statements, totals) in statements_of(bid, user, now).items():
        figures = [shown(statement) for statement in statements]
        wanted = {figure: figures_of(totals)[figure] for figure in statements[0].figures}
        assert _moved(figures) == wanted, name
        assert {one.figure: one.after for one in figures[-1]} == wanted, name


def _moved(figures: Iterable[list[FigureInStatement]]) -> dict[Figure, int]:
    return {rows[0].figure: sum(one.moved for one in rows) for rows in zip(*figures, strict=True)}
