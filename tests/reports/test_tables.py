"""Tables as values: what may stand in them, how they are written, and that JSON keeps them."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from fundflow.reports.tables import (
    Cell,
    Chart,
    Column,
    Kind,
    Part,
    Shape,
    Table,
    part_from,
    sheet_value,
    words_of,
)
from fundflow.rules.small_numbers import Mark

C = Mark.HIDDEN
CELLS: list[tuple[Kind, Cell, str, object]] = [
    (Kind.TEXT, "Oakfield", "Oakfield", "Oakfield"),
    (Kind.TEXT, None, "", None),
    (Kind.COUNT, 1234, "1,234", 1234),
    (Kind.COUNT, 0, "0", 0),
    (Kind.PUPILS, 61, "61", 61),
    (Kind.PUPILS, C, "[c]", "[c]"),
    (Kind.PENCE, 123_450, "£1,234.50", Decimal("1234.50")),
    (Kind.PENCE, -50, "−£0.50", Decimal("-0.50")),
    (Kind.PERCENT, Fraction(3, 4), "75%", Decimal("75.0")),
    (Kind.PERCENT, Fraction(5, 8), "63%", Decimal("62.5")),
    (Kind.PERCENT, Fraction(-1, 3), "−33%", Decimal("-33.3")),
    (Kind.PERCENT, Fraction(449, 1000), "45%", Decimal("44.9")),
    (Kind.PERCENT, Fraction(4449, 10_000), "44%", Decimal("44.5")),
    (Kind.HALF_DAYS, 5, "2.5", Decimal("2.5")),
    (Kind.HALF_DAYS, 24, "12", Decimal(12)),
    (Kind.WORKING_DAYS, Fraction(41, 2), "20.5", Decimal("20.50")),
    (Kind.POINTS, Decimal("-3.00"), "−3", Decimal("-3.00")),
    (Kind.POINTS, Fraction(13, 3), "4.3", Decimal("4.33")),
    (Kind.POINTS, Mark.NOT_AVAILABLE, "[x]", "[x]"),
    (Kind.DATE, date(2027, 2, 9), "9 February 2027", date(2027, 2, 9)),
]


@pytest.mark.parametrize(("kind", "cell", "words", "value"), CELLS)
def test_a_cell_for_people_and_for_a_spreadsheet(kind: Kind, cell: Cell, words: str, value: object) -> None:
    assert (words_of(cell, kind), sheet_value(cell, kind)) == (words, value)


def a_table() -> Table:
    kinds = list(Kind)
    first = {kind: cell for kind, cell, *_ in reversed(CELLS)}
    return Table(
        code="all-kinds",
        title="All kinds",
        says="It holds a cell of each kind.",
        columns=tuple(Column(kind.value.capitalize(), kind) for kind in kinds),
        rows=(tuple(first[kind] for kind in kinds), tuple(C for _ in kinds)),
        totals=tuple(None for _ in kinds),
        chart=Chart(Shape.DUMBBELL, (1, 2, 3)),
        notes=("A note.",),
    )


def test_json_keeps_a_part_as_it_is() -> None:
    part = Part("Everything", (a_table(), a_table()), ("A sentence.",))
    assert part_from(json.loads(json.dumps(part.to_json()))) == part


def test_the_marks_of_a_table_are_those_that_stand_in_it() -> None:
    assert a_table().marks == [C]


def test_a_spreadsheets_heading_says_the_unit() -> None:
    titles = [
        Column("Awarded", Kind.PENCE),
        Column("Days planned", Kind.HALF_DAYS),
        Column("Bids", Kind.COUNT),
    ]
    assert [column.sheet_title for column in titles] == ["Awarded (£)", "Days planned", "Bids"]


@pytest.mark.parametrize(
    ("row", "said"),
    [(("Oakfield",), "a row of 1 cells"), (("Oakfield", "£3"), "is no pence"), ((3, 4), "is no text")],
)
def test_a_cell_is_of_its_columns_kind(row: tuple[Cell, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Table("t", "T", "S.", (Column("School"), Column("Paid", Kind.PENCE)), (row,))
