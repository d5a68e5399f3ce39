"""What a page offers to the keyboard, to a screen reader and at 400 % zoom, asked of Chromium."""

from collections import Counter
from typing import Any

from playwright.sync_api import Page

ZOOMED: Any = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %

# Controls that Tab does not reach, or not in the order of the page. A form's first button, which Enter
# presses, is hidden from both kinds of reader on purpose.
OUT_OF_REACH = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.type !== "hidden" && !one.disabled && one.checkVisibility({visibilityProperty: true}))
  .filter((one) => one.tabIndex !== 0 && !one.matches("button.govuk-visually-hidden[aria-hidden=true]"))
  .map((one) => one.outerHTML.slice(0, 120))
"""
# What Tab reaches and a screen reader knows nothing of.
UNKNOWN = """
() => [...document.querySelectorAll("[tabindex='0']:not([role])")]
  .filter((one) => !one.matches("a, button, input, select, textarea, summary"))
  .map((one) => one.outerHTML.slice(0, 120))
"""
# Headings, tables, groups of choices, names that point to nothing, what scripts change (each is marked by an
# attribute), and how a page with errors comes up.
BADLY_BUILT = """
() => {
  const found = [];
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = (element) => (element?.textContent ?? "").replace(/\\s+/g, " ").trim().slice(0, 60);
  const shown = (element) => element.checkVisibility();
  const isNamed = (element) => element && (element.getAttribute("aria-label")
    || element.getAttribute("aria-labelledby") || words(element.querySelector(":scope > legend")));

  const headings = all("h1, h2, h3, h4, h5, h6").filter(shown);
  const first = headings.filter((one) => one.localName === "h1").length;
  if (first !== 1) found.push(`${first} headings of the first rank`);
  headings.reduce((before, one) => {
    const rank = Number(one.localName[1]);
    if (rank > before + 1) found.push(`“${words(one)}” of rank ${rank} stands below rank ${before}`);
    if (!words(one)) found.push("a heading without words");
    return rank;
  }, 1);

  for (const table of all("table").filter(shown)) {
    const called = words(table.caption) || table.getAttribute("aria-label")
      || table.getAttribute("aria-labelledby");
    if (!called) found.push(`a table without a caption: ${words(table)}`);
    if (!table.querySelector("th")) found.push(`a table without headers: ${words(table)}`);
    for (const header of all("th", table)) {
      if (!header.scope) found.push(`a header without scope: ${words(header)}`);
      if (!words(header)) found.push(`a header without words in “${words(table.caption)}”`);
    }
  }

  const choices = Object.groupBy(all("input[type=radio], input[type=checkbox]").filter((one) => one.name),
    (one) => `${one.type} ${one.name} ${one.form?.action}`);
  for (const group of Object.values(choices)) {
    if (group.length > 1 && !isNamed(group[0].closest("fieldset, [role=group], [role=radiogroup]")))
      found.push(`choices without a question: ${group[0].name}`);
  }

  for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const element of all(`[${name}]`)) {
      for (const id of element.getAttribute(name).split(/\\s+/)) {
        if (id && !document.getElementById(id)) found.push(`${name} “${id}” points to nothing`);
      }
    }
  }
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) found.push(`two of id “${id}”`);
  for (const part of all("[data-keep-says], [data-sum-words], [data-asks-again]")) {
    if (!part.closest("[role=status], [role=alert], [aria-live]"))
      found.push(`changes and is not read out: ${part.outerHTML.slice(0, 60)}`);
  }
  if (document.querySelector("[autofocus]")) found.push("a new page begins in the middle");

  const summary = document.querySelector(".govuk-error-summary");
  const isCalled = document.title.startsWith("Error: ");
  if (summary && !isCalled) found.push("errors, and the title does not say so");
  if (isCalled && !summary) found.push("the title says “Error: ”, and there is no summary");
  if (summary && !summary.querySelector("[role=alert]")) found.push("a summary that is not read out");
  for (const link of all("a", summary ?? document.createElement("div"))) {
    const field = document.getElementById(link.getAttribute("href").slice(1));
    if (!field || field.tabIndex < 0 || !shown(field)) found.push(`“${words(link)}” leads to no field`);
  }
  return found;
}
"""
NAMED = {
    *("link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "listbox", "spinbutton"),
    *("img", "image", "table", "region", "DisclosureTriangle", "tab", "option"),
}
# Of these a page may have several, if each is called something of its own.
TOLD_APART = {"navigation", "region", "search", "complementary"}

# At 400 %: what is wider than the window or cut off in it, what stays on top of the page, and controls that
# lie on one another. Wide tables may be moved, each within a region of its own.
CUT_OFF = """
() => {
  const found = [], wide = document.documentElement.scrollWidth;
  const all = [...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility());
  const says = (one) => one.outerHTML.slice(0, 120);
  const clipped = all.filter((one) => getComputedStyle(one).clipPath !== "none");
  const isClipped = (one) => clipped.some((other) => other.contains(one)
    && getComputedStyle(other).clipPath !== "none");
  const apart = (one) => one.closest(".ff-scroll, svg, .govuk-visually-hidden, .govuk-skip-link")
    || isClipped(one);
  const isBox = (one) => one.matches("input, select, textarea"); // moves what is longer than itself
  if (wide > window.innerWidth) found.push(`${wide} pixels wide where there are ${window.innerWidth}`);
  for (const one of all) {
    const style = getComputedStyle(one);
    if (apart(one)) continue;
    if (["fixed", "sticky"].includes(style.position)) found.push(`stays on top: ${says(one)}`);
    const box = one.getBoundingClientRect();
    if (box.width > 1 && (box.right > window.innerWidth + 1 || box.left < -1) && !one.children.length)
      found.push(`out of sight: ${says(one)}`);
    const hides = ["hidden", "clip"].includes(style.overflowX) && box.width > 1;
    if (hides && one.scrollWidth > one.clientWidth + 1 && !isBox(one))
      found.push(`cut off: ${says(one)}`);
  }
  const before = document.activeElement;
  for (const one of all.filter((one) => one.tabIndex >= 0 && isClipped(one))) {
    one.focus({preventScroll: true});
    if (isClipped(one)) found.push(`takes the focus and is not seen: ${says(one)}`);
  }
  // Back to where the reader was, also where that took the focus for once, as a summary of errors does; from
  // the body Tab must lead to the page's first stop again.
  if (before.tabIndex < 0) before.tabIndex = -1;
  before.focus({preventScroll: true});
  if (before === document.body) before.removeAttribute("tabindex");
  const controls = all.filter((one) => one.matches("a[href], button, input, select, textarea, summary"))
    .filter((one) => !apart(one) && one.type !== "hidden")
    .map((one) => [one, [...one.getClientRects()]]);
  for (const [at, [one, boxes]] of controls.entries()) {
    for (const [other, others] of controls.slice(at + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      if (boxes.some((a) => others.some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 4
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 8)))
        found.push(`lies on another: ${says(one)} on ${says(other)}`);
    }
  }
  return found;
}
"""


def unreached(page: Page) -> list[str]:
    """What a person without a mouse or without sight can't use on a page."""
    found = [f"not reached by Tab: {html}" for html in page.evaluate(OUT_OF_REACH)]
    found += [f"has no role: {html}" for html in page.evaluate(UNKNOWN)]
    found += page.evaluate(BADLY_BUILT)
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    parts = [
        tuple(str(node.get(part, {}).get("value", "")).strip() for part in ("role", "name"))
        for node in nodes
        if not node.get("ignored")
    ]
    found += [f"{role} without a name" for role, name in parts if role in NAMED and not name]
    roles = Counter(role for role, _ in parts)
    for (role, name), times in Counter(parts).items():
        if role in TOLD_APART and (times > 1 or (not name and roles[role] > 1)):
            found.append(f"{role} “{name}” is one of {roles[role]}, and not told apart")
    found += [f"no {role} in the tree" for role in ("main", "heading", "banner") if not roles[role]]
    found += [f"{roles[role]} of {role}" for role in ("main", "banner", "contentinfo") if roles[role] > 1]
    return found


def cut_off(page: Page) -> list[str]:
    """What can't be read or used in the window as it is."""
    found: list[str] = page.evaluate(CUT_OFF)
    return found
