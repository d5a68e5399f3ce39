"""What `unreached` finds on pages that some people can't use."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.reach import unreached

pytestmark = pytest.mark.browser

WHOLE = "<header>Council</header><main><h1>Bids</h1>{}</main>"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<button>Save</button><input type=hidden><label>Name <input></label>", []),
        ("<button class=govuk-visually-hidden tabindex=-1 aria-hidden=true>Save</button>", []),
        ("<button></button>", ["button without a name"]),
        ("<input>", ["textbox without a name"]),
        ("<a href=/bids tabindex=2>All</a>", ['not reached by Tab: <a href="/bids" tabindex="2">All</a>']),
        ("<a href=/me tabindex=-1>Me</a>", ['not reached by Tab: <a href="/me" tabindex="-1">Me</a>']),
        ("<div tabindex=0>Open</div>", ['has no role: <div tabindex="0">Open</div>']),
    ],
)
def test_what_keyboard_or_screen_reader_do_not_find_is_said(
    browser: Browser, html: str, found: list[str]
) -> None:
    page = browser.new_page()
    page.set_content(WHOLE.format(html))
    assert unreached(page) == found
    page.close()
