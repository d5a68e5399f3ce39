"""A page that can't be worked with the keyboard alone fails the journey that walks it so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.hands import Keyboard, Unreachable

pytestmark = pytest.mark.browser

WHOLE = """<a class=govuk-skip-link href=#content>Skip</a><a href=/>Home</a>
<main id=content><style>{style}</style><form>
<label>Name <input name=name value=Old></label><label>Notes <textarea name=notes></textarea></label>
<label>Sure <input type=checkbox name=sure></label>
<label>Often <input type=checkbox name=often></label>
<label>Yes <input type=radio name=answer value=yes></label>
<label>No <input type=radio name=answer value=no></label>
<label>May be <input type=radio name=answer value=maybe></label>
<label>School <select name=school><option>Ash<option disabled>Birch<option>Cedar<option>Oak</select></label>
<label>File <input type=file name=file></label><button name=sent value=1>Send</button></form></main>"""
SENT = "name=New&notes=&sure=on&answer=maybe&school=Oak&sent=1"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    found = context.new_page()
    found.set_default_timeout(30_000)
    yield found
    context.close()


def shown(page: Page, style: str = "", html: str = WHOLE) -> Keyboard:
    page.route(
        "**/*", lambda route: route.fulfill(body=html.replace("{style}", style), content_type="text/html")
    )
    page.goto("http://localhost/form")
    return Keyboard(page)


def test_a_form_is_filled_in_and_sent_by_the_keyboard_alone(page: Page) -> None:
    keyboard = shown(page)
    keyboard.tick(page.get_by_label("May be"))
    keyboard.fill(page.get_by_label("Notes"), "")
    keyboard.fill(page.get_by_label("Name"), "New")  # it stands before
    keyboard.tick(page.get_by_label("Sure"))
    keyboard.tick(page.get_by_label("Often"))
    keyboard.untick(page.get_by_label("Often"))
    keyboard.choose(page.get_by_label("School"), "Oak")
    keyboard.upload(page.get_by_label("File"), {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    keyboard.click(page.get_by_role("button", name="Send"))
    page.wait_for_url("**?**")
    assert SENT in page.url.replace("&file=a.txt", "")


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ("button { outline: none }", "does not show that it has the focus"),
        ("main::after { content: ''; position: fixed; inset: 0 }", "has the focus out of sight"),
        ("form { margin-left: -5000px }", "has the focus out of sight"),
    ],
)
def test_focus_that_is_not_seen_fails(page: Page, style: str, says: str) -> None:
    keyboard = shown(page, style)
    with pytest.raises(Unreachable, match=says):
        keyboard.click(page.get_by_role("button", name="Send"))


def test_what_tab_passes_over_fails(page: Page) -> None:
    keyboard = shown(page, html=WHOLE.replace("<button", "<button tabindex=-1"))
    with pytest.raises(Unreachable, match="is not reached by Tab"):
        keyboard.click(page.get_by_role("button", name="Send"))


def test_a_page_whose_first_stop_does_not_lead_to_its_content_fails(page: Page) -> None:
    keyboard = shown(page, html=WHOLE.replace("<a class", "<a href=/menu>Menu</a><a class"))
    with pytest.raises(Unreachable, match="The first stop"):
        keyboard.click(page.get_by_role("button", name="Send"))


# What works a page past the hand, and the modules that walk no journey.
PAST_THE_HAND = re.compile(
    r"\)\.(click|dblclick|fill|check|uncheck|press|type|select_option|set_input_files)\("
)
NO_JOURNEYS = {"hands.py", "take_pictures.py", "test_form_scripts.py", "test_hands.py", "test_pages.py"}


def test_every_journey_works_its_pages_by_the_hand() -> None:
    found = [
        f"{module.name}: {line.strip()}"
        for module in Path(__file__).parent.glob("*.py")
        for line in module.read_text().splitlines()
        if module.name not in NO_JOURNEYS and PAST_THE_HAND.search(line)
    ]
    assert not found, "\n".join(found)
