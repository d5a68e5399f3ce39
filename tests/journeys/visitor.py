"""One person at a browser: opens pages, fills in what they read there, presses what they see."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from tests.journeys.audit import OUT_OF_SIGHT
from tests.journeys.conftest import PHONE, World
from tests.journeys.hands import Hand, go_by

# What a screen reader says of a box beside its label: its own description, and its group’s.
DESCRIBED = """box => [box, box.closest("fieldset")]
  .flatMap((element) => (element?.getAttribute("aria-describedby") ?? "").split(" "))
  .map((id) => document.getElementById(id)?.textContent.trim() ?? "").join(" ")"""


class Chosen(str):
    """What is chosen from a list, by its words."""


class Ticked(tuple[str, ...]):
    """What is ticked below a question, by its words."""


def ticked(*words: str) -> Ticked:
    return Ticked(words)


class Visitor:
    """`who` names the person in failures. Every kind of page they meet is audited once."""

    def __init__(self, world: World, page: Page, who: str) -> None:
        self.world, self.page, self.who = world, page, who

    @property
    def hand(self) -> Hand:
        return self.world.hand(self.page)

    @property
    def path(self) -> str:
        """Which page this is, wherever on it a link within the page led."""
        return urlsplit(self.page.url).path

    def open(self, path: str) -> None:
        """As from a letter or a bookmark: asked for afresh, also where only the place on the page differs."""
        if "#" in path:
            self.page.goto("about:blank")
        self.page.goto(path)
        self._arrived()

    def follow(self, words: str | re.Pattern[str]) -> None:
        """Follow the first link with these words."""
        go_by(self.hand, self.page.get_by_role("link", name=words, exact=isinstance(words, str)).first)
        self._arrived()

    def press(self, words: str | re.Pattern[str]) -> None:
        """Press the button (or the link that looks like one) with these words."""
        exact = isinstance(words, str)
        go_by(self.hand, self.page.get_by_role("button", name=words, exact=exact))
        self._arrived()

    def unfold(self, words: str) -> None:
        """Open what is folded under these words."""
        self.hand.click(self.page.locator("summary", has_text=words).first)

    def answer(self, answers: dict[str, Any]) -> None:
        """Fill in fields by their labels: text, a day, Ticked or Chosen words, True for a tick."""
        for label, value in answers.items():
            self._answer(label, value)

    def _answer(self, label: str, value: Any) -> None:
        if isinstance(value, date):
            group = self.page.get_by_role("group", name=label, exact=True)
            for part in ("day", "month", "year"):
                box = group.get_by_label(part.capitalize(), exact=True)
                self.hand.fill(box, str(getattr(value, part)))
        elif isinstance(value, Ticked):
            group = self.page.get_by_role("group", name=label, exact=True)
            for words in value:
                self.hand.tick(group.get_by_label(words, exact=True))
        elif isinstance(value, Chosen):
            self.hand.choose(self.page.get_by_label(label, exact=True), value)
        elif value is True:
            self.hand.tick(self.page.get_by_label(label, exact=True))
        else:
            self.hand.fill(self.page.get_by_label(label, exact=True), value)

    def is_asked(self, label: str) -> bool:
        """Whether the page asks this."""
        group = self.page.get_by_role("group", name=label, exact=True)
        return bool(group.count() or self.page.get_by_label(label, exact=True).count())

    def holds(self, label: str) -> str:
        """What stands in the box with this label."""
        return self.page.get_by_label(label, exact=True).input_value()

    def reads(self, *texts: str) -> None:
        """The page says all of this."""
        main = " ".join(self.page.locator("main").inner_text().split())
        for text in texts:
            assert text in main, f"{self.who} does not read “{text}” on {self.page.url}:\n{main}"

    def sees_no_button(self, words: str) -> None:
        assert not self.page.get_by_role("button", name=words, exact=True).count()

    def fits(self) -> None:
        """Nothing is wider than the window."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{self.page.url} is {width} wide"  # type: ignore[index]
        hidden = self.page.evaluate(OUT_OF_SIGHT)
        assert not hidden, f"{self.page.url} hides {hidden[:5]}"

    def is_told(self, button: str | re.Pattern[str], *sentences: str, status: int = 422) -> None:
        """Press, and be told what is wrong: each sentence of the summary, in order, leads to its field."""
        path = self.path
        go_by(self.hand, self.page.get_by_role("button", name=button, exact=isinstance(button, str)))
        summary = self.page.locator(".govuk-error-summary__list li")
        self.world.forgive("POST", status)
        told = [text.strip() for text in summary.all_inner_texts()]
        assert told == list(sentences), f"{self.who} at {path} is told {told}"
        assert self.page.title().startswith("Error: "), self.page.title()
        if self.world.javascript:
            self.page.locator(".govuk-error-summary:focus").wait_for()
        self.world.audit(self.page, "wrong")
        self.fits_a_phone()
        for link in summary.locator("a").all():
            self._leads_to_its_field(link)

    def _leads_to_its_field(self, link: Locator) -> None:
        target = str(link.get_attribute("href")).removeprefix("#")
        self.hand.click(link)
        if self.world.javascript:
            focused = self.page.evaluate("document.activeElement.id")
            assert focused == target, f"{link.inner_text()} leads to {focused or 'nothing'}"
        box = self.page.locator(f"[id='{target}']")
        assert link.inner_text() in str(box.evaluate(DESCRIBED)), f"{target} is not said to be wrong"

    def fits_a_phone(self) -> None:
        """Nothing is wider than 360 pixels."""
        usual = self.page.viewport_size
        self.page.set_viewport_size(PHONE)
        self.fits()
        self.page.set_viewport_size(usual)  # type: ignore[arg-type]

    def _arrived(self) -> None:
        self.page.wait_for_load_state("domcontentloaded")
        assert not self.world.trouble, self.world.trouble
        problem = self.page.locator(".govuk-error-summary")
        assert not problem.count(), f"{self.who} at {self.page.url}: {problem.inner_text()}"
        self.world.audit(self.page)
        if self.page.viewport_size == PHONE:
            self.fits()
