"""The drawings of a table as pictures for Word, from the macros that draw them on pages."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from flask import current_app

from fundflow.reports.drawing import drawing_of, dumbbells_of
from fundflow.reports.tables import Table
from fundflow.web.charts import Drawing, Dumbbell
from fundflow.web.rasters import png_of

SVG = re.compile(r"<svg.*</svg>", re.DOTALL)


class Picture(NamedTuple):
    """label  what stands above it, where the drawing does not say of what it is
    words  all that it says, for a reader who does not see it"""

    label: str
    words: str
    png: bytes


def pictures_of(table: Table) -> Iterator[Picture]:
    """As many as the page shows of this table."""
    if drawing := drawing_of(table):
        yield _picture("drawn", drawing)
    for one in dumbbells_of(table):
        yield _picture("dumbbell", one, one.label)


def _picture(macro: str, chart: Drawing | Dumbbell, label: str = "") -> Picture:
    macros = current_app.jinja_env.get_template("macros/charts.html").module
    found = SVG.search(str(getattr(macros, macro)(chart)))
    assert found is not None  # noqa: S101 (every macro of charts draws one)
    return Picture(label, chart.words, png_of(found[0]))
