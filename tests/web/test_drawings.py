"""Drawings of reports: their boxes stay inside, hidden numbers have none, and the words say all."""

from decimal import Decimal

import pytest
from flask import Flask, render_template_string

from fundflow.reports.drawing import drawing_of, dumbbells_of
from fundflow.reports.tables import Chart, Column, Kind, Shape, Table
from fundflow.rules.small_numbers import Mark
from fundflow.web import charts
from fundflow.web.charts import WIDTH, Value

VALUES = [
    Value("Paid", 500, "£5.00"),
    Value("Free, after a cut", -200, "−£2.00"),
    Value("Hidden", None, "[c]"),
]
VALUES += [Value("Outstanding and not paid yet, which is very long", 300, "£3.00")]


@pytest.mark.parametrize("draw", [charts.stacked, charts.bars, charts.columns])
def test_every_box_lies_inside_and_what_has_no_number_has_no_size(draw: object) -> None:
    drawing = draw("Money", VALUES)  # type: ignore[operator]
    assert len(drawing.boxes) == 4
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y + box.height <= drawing.height
    sizes = [box.height if drawing.kind == "columns" else box.width for box in drawing.boxes]
    assert sizes[1:3] == [0, 0]
    assert sizes[0] > sizes[3] > 0
    assert drawing.words == (
        "Money. Paid: £5.00; Free, after a cut: −£2.00; Hidden: [c]; "
        "Outstanding and not paid yet, which is very long: £3.00"
    )


def test_the_parts_of_a_bar_fill_it_and_have_letters() -> None:
    boxes = charts.stacked("T", [Value(str(n), 1, "1") for n in range(3)]).boxes
    assert sum(box.width for box in boxes) == WIDTH
    assert [box.letter for box in boxes] == ["A", "B", "C"]
    assert len({box.shade for box in boxes}) == 3


def test_a_label_beside_its_amount_is_cut_where_there_is_no_room() -> None:
    assert VALUES[3].short.endswith("…")
    assert VALUES[0].short == "Paid"


def test_the_last_columns_are_drawn_where_there_are_many() -> None:
    drawing = charts.columns("T", [Value(str(n), n, str(n)) for n in range(9)])
    assert [box.value.label for box in drawing.boxes] == ["3", "4", "5", "6", "7", "8"]


def table(shape: Shape, *rows: tuple[object, ...], values: tuple[int, ...] = (1,)) -> Table:
    titles = [Column("What")] + [Column(f"N{n}", Kind.PUPILS) for n in range(1, len(rows[0]))]
    return Table("t", "T", "S.", tuple(titles), rows, chart=Chart(shape, values))  # type: ignore[arg-type]


def test_a_table_is_drawn_from_its_own_cells_and_a_hidden_one_is_not() -> None:
    drawing = drawing_of(table(Shape.BARS, ("Boys", 12), ("Girls", Mark.HIDDEN)))
    assert drawing is not None
    assert [(box.value.words, bool(box.width)) for box in drawing.boxes] == [("12", True), ("[c]", False)]
    assert drawing_of(table(Shape.BARS, ("Girls", Mark.HIDDEN))) is None


def test_an_outcome_with_a_hidden_cell_is_not_drawn() -> None:
    rows = table(Shape.DUMBBELL, ("A", 1, 2, 3), ("B", 1, Mark.HIDDEN, 3), values=(1, 2, 3))
    assert [one.label for one in dumbbells_of(rows)] == ["A"]


@pytest.mark.parametrize("draw", [charts.stacked, charts.bars, charts.columns])
def test_a_drawing_is_made_of_attributes_alone(app: Flask, draw: object) -> None:
    drawing = draw("Money", [Value("Paid <b>", Decimal(5), "£5")])  # type: ignore[operator]
    source = '{% from "macros/charts.html" import drawn %}{{ drawn(chart) }}'
    with app.test_request_context():
        text = render_template_string(source, chart=drawing)
    assert 'role="img" aria-label="Money. Paid &lt;b&gt;: £5"' in text
    assert "style" not in text
    assert "<b>" not in text
