"""How a person works a page: with a mouse, or with the keyboard alone.

Both take the same locators, so that a journey is written once. `Keyboard` goes to a control with Tab, as
it would be looked for (by the link that skips to the content, backwards where it stands before), and fails
where the control is not reached, or where what has the focus can't be seen to have it.
"""

import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import ElementHandle, Error, FilePayload, Locator, Page

Files = FilePayload | Sequence[FilePayload]

MOST_STOPS = 250
SEEN: set[str] = set()  # kinds of control that showed their focus, in all tests of this process
# Where the focus is: whether at what is sought (any radio of a group leads to the others), what is wrong with
# how it shows, its kind, and the kinds of the stops from here to what is sought, on the `way` there.
STOP = """
sought => {
  const here = document.activeElement, main = document.querySelector("main");
  const isNowhere = here === document.body || here.localName === "html";
  const kind = (one) => [one.localName, one.type, ...one.classList, "in", one.parentElement.localName,
    ...one.parentElement.classList].join(" ");
  const group = (one) => one.type === "radio" && one.name ? `${one.form?.action} ${one.name}` : one;
  const isThere = group(here) === group(sought);

  const shows = (element, part) => {
    const style = element && getComputedStyle(element, part);
    return style && (style.boxShadow !== "none"
      || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
         && !/rgba\\(.*, 0\\)|transparent/.test(style.outlineColor));
  };
  const isInSight = () => [...here.getClientRects()].some((box) => [0.5, 0.1, 0.9].some((part) => {
    const top = document.elementFromPoint(box.x + box.width * part, box.y + box.height * part);
    return top && (here.contains(top) || top.contains(here)
      || [...here.labels ?? []].some((label) => label.contains(top)));
  }));
  let wrong = "";
  if (!isNowhere && here !== main) {
    const isShown = shows(here) || shows(here.nextElementSibling, "::before");
    if (!isShown) wrong = "does not show that it has the focus";
    else if (!isInSight()) wrong = "has the focus out of sight";
  }

  const isBehind = !isNowhere && here !== main
    && here.compareDocumentPosition(sought) & Node.DOCUMENT_POSITION_PRECEDING;
  const controls = "a[href], button, input, select, textarea, summary, [tabindex]";
  const stops = [...document.querySelectorAll(controls)]
    .filter((one) => one.tabIndex >= 0 && one.type !== "hidden" && !one.disabled)
    .filter((one) => one.checkVisibility({visibilityProperty: true}))
    .filter((one, at, all) => !at || group(one) !== group(all[at - 1]));
  const place = (one) => stops.findIndex((stop) => group(stop) === group(one));
  const [from, to] = [place(here), place(sought)];
  const between = from < 0 || to < 0 ? [] : isBehind ? stops.slice(to, from) : stops.slice(from + 1, to + 1);
  return {
    isThere, kind: kind(here), wrong: wrong && `${here.outerHTML.slice(0, 160)} ${wrong}`,
    way: isNowhere && main?.contains(sought) && !location.hash ? "skip" : isBehind ? "Shift+Tab" : "Tab",
    between: between.map(kind),
  };
}
"""
# How many options below the chosen one (negative: above it) the words stand, of those that can be chosen.
OPTIONS_BELOW = """
(list, words) => {
  const tidy = (text) => text.replace(/\\s+/g, " ").trim();
  const open = [...list.options].filter((option) => !option.disabled);
  const wanted = open.findIndex((option) => tidy(option.label) === tidy(words));
  return wanted < 0 ? null : wanted - open.indexOf(list.options[list.selectedIndex]);
}
"""
# Marks the page, unless what is clicked leads to a place on it.
MARK = """
at => {
  const link = at.closest("a");
  window.isStillHere = !(link && link.hash && link.href.split("#")[0] === location.href.split("#")[0]);
}
"""
CONTROL = "words => words.closest('a, button, summary') ?? words"
IS_LIST = "element => element.localName === 'select'"
HAS_FOCUS = "element => element === document.activeElement"


class Unreachable(AssertionError):
    """What can't be worked with the keyboard, where, and why."""


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def click(self, at: Locator) -> None:
        """A link, a button, or what is folded under a line."""
        at.click()

    def fill(self, box: Locator, text: str) -> None:
        box.fill(text)

    def tick(self, box: Locator) -> None:
        """A checkbox or a radio."""
        box.check()

    def untick(self, box: Locator) -> None:
        box.uncheck()

    def choose(self, asked: Locator, words: str) -> None:
        """From a list, or from the box that offers what is in it while one types."""
        if asked.evaluate(IS_LIST):
            try:
                asked.select_option(label=words, timeout=5_000)
            except Error:
                pass  # the page’s script has made a box of the list meanwhile
            else:
                return
        asked.fill(words)
        self.page.get_by_role("option", name=words).first.click()

    def upload(self, box: Locator, files: Files) -> None:
        box.set_input_files(files)


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def click(self, at: Locator) -> None:
        self._reach(at).press("Enter")

    def fill(self, box: Locator, text: str) -> None:
        self._reach(box)
        self.page.keyboard.press("Control+a")
        if text:
            self.page.keyboard.insert_text(text)
        else:
            self.page.keyboard.press("Delete")

    def tick(self, box: Locator) -> None:
        handle = self._reach(box)
        for _ in range(MOST_STOPS):
            if handle.evaluate(HAS_FOCUS):
                break
            self.page.keyboard.press("ArrowDown")  # to the next radio, which it ticks
        if not handle.is_checked():
            self.page.keyboard.press("Space")
        assert handle.is_checked(), f"Not ticked by the keyboard: {handle.evaluate('e => e.outerHTML')}"

    def untick(self, box: Locator) -> None:
        handle = self._reach(box)
        if handle.is_checked():
            self.page.keyboard.press("Space")
        assert not handle.is_checked(), f"Still ticked: {handle.evaluate('e => e.outerHTML')}"

    def choose(self, asked: Locator, words: str) -> None:
        handle = self._reach(asked)
        if not handle.evaluate(IS_LIST):
            self._pick(words)
            return
        below = handle.evaluate(OPTIONS_BELOW, words)
        assert below is not None, f"“{words}” is not in the list"
        for _ in range(abs(below)):
            self.page.keyboard.press("ArrowDown" if below > 0 else "ArrowUp")
        assert handle.evaluate(OPTIONS_BELOW, words) == 0, f"“{words}” is not chosen by the keyboard"

    def _pick(self, words: str) -> None:
        """Of what is offered while one types."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(words)
        offered = self.page.get_by_role("option", name=words).first
        offered.wait_for()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("ArrowDown")
            if offered.evaluate(HAS_FOCUS):
                break
        self.page.keyboard.press("Enter")

    def upload(self, box: Locator, files: Files) -> None:
        handle = self._reach(box)
        with self.page.expect_file_chooser() as chooser:
            handle.press("Enter")
        chooser.value.set_files(files)

    def _reach(self, sought: Locator) -> ElementHandle:
        """Tab to it, or to a radio of its group.

        Looks at each stop on the way, but at stops of a kind that was seen to show its focus already.
        """
        sought.wait_for()
        handle = sought.evaluate_handle(CONTROL).as_element()
        assert handle
        stop = self._look(handle)
        if not stop["isThere"] and stop["way"] == "skip":
            stop = self._skip_to_content(handle)
        for _ in range(MOST_STOPS):
            if stop["isThere"]:
                return handle
            between = stop["between"]
            for _ in range(len(between) or 1 if SEEN.issuperset(between) else 1):
                self._tab(stop["way"])
            stop = self._look(handle)
        html = handle.evaluate("element => element.outerHTML")[:160]
        raise Unreachable(f"{html} is not reached by {stop['way']} on {self.page.url}")

    def _skip_to_content(self, sought: ElementHandle) -> dict[str, Any]:
        """By the first stop of every page."""
        self._tab("Tab")
        self._look(sought)
        link = self.page.locator(".govuk-skip-link")
        if not link.evaluate(HAS_FOCUS):
            raise Unreachable(f"The first stop does not lead to the content on {self.page.url}")
        link.press("Enter")
        self._tab("Tab")
        return self._look(sought)

    def _tab(self, way: str) -> None:
        self.page.keyboard.press(way)

    def _look(self, sought: ElementHandle) -> dict[str, Any]:
        stop: dict[str, Any] = self.page.evaluate(STOP, sought)
        if stop["wrong"]:
            raise Unreachable(f"{stop['wrong']} on {self.page.url}")
        SEEN.add(stop["kind"])
        return stop


Hand = Mouse | Keyboard


def go_by(hand: Hand, at: Locator) -> None:
    """Click what leads to another page, and wait for that page: a busy machine may begin to go there only
    after the click is done, and what comes next would still find the page before."""
    at.evaluate(MARK)
    hand.click(at)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if not hand.page.evaluate("window.isStillHere === true"):
                return hand.page.wait_for_load_state("domcontentloaded")
        except Error:
            pass  # it is just leaving
        hand.page.wait_for_timeout(20)
    raise AssertionError(f"{at} leads nowhere from {hand.page.url}")
