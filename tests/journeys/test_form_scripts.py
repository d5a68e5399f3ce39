"""The form's scripts in a real browser: sums say what the server says, the picker finds schools."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from fundflow.applications.row_forms import sum_in_words
from fundflow.names import searchable
from tests.applications.test_amounts import LINES
from tests.journeys.conftest import World
from tests.test_names import ALIKE

pytestmark = pytest.mark.browser
NewWorld = Callable[..., World]

SUMS = """async cases => {
  const { sumInWords } = await import("/static/built/sum.js");
  return cases.map((texts) => sumInWords(...texts));
}"""
WRONG = [
    ["", "350", "0"],
    ["6", "", "0"],
    ["6", "350", ""],
    ["1.3", "350", "0"],
    ["0", "350", "0"],
    ["6", "350", "101"],
    ["six", "350", "0"],
    ["6", "3.505", "0"],
    ["-6", "350", "0"],
    ["2,5", "350", "0"],
    ["6", "12,50", "0"],
    ["6", "1,23,4", "0"],
    ["6", "350", "58,5"],
]
FOLDS = """async texts => {
  const { searchable } = await import("/static/built/names.js");
  return texts.map(searchable);
}"""


def test_the_picker_folds_names_as_the_server_does(new_world: NewWorld) -> None:
    world = new_world(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    letters = [
        *map(chr, range(0x20, 0x250)),
        *map(chr, range(0x370, 0x530)),
        *map(chr, range(0x2000, 0x2070)),
    ]
    texts = [*(text for texts in ALIKE.values() for text in texts), *(f"x{c}y" for c in letters)]
    with world.visitor() as page:
        page.goto("/")
        assert page.evaluate(FOLDS, texts) == [searchable(text) for text in texts]
    assert not world.trouble


def test_the_sum_that_is_worked_out_while_typing_is_the_servers(new_world: NewWorld) -> None:
    world = new_world(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    lines = [line for line in LINES if line[1] >= 100]
    texts = [
        [f"{half_days / 2:g}", f"{rate / 100:.2f}", f"{on_cost / 100:.2f}%"]
        for half_days, rate, on_cost, _pence in lines
    ]
    with world.visitor() as page:
        page.goto("/")
        assert page.evaluate(SUMS, texts) == [sum_in_words(*line[:3]) for line in lines]
        assert page.evaluate(SUMS, [[" 2.5", "£1,350.50", "28.68 %"]]) == [sum_in_words(5, 135_050, 2868)]
        written = [["2.5 days", "£1\u00a0350.50 per day", "28.68 per cent"], ["2.50", "1,350.5", "28.680"]]
        assert page.evaluate(SUMS, written) == [sum_in_words(5, 135_050, 2868)] * 2
        assert page.evaluate(SUMS, WRONG) == [""] * len(WRONG)
    assert not world.trouble
