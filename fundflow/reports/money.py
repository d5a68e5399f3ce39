"""The fund's money (docs/rules.md, "The ledger"), as it stood when the period ended."""

from datetime import datetime

from sqlalchemy import select

from fundflow import ledger_periods
from fundflow.extensions import db
from fundflow.models.fund import Allocation, year_words
from fundflow.models.money import pounds
from fundflow.reports.cut import Cut
from fundflow.reports.tables import Chart, Column, Kind, Part, Shape, Table
from fundflow.rules.ledger_totals import Figure, Totals, added
from fundflow.workflow.date_words import day_words

F = Figure
OF_LINES = (F.ALLOCATED, F.COMMITTED, F.PAID, F.OUTSTANDING, F.UNCOMMITTED, F.RESERVED)
WHOLE = "The money is the whole fund’s, also where bids are narrowed to some."


def money(cut: Cut, at: datetime) -> Part:
    """Where the fund's money stands, by allocation line, and what moved in the period; three queries."""
    lines = ledger_periods.by_line_before(cut.fund.id, cut.until(at), as_told=True)
    whole = added(lines.values())
    sentence = (
        f"On {day_words(cut.last_day(at))} the fund had {pounds(whole.allocated)}. Of that "
        f"{pounds(whole.committed)} was committed to awards and {pounds(whole.paid)} was paid."
    )
    return Part("Money", (_standing(cut, at, whole), _by_line(cut, at, lines), _moved(cut, at)), (sentence,))


def _standing(cut: Cut, at: datetime, whole: Totals) -> Table:
    """Paid, outstanding, reserved and free: the parts of what is allocated."""
    free = "may still be offered" if whole.free >= 0 else "is missing after a cut"
    return Table(
        code="money",
        title=f"Where the money stands on {day_words(cut.last_day(at))}",
        says=f"{pounds(whole.paid)} of {pounds(whole.allocated)} is paid; {pounds(abs(whole.free))} {free}.",
        columns=(Column("Money"), Column("Amount", Kind.PENCE)),
        rows=(
            ("Paid", whole.paid),
            (F.OUTSTANDING.short, whole.outstanding),
            (F.RESERVED.short, whole.reserved),
            (F.FREE.short, whole.free),
        ),
        totals=(F.ALLOCATED.words, whole.allocated),
        chart=Chart(Shape.STACKED),
        notes=(
            "Paid is less what was recovered; outstanding is awarded and not paid yet; reserved is for "
            "offers that schools have heard of; free may still be offered.",
            *(() if cut.is_whole else (WHOLE,)),
        ),
    )


def _by_line(cut: Cut, at: datetime, lines: dict[int, Totals]) -> Table:
    """What was allocated, by whom and what became of it."""
    found = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id == cut.fund.id, Allocation.id.in_(lines))
        .order_by(Allocation.financial_year, Allocation.id)
    ).all()
    whole = added(lines.values())
    return Table(
        code="money-by-line",
        title=f"Money by allocation line on {day_words(cut.last_day(at))}",
        says=(
            f"{pounds(whole.outstanding)} is awarded and not paid yet, {pounds(whole.reserved)} is "
            f"reserved for offers that are out."
        ),
        columns=(
            Column("Source"),
            Column("Minute"),
            Column("Year"),
            *(Column(figure.short.partition(",")[0], Kind.PENCE) for figure in OF_LINES),
        ),
        rows=tuple(
            (line.source, line.minute_reference, year_words(line.financial_year), *_of(lines[line.id]))
            for line in found
        ),
        totals=("All lines", None, None, *_of(whole)),
        notes=(
            "Uncommitted is allocated less committed; committed is paid and outstanding. Reserved is a part "
            "of uncommitted.",
        ),
    )


def _of(totals: Totals) -> tuple[int, ...]:
    return tuple(getattr(totals, figure.value) for figure in OF_LINES)


def _moved(cut: Cut, at: datetime) -> Table:
    """What was awarded, released, paid and recovered in the period."""
    made = ledger_periods.made_in(cut.fund.id, cut.begins, cut.until(at))
    return Table(
        code="money-moved",
        title=f"What moved from {cut.period_words(at)}",
        says=f"{pounds(made.awarded)} was awarded in this time, and {pounds(made.paid_gross)} was paid.",
        columns=(Column("Money"), Column("Amount", Kind.PENCE)),
        rows=(
            ("Allocated, less cuts", made.allocated),
            ("Awarded", made.awarded),
            ("Released", made.released),
            ("Paid", made.paid_gross),
            ("Recovered", made.recovered),
        ),
        chart=Chart(Shape.BARS),
        notes=() if cut.is_whole else (WHOLE,),
    )
