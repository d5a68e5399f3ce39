"""Tables on a phone: whoever looks at one sees its last figures."""

import re
from pathlib import Path

import pytest

from fundflow.config import ROOT

pytestmark = pytest.mark.one_database

TEMPLATES = ROOT / "templates"
FIGURES = ("--numeric", "ff-number", "number=true")
STACKS = ("ff-stack", "ff-cases", "ff-lines")  # these are lists on a phone
# Two columns that fit a phone as they are.
NARROW = {"applications/_bid.html", "funds/round_page.html", "macros/charts.html", "reports/fund.html"}


def tables() -> list[tuple[str, str, str]]:
    """(template, what stands before the table, the table) of each that has figures."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for table in re.finditer(r"<table.*?</table>", text, re.DOTALL):
            if any(mark in table[0] for mark in FIGURES):
                found.append((str(Path(path).relative_to(TEMPLATES)), text[: table.start()], table[0]))
    return found


def test_every_table_with_figures_keeps_its_last_ones_in_sight() -> None:
    found = tables()
    assert len(found) > 15
    outside = {
        name
        for name, before, table in found
        if not any(mark in table[: table.index(">")] for mark in STACKS)
        and not re.search(r'class="ff-scroll[^>]*>\s*$', before)
    }
    assert outside == NARROW
