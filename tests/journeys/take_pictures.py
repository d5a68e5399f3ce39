"""`make pictures`: takes the pictures of README and of the guides from the demonstration.

Collected by its name alone, so no test run takes them.
"""

import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from fundflow.config import ROOT
from fundflow.web import access
from tests.journeys.conftest import DEMONSTRATED_AT, StoppedClock, World, opened
from tests.journeys.test_pages import be

FOLDER = ROOT / "docs" / "help"


class Picture(NamedTuple):
    """`path` holds the demonstration's references in braces; `height` is of the window, in pixels."""

    name: str
    who: str
    path: str
    height: int


PICTURES = (
    Picture("head-teacher", "Amara Nwosu", "/work", 760),
    Picture("form", "Amara Nwosu", "/bids/{draft}/form", 1000),
    Picture("days", "Amara Nwosu", "/bids/{logged}/days", 1000),
    Picture("officer", "Priya Raman", "/work", 1000),
    Picture("bid", "Priya Raman", "/bids/{in_review}", 1000),
    Picture("finance-officer", "Owen Clarke", "/money", 900),
    Picture("impact-officer", "Helen Abbott", "/impact", 1000),
    Picture("board-member", "Helen Abbott", "/dashboard", 1000),
    Picture("administrator", "Ian Potts", "/funds/1", 900),
)


@pytest.fixture
def demo(
    demonstration: tuple[str, dict[str, object]],
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    shutil.copytree(str(demonstration[1]["data"]), tmp_path, dirs_exist_ok=True)
    with opened(browser, demonstration[0], DEMONSTRATED_AT, tmp_path, DEMO=True) as world:
        monkeypatch.setattr(access, "datetime", StoppedClock(world))
        yield world


def take(page: Page, name: str, height: int, width: int = 1000) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=FOLDER / f"{name}.png")


def test_take_the_pictures(demo: World, demonstration: tuple[str, dict[str, object]]) -> None:
    parts = demonstration[1]
    for each in PICTURES:
        with demo.visitor() as page:
            be(page, each.who)
            page.goto(each.path.format(**parts))
            take(page, each.name, each.height)
    with demo.visitor() as clerk:
        be(clerk, "Grace Lin")
        clerk.goto("/meetings/{meeting}/items/{item}".format(**parts))
        clerk.get_by_role("button", name="Start the meeting").click()
        clerk.get_by_role("button", name=re.compile(r"^All \d+ members have joined the call$")).click()
        with demo.visitor(phone=True) as member:
            be(member, "Sue Tan")
            member.goto("/meetings/{meeting}/items/{item}".format(**parts))
            take(member, "vote", 900, 360)
        clerk.goto("/meetings/{meeting}/items/{item}".format(**parts))
        take(clerk, "call", 1200)
