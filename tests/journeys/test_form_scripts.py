"""The form's scripts in a real browser: sums say what the server says, the picker finds schools."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from flask import render_template_string

from fundflow.applications.row_forms import sum_in_words
from fundflow.names import searchable
from fundflow.web.fields import LongText, tidy
from fundflow.web.forms import Form
from tests.applications.test_amounts import LINES
from tests.journeys.conftest import World
from tests.test_names import ALIKE

pytestmark = pytest.mark.browser
NewWorld = Callable[..., World]

SUMS = """async cases => {
  const { sumInWords } = await import("/static/any/built/sum.js");
  return cases.map((texts) => sumInWords(...texts));
}"""
WRONG = [
    ["", "350", "0"],
    ["6", "", "0"],
    ["6", "350", ""],
    ["1.3", "350", "0"],
    ["0", "350", "0"],
    ["6", "350", "101"],
    ["six", "350", "0"],
    ["6", "3.505", "0"],
    ["-6", "350", "0"],
    ["2,5", "350", "0"],
    ["6", "12,50", "0"],
    ["6", "1,23,4", "0"],
    ["6", "350", "58,5"],
]
FOLDS = """async texts => {
  const { searchable } = await import("/static/any/built/names.js");
  return texts.map(searchable);
}"""

LENGTHS = """async texts => {
  const { lengthAsKept } = await import("/static/any/built/length.js");
  return texts.map(lengthAsKept);
}"""
# What a text may hold that two programs count differently, and how many characters the server keeps.
COUNTED = {
    "newline": ("a\nb", 3),
    "emoji": ("📚", 1),
    "emoji of a family": ("👩\u200d👩\u200d👧", 3),
    "emoji with its colour": ("✏️", 2),
    "emoji of a later Unicode": ("\U0001fae8\U0001f6d8", 2),
    "accent of its own": ("e\u0301", 2),
    "spaces around": (" \u00a0\n\t x \u2003\n\n", 1),
    "invisible marks": ("\ufeffa\u200bb\u00ad\u202ec\u0007", 3),
    "old separators": ("a\x0b\x0c\x1c\x85b", 6),
    "private use": ("\ue000\U000f0000", 2),
}
EVERYWHERE = [*range(0x20, 0x250), *range(0x2000, 0x2070), 0x3000, 0xFEFF, 0xFFF9, 0x1F4DA]
LIMIT = 500
SAYS = {
    -1: "You have 1 character remaining",
    0: "You have 0 characters remaining",
    1: "You have 1 character too many",
}
BOX = """{% extends "base.html" %}{% from "macros/forms.html" import field %}{% block page %}
<form method="post" action="/sent">{{ field(form.why) }}<button>Send</button></form>{% endblock %}"""


class Counted(Form):
    why = LongText("Why?", most=LIMIT)


def test_a_text_is_as_long_in_the_browser_as_on_the_server(new_world: NewWorld) -> None:
    world = new_world(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    texts = [*(text for text, _ in COUNTED.values()), *(f"x{chr(n)}y{chr(n)}" for n in EVERYWHERE)]
    assert [len(tidy(text)) for text, _ in COUNTED.values()] == [most for _, most in COUNTED.values()]
    with world.visitor() as page:
        page.goto("/")
        assert page.evaluate(LENGTHS, texts) == [len(tidy(text)) for text in texts]
    assert not world.trouble


@pytest.mark.thorough
def test_the_count_below_a_box_says_what_the_server_says(new_world: NewWorld) -> None:
    world = new_world(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    with world.app.test_request_context("/"):
        html = render_template_string(BOX, form=Counted())
    with world.visitor() as page:
        page.route("**/counted", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.route("**/sent", lambda route: route.fulfill(body="Thank you"))
        for text, _ in COUNTED.values():
            for more, says in SAYS.items():
                page.goto("/counted")
                room = LIMIT + more - len(tidy(f"x{text}x")) + 1
                page.get_by_role("textbox").fill("x" * room + text + "x")
                assert page.locator(".govuk-character-count__status").inner_text() == says, (text, more)
                with page.expect_request("**/sent") as sent:
                    page.get_by_role("button", name="Send").click()
                posted = parse_qs(sent.value.post_data or "")["why"][0]
                assert ("\r\n" in posted) == ("\n" in text)
                with world.app.test_request_context("/", method="POST", data={"why": posted}):
                    assert Counted(meta={"csrf": False}).validate() is (more <= 0), (text, more)
    assert not world.trouble


def test_the_picker_folds_names_as_the_server_does(new_world: NewWorld) -> None:
    world = new_world(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    letters = [
        *map(chr, range(0x20, 0x250)),
        *map(chr, range(0x370, 0x530)),
        *map(chr, range(0x2000, 0x2070)),
    ]
    texts = [*(text for texts in ALIKE.values() for text in texts), *(f"x{c}y" for c in letters)]
    with world.visitor() as page:
        page.goto("/")
        assert page.evaluate(FOLDS, texts) == [searchable(text) for text in texts]
    assert not world.trouble


def test_the_sum_that_is_worked_out_while_typing_is_the_servers(new_world: NewWorld) -> None:
    world = new_world(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    lines = [line for line in LINES if line[1] >= 100]
    texts = [
        [f"{half_days / 2:g}", f"{rate / 100:.2f}", f"{on_cost / 100:.2f}%"]
        for half_days, rate, on_cost, _pence in lines
    ]
    with world.visitor() as page:
        page.goto("/")
        assert page.evaluate(SUMS, texts) == [sum_in_words(*line[:3]) for line in lines]
        assert page.evaluate(SUMS, [[" 2.5", "£1,350.50", "28.68 %"]]) == [sum_in_words(5, 135_050, 2868)]
        written = [["2.5 days", "£1\u00a0350.50 per day", "28.68 per cent"], ["2.50", "1,350.5", "28.680"]]
        assert page.evaluate(SUMS, written) == [sum_in_words(5, 135_050, 2868)] * 2
        assert page.evaluate(SUMS, WRONG) == [""] * len(WRONG)
    assert not world.trouble
