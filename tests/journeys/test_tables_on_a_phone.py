"""Tables on a phone, in real Chromium: captions can be read, and stacked cells begin at one edge."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from fundflow.config import ROOT
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.browser

CELLS = (
    "<td class='govuk-table__cell'>Bid</td><td class='govuk-table__cell govuk-table__cell--numeric'>£1</td>"
)
TABLE = """<body class="govuk-template__body"><div class="govuk-width-container"><div class="ff-scroll">
<table class="govuk-table {style}"><caption class="govuk-table__caption govuk-table__caption--s">Allocation
lines: where the money came from, and who it may pay</caption>
<tr>{wide}</tr></table></div></div>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page(viewport=PHONE)
    yield found
    found.close()


def shown(page: Page, style: str, wide: str) -> None:
    page.set_content(TABLE.format(style=style, wide=wide))
    page.add_style_tag(path=ROOT / "fundflow/static/built/fundflow.css")


def test_the_caption_of_a_wide_table_is_read_whole(page: Page) -> None:
    shown(page, "", f"<td class='govuk-table__cell'><div style='width: 700px'>Wide</div></td>{CELLS}")
    box = page.locator("caption").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize("style", ["ff-stack", "ff-cases"])
def test_stacked_cells_begin_at_one_edge(page: Page, style: str) -> None:
    shown(page, style, CELLS)
    edges = page.eval_on_selector_all(
        "td",
        "cells => cells.map(cell => { const range = document.createRange(); "
        "range.selectNodeContents(cell); return range.getBoundingClientRect().left; })",
    )
    assert len(set(edges)) == 1
