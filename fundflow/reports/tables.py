"""A table of a report as a value: the same on a page, in a paper, in a spreadsheet and in JSON.

Cells are values, never formatted text. What a cell's value is, its column's kind says; any cell may be a
`Mark` instead, or None where there is nothing. `words_of` writes a cell for people, `sheet_value` for
spreadsheets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from fundflow.models.money import days_number, pounds
from fundflow.rules.small_numbers import Mark
from fundflow.workflow.date_words import day_words

Cell = str | int | Fraction | Decimal | date | Mark | None
Row = tuple[Cell, ...]


class Kind(StrEnum):
    """What the cells of a column are.

    count         whole numbers of bids, schools, reports …
    pupils        whole numbers of pupils: they are published through `small_numbers` alone
    pence         whole pence
    percent       a share: Fraction(3, 4) is 75%
    half_days     whole half days: 5 is 2.5 days
    working_days  working days, which may be a median between two
    points        a number that need not be whole: values of a measure, means of ratings
    """

    TEXT = "text"
    COUNT = "count"
    PUPILS = "pupils"
    PENCE = "pence"
    PERCENT = "percent"
    HALF_DAYS = "half_days"
    WORKING_DAYS = "working_days"
    POINTS = "points"
    DATE = "date"

    @property
    def is_number(self) -> bool:
        return self not in (Kind.TEXT, Kind.DATE)


TYPES: Mapping[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.COUNT: (int,),
    Kind.PUPILS: (int,),
    Kind.PENCE: (int,),
    Kind.PERCENT: (Fraction, int),
    Kind.HALF_DAYS: (int,),
    Kind.WORKING_DAYS: (int, Fraction),
    Kind.POINTS: (int, Fraction, Decimal),
    Kind.DATE: (date,),
}
UNITS = {
    Kind.PENCE: "£",
    Kind.PERCENT: "%",
    Kind.HALF_DAYS: "days",
    Kind.WORKING_DAYS: "working days",
}


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = Kind.TEXT

    @property
    def heading(self) -> str:
        """For people: cells of days don’t say their unit."""
        return self.sheet_title if self.kind in (Kind.HALF_DAYS, Kind.WORKING_DAYS) else self.title

    @property
    def sheet_title(self) -> str:
        """With the unit, which cells of a spreadsheet don't say: “Awarded (£)”."""
        unit = UNITS.get(self.kind)
        return f"{self.title} ({unit})" if unit and unit not in self.title.lower() else self.title


class Shape(StrEnum):
    """How a table is drawn. Each row is a part of one bar, a bar, a column, or an outcome."""

    STACKED = "stacked"
    BARS = "bars"
    COLUMNS = "columns"
    DUMBBELL = "dumbbell"


@dataclass(frozen=True, slots=True)
class Chart:
    """How a table is drawn from its own rows: the numbers of its columns, from 0.

    values  the column that is drawn; of a dumbbell baseline, target and result
    label   the column that names each row
    """

    shape: Shape
    values: tuple[int, ...] = (1,)
    label: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report.

    code    names it in addresses, files and sheets: lower case and hyphens
    says    the sentence that tells what it shows
    totals  a last row, or empty
    notes   sentences below it

    Raises ValueError where a row has another length than the columns, or a cell is not of its column's kind.
    """

    code: str
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row = ()
    chart: Chart | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.totals] if self.totals else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"{self.code}: a row of {len(row)} cells, for {len(self.columns)} columns.")
            for cell, column in zip(row, self.columns, strict=True):
                if not (cell is None or isinstance(cell, (Mark, *TYPES[column.kind]))):
                    raise ValueError(f"{self.code}: {cell!r} under “{column.title}” is no {column.kind}.")

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The rows, with the totals last."""
        return (*self.rows, self.totals) if self.totals else self.rows

    @property
    def marks(self) -> list[Mark]:
        """The marks that stand in it, to be explained above it."""
        used = {cell for row in self.all_rows for cell in row if isinstance(cell, Mark)}
        return [mark for mark in Mark if mark in used]

    def in_words(self, row: Row) -> list[str]:
        """The cells of a row for people."""
        return [words_of(cell, column.kind) for cell, column in zip(row, self.columns, strict=True)]

    def for_sheet(self, row: Row) -> list[Any]:
        """The cells of a row for a spreadsheet."""
        return [sheet_value(cell, column.kind) for cell, column in zip(row, self.columns, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Plain data; `table_from` reads it."""
        return {
            "code": self.code,
            "title": self.title,
            "says": self.says,
            "columns": [{"title": column.title, "kind": column.kind.value} for column in self.columns],
            "rows": [[_plain(cell) for cell in row] for row in self.rows],
            "totals": [_plain(cell) for cell in self.totals],
            "chart": self.chart
            and {"shape": self.chart.shape.value, "values": [*self.chart.values], "label": self.chart.label},
            "notes": [*self.notes],
        }


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report: a heading with its tables, and sentences that stand before them."""

    heading: str
    tables: tuple[Table, ...] = ()
    sentences: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data; `part_from` reads it."""
        return {
            "heading": self.heading,
            "tables": [table.to_json() for table in self.tables],
            "sentences": [*self.sentences],
        }


def table_from(data: Mapping[str, Any]) -> Table:
    """The table of which `Table.to_json` made this."""
    chart = data["chart"]
    return Table(
        code=data["code"],
        title=data["title"],
        says=data["says"],
        columns=tuple(Column(column["title"], Kind(column["kind"])) for column in data["columns"]),
        rows=tuple(_cells(row) for row in data["rows"]),
        totals=_cells(data["totals"]),
        chart=Chart(Shape(chart["shape"]), tuple(chart["values"]), chart["label"]) if chart else None,
        notes=tuple(data["notes"]),
    )


def part_from(data: Mapping[str, Any]) -> Part:
    """The part of which `Part.to_json` made this."""
    return Part(data["heading"], tuple(map(table_from, data["tables"])), tuple(data["sentences"]))


def words_of(cell: Cell, kind: Kind) -> str:
    """A cell for people: “£1,234.50”, “75%”, “2.5”, “9 February 2027”, “[c]”; empty for None."""
    if cell is None or isinstance(cell, (str, Mark)):
        return str(cell or "")
    if isinstance(cell, date):
        return day_words(cell)
    match kind:
        case Kind.PENCE:
            return pounds(int(cell))
        case Kind.PERCENT:
            return f"{rounded(Fraction(cell) * 100, 0):,}%".replace("-", "−")
        case Kind.HALF_DAYS:
            return days_number(int(cell))
        case Kind.POINTS | Kind.WORKING_DAYS:
            return plain_number(rounded(Fraction(cell), 1))
    return f"{cell:,}"


def sheet_value(cell: Cell, kind: Kind) -> Any:
    """A cell for spreadsheets and CSV: pounds, days and percent as numbers, marks as text."""
    if cell is None or isinstance(cell, (str, date)):
        return cell
    if isinstance(cell, Mark):
        return str(cell)
    match kind:
        case Kind.PENCE:
            return Decimal(int(cell)).scaleb(-2)
        case Kind.PERCENT:
            return rounded(Fraction(cell) * 100, 1)
        case Kind.HALF_DAYS:
            return Decimal(int(cell)) / 2
        case Kind.POINTS | Kind.WORKING_DAYS:
            return rounded(Fraction(cell), 2)
    return int(cell)


def rounded(number: Fraction, places: int) -> Decimal:
    """To so many decimal places, halves away from zero."""
    unit = Decimal(1).scaleb(-places)
    # Exact: the fraction is cut to a whole number of tenths of the unit first, which keeps a half a half.
    tenths = number * 10 ** (places + 1)
    whole = (
        tenths.numerator // tenths.denominator if number >= 0 else -(-tenths.numerator // tenths.denominator)
    )
    return Decimal(whole).scaleb(-places - 1).quantize(unit, ROUND_HALF_UP)


def plain_number(number: Decimal) -> str:
    """“1,234.5”, “12”, “−3”."""
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "−")


def _plain(cell: Cell) -> Any:
    """A cell as JSON: text, whole numbers and None as they are, the rest by its type."""
    match cell:
        case Mark():
            return {"mark": cell.name}
        case Fraction():
            return {"fraction": f"{cell.numerator}/{cell.denominator}"}
        case Decimal():
            return {"decimal": str(cell)}
        case date():
            return {"date": cell.isoformat()}
    return cell


READ = {
    "mark": Mark.__getitem__,
    "fraction": Fraction,
    "decimal": Decimal,
    "date": date.fromisoformat,
}


def _cells(row: Sequence[Any]) -> Row:
    return tuple(_read(cell) for cell in row)


def _read(cell: Any) -> Cell:
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    ((kind, text),) = cell.items()
    return READ[kind](text)  # type: ignore[no-any-return,operator]


def all_tables(parts: Iterable[Part]) -> list[Table]:
    """The tables of some parts, in order."""
    return [table for part in parts for table in part.tables]


def few_together(rows: Sequence[Row], tells: Callable[[Row], bool], name: str) -> list[Row]:
    """Rows of a name and whole numbers, of which those that could tell of one school stand in one row, with
    the smallest others until that row tells of none; last, under a name.
    """
    together = [row for row in rows if tells(row)]
    rest = sorted((row for row in rows if not tells(row)), key=lambda row: row[1])  # type: ignore[arg-type,return-value]

    def summed() -> Row:
        return name, *map(sum, zip(*(row[1:] for row in together), strict=True))

    while together and rest and (len(together) == 1 or tells(summed())):
        together.append(rest.pop(0))
    return [*(row for row in rows if row in rest), *([summed()] if together else [])]


def with_notes(tables: Iterable[Table], notes: Sequence[str]) -> tuple[Table, ...]:
    """The tables, each with some more notes."""
    return tuple(replace(table, notes=(*table.notes, *notes)) for table in tables)


def counted(number: int, one: str) -> str:
    """“no bid”, “1 bid”, “1,204 bids”."""
    return f"{number:,} {one}s" if number > 1 else f"{number or 'no'} {one}"


def were(number: int, one: str) -> str:
    """“no bid was”, “1 bid was”, “1,204 bids were”."""
    return f"{counted(number, one)} {'were' if number > 1 else 'was'}"
