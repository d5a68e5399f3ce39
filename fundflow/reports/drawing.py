"""Tables of reports as drawings of `web.charts`: of the cells that stand in them alone, so that a drawing
shows nothing that its table hides."""

from decimal import Decimal
from fractions import Fraction

from fundflow.reports.tables import Cell, Kind, Row, Shape, Table, rounded, words_of
from fundflow.web import charts
from fundflow.web.charts import Drawing, Dumbbell, Value

DRAW = {Shape.STACKED: charts.stacked, Shape.BARS: charts.bars, Shape.COLUMNS: charts.columns}


def drawing_of(table: Table) -> Drawing | None:
    """A table's bar of parts, bars or columns; None where it has none, or nothing to draw."""
    if table.chart is None or table.chart.shape is Shape.DUMBBELL:
        return None
    values = [_value(table, row) for row in table.rows]
    if not any((value.number or 0) > 0 for value in values):
        return None
    return DRAW[table.chart.shape](table.title, values)


def dumbbells_of(table: Table) -> list[Dumbbell]:
    """A table's outcomes from baseline to result, of those whose cells are all shown."""
    if table.chart is None or table.chart.shape is not Shape.DUMBBELL:
        return []
    found = []
    for row in table.rows:
        cells = [_number(row[n]) for n in table.chart.values]
        if None not in cells and cells[0] != cells[1]:
            baseline, target, actual = (round(Decimal(cell or 0), 1) for cell in cells)
            found.append(charts.dumbbell(str(row[table.chart.label]), str(row[1]), baseline, target, actual))
    return found


def _value(table: Table, row: Row) -> Value:
    assert table.chart is not None  # noqa: S101 (asked by the callers)
    place = table.chart.values[0]
    cell, kind = row[place], table.columns[place].kind
    label = words_of(row[table.chart.label], table.columns[table.chart.label].kind)
    words = words_of(cell, kind)
    if kind is Kind.PENCE and isinstance(cell, int) and table.chart.shape is Shape.COLUMNS:
        words = _short_pounds(cell)
    return Value(label, _number(cell), words)


def _short_pounds(pence: int) -> str:
    """“£39,122”, “£139k”: there is no more room over a column."""
    whole = rounded(Fraction(pence, 100), 0)
    return f"£{whole:,}" if whole < 100_000 else f"£{rounded(Fraction(pence, 100_000), 0):,}k"


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, Fraction):
        return Decimal(cell.numerator) / cell.denominator
    return Decimal(cell) if isinstance(cell, (int, Decimal)) else None
