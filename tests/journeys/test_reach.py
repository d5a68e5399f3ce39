"""What `unreached` and `cut_off` find on pages that some people can't use."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.reach import ZOOMED, cut_off, unreached

pytestmark = pytest.mark.browser

WHOLE = "<header>Council</header><main><h1>Bids</h1>{}</main>"
ERRORS = (
    "<title>{title}</title><div class=govuk-error-summary><div {role}><h2>There is a problem</h2>"
    "<a href=#{field}>Enter a name</a></div></div><label>Name <input id=name></label>"
)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


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
        ("<h1>More</h1>", ["2 headings of the first rank"]),
        ("<h2>Money</h2><h3>Paid</h3><h2>People</h2>", []),
        ("<h3>Paid</h3>", ["“Paid” of rank 3 stands below rank 1"]),
        ("<h2> </h2>", ["a heading without words"]),
        ("<table><caption>Bids</caption><tr><th scope=col>Bid<tr><td>1</table>", []),
        (
            "<table><tr><td>1</table>",
            ["a table without a caption: 1", "a table without headers: 1"],
        ),
        (
            "<table><caption>Bids</caption><tr><th>Bid<th scope=col></table>",
            ["a header without scope: Bid", "a header without words in “Bids”"],
        ),
        (
            "<label><input type=radio name=a>Yes</label><label><input type=radio name=a>No</label>",
            ["choices without a question: a"],
        ),
        ("<label for=x>Name</label>", ["for “x” points to nothing"]),
        ("<p id=x></p><p id=x></p>", ["two of id “x”"]),
        ("<label>Name <input autofocus></label>", ["a new page begins in the middle"]),
        ("<p role=status data-keep-says></p>", []),
        ("<p data-sum-words></p>", ['changes and is not read out: <p data-sum-words=""></p>']),
        ("<nav>1</nav><nav aria-label=Main>2</nav>", ["navigation “” is one of 2, and not told apart"]),
        ("<main>More</main>", ["2 of main"]),
        (ERRORS.format(title="Error: Bid", role="role=alert", field="name"), []),
        (
            ERRORS.format(title="Bid", role="", field="names"),
            [
                "errors, and the title does not say so",
                "a summary that is not read out",
                "“Enter a name” leads to no field",
            ],
        ),
        ("<title>Error: Bid</title>", ["the title says “Error: ”, and there is no summary"]),
    ],
)
def test_what_keyboard_or_screen_reader_do_not_find_is_said(page: Page, html: str, found: list[str]) -> None:
    page.set_content(WHOLE.format(html))
    assert unreached(page) == found


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Short</p><div class=ff-scroll style='overflow: auto'><p style='width: 700px'>Wide</div>", []),
        ("<p style='width: 700px'>Wide", ["708 pixels wide where there are 320", "out of sight: <p"]),
        (
            "<div style='overflow: hidden'><p style='width: 700px'>Wide</div>",
            ["cut off: ", "out of sight: <p"],
        ),
        ("<p style='clip-path: inset(50%)'><a href=/>All</a>", ["takes the focus and is not seen: <a"]),
        ("<style>p:not(:focus-within) { clip-path: inset(50%) }</style><p><a href=/>All</a>", []),
        ("<p style='position: sticky; top: 0'>Always", ["stays on top: <p"]),
        (
            "<button>One</button><button style='margin-left: -30px'>Two</button>",
            ["lies on another: <button>One"],
        ),
    ],
)
def test_what_does_not_fit_at_400_per_cent_is_said(page: Page, html: str, found: list[str]) -> None:
    page.set_viewport_size(ZOOMED)
    page.set_content(WHOLE.format(html))
    said = cut_off(page)
    assert len(said) == len(found), said
    assert all(one.startswith(start) for one, start in zip(said, found, strict=True)), said


def test_looking_leaves_the_reader_where_they_were(page: Page) -> None:
    page.set_content(WHOLE.format("<a href=/>One</a><p style='clip-path: inset(50%)'><a href=/>Two</a></p>"))
    assert cut_off(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "One"


def test_looking_gives_the_focus_back_to_what_took_it_for_once(page: Page) -> None:
    once = "<p id=once tabindex=-1 onblur='this.removeAttribute(`tabindex`)'>There is a problem</p>"
    page.set_content(WHOLE.format(f"<p style='clip-path: inset(50%)'><a href=/>Skip</a></p>{once}"))
    page.locator("#once").focus()
    assert cut_off(page)
    assert page.evaluate("document.activeElement.id") == "once"
