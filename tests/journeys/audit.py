"""What is wrong with a page as it stands in the browser: axe-core, keyboard, screen reader, zoom, phone."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.journeys.reach import ZOOMED, cut_off, unreached

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The last figures of the rows of every table that stand outside the window.
OUT_OF_SIGHT = """
() => [...document.querySelectorAll(".govuk-table tr")].filter((row) => row.getClientRects().length)
  .map((row) => [...row.querySelectorAll("td.ff-number, td.govuk-table__cell--numeric")].at(-1))
  .filter((cell) => cell && cell.innerText.trim())
  .filter((cell) => {
    const box = cell.getBoundingClientRect();
    return box.width && (box.left < 0 || box.right > window.innerWidth + 1);
  })
  .map((cell) => cell.innerText.trim())
"""
# Tables that are wider than the window, so that a reader must move them to understand them.
MOVED_SIDEWAYS = """
() => [...document.querySelectorAll(".ff-scroll")]
  .filter((region) => region.querySelector("table") && region.scrollWidth > region.clientWidth + 1)
  .map((region) => region.innerText.trim().slice(0, 60))
"""

# What was audited by now, by all tests of this process: kinds of page, and kinds of element on them.
AUDITED: set[str] = set()
NUMBERS = re.compile(r"\d+|[A-Z]+-\d+")
ELEMENTS = """() => {
  const telling = ["role", "type", "open", "disabled", "aria-current", "aria-expanded"];
  return [...new Set([...document.body.querySelectorAll("*")].map((element) => [element.localName,
    ...element.classList, ...telling.map((name) => element.getAttribute(name) ?? "")].join(" ")))];
}"""


def kinds_on(page: Page, how: str = "") -> set[str]:
    """The kind of a page (its address without numbers, its width, and how it came up), and the kinds of
    element on it (by name, classes, role and state)."""
    path, size = NUMBERS.sub("n", urlsplit(page.url).path), page.viewport_size
    return {f"{path} {size and size['width']} {how}", *page.evaluate(ELEMENTS)}


def violations(page: Page, how: str = "") -> str:
    """What axe-core finds on a page, and what the keyboard or a screen reader does not; empty where nothing.

    Asked at the page's own width and at 400 % zoom, of each kind of page once, and wherever there is a kind
    of element that no page had yet.
    """
    kinds, usual = kinds_on(page, how), page.viewport_size
    if kinds <= AUDITED:
        return ""
    said = _found(page)
    page.set_viewport_size(ZOOMED)
    said += [f"at 400 %: {fault}" for fault in (*_found(page), *cut_off(page)) if fault not in said]
    page.set_viewport_size(usual)  # type: ignore[arg-type]
    if not said:
        AUDITED.update(kinds)
    return "; ".join(said)


def _found(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        AXE_TAGS,
    )["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found] + unreached(page)


@cache
def _axe() -> str:
    return AXE.read_text()
