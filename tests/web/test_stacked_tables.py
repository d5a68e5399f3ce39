"""A table that could be wider than a phone is a list there: stacked rows, each cell with its heading."""

import re
from collections.abc import Iterator

import pytest

from fundflow.config import ROOT

pytestmark = pytest.mark.one_database

STACKED = re.compile(r"ff-stack|ff-cases|ff-lines")
PRINTED = {"panel/pack.html"}  # read on paper


def tables() -> Iterator[tuple[str, str, str]]:
    """(template, what opens the table, the table) of every table that may be moved sideways."""
    folder = ROOT / "templates"
    for path in sorted(folder.rglob("*.html")):
        name = str(path.relative_to(folder))
        if name not in PRINTED:
            for found in re.finditer(
                r'class="ff-scroll"[^>]*>[^<]*?(<table[^>]*>)(.*?)</table>', path.read_text(), re.S
            ):
                yield name, found[1], found[2]


def test_every_table_that_could_be_moved_sideways_is_stacked_on_a_phone() -> None:
    assert len(list(tables())) > 50
    assert [name for name, opening, _rows in tables() if not STACKED.search(opening)] == []


def test_every_cell_of_figures_in_a_stacked_table_says_what_it_is() -> None:
    bare = [
        f"{name}: {cell}"
        for name, _opening, rows in tables()
        for cell in re.findall(r"<td[^>]*(?:ff-number|cell--numeric)[^>]*>", rows)
        if "data-label" not in cell
    ]
    assert bare == []
