"""What a page offers to the keyboard and to a screen reader, asked of Chromium: order, names and roles."""

from playwright.sync_api import Page

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
NAMED = {"link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "listbox", "img", "image"}


def unreached(page: Page) -> list[str]:
    """What a person without a mouse or without sight can't use on a page."""
    found = [f"not reached by Tab: {html}" for html in page.evaluate(OUT_OF_REACH)]
    found += [f"has no role: {html}" for html in page.evaluate(UNKNOWN)]
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    roles = []
    for node in nodes:
        role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
        if node.get("ignored"):
            continue
        roles.append(role)
        if role in NAMED and not str(name).strip():
            found.append(f"{role} without a name")
    found += [f"no {role} in the tree" for role in ("main", "heading", "banner") if role not in roles]
    return found
