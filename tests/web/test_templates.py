"""How templates are written."""

import ast
from pathlib import Path

from flask import Flask

from fundflow.web import fields, number_fields
from fundflow.web.drawing import Drawn
from fundflow.web.jinja import lower_first, upper_first

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
WIDEST = 200


def test_no_line_of_a_page_is_too_long_to_read() -> None:
    """In a letter a line is a paragraph, so letters may have longer ones."""
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > WIDEST
    ]
    assert long == []


def written_in(words: str) -> set[str]:
    return {
        str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if words in path.read_text()
    }


def test_enter_sends_a_form_that_can_grow() -> None:
    """The browser presses a form's first button: without an unseen one Enter adds a row."""
    for name in written_in('name="more"') | written_in('name="add"'):
        text = (TEMPLATES / name).read_text()
        grows = min(text.find(button) for button in ('name="more"', 'name="add"') if button in text)
        begins = text.find("{{ begin(form")
        if begins < 0:  # in step.html; its fields come first
            begins, grows = text.index("{% block fields %}"), len(text)
        assert "first_button(" in text[begins:grows].replace("\n", " ")[:200], name


def test_tokens_and_buttons_are_written_by_macros() -> None:
    """By hand: the header's, and a choice that is pressed."""
    assert written_in("csrf_token()") == {"macros/buttons.html"}
    assert written_in("<button") == {
        "macros/buttons.html",
        "base.html",
        "panel/parts.html",
    }


def test_each_kind_of_field_has_a_part_that_draws_it_and_no_template_gathers_a_list() -> None:
    kinds = {kind.part for module in (fields, number_fields) for kind in vars(module).values() if drawn(kind)}
    assert kinds == {path.stem for path in (TEMPLATES / "macros/fields").iterdir()}
    assert written_in(".append(") == set()


def drawn(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Drawn)


def test_a_first_letter_is_made_small_or_large_and_no_other() -> None:
    assert (lower_first("The LA’s seat"), lower_first(""), upper_first("by Ann")) == (
        "the LA’s seat",
        "",
        "By Ann",
    )
    assert written_in("[:1]") == set()


def test_what_templates_may_use_is_one_dictionary_which_imports_of_macros_compare_fast(app: Flask) -> None:
    page = app.jinja_env.get_template("base.html", globals={"of_this_page": 1})
    assert type(page.globals) is dict
    assert {"url_for", "csrf_token", "csp_nonce", "of_this_page"} <= page.globals.keys()
    assert "of_this_page" not in app.jinja_env.globals


EVERY_PAGE_HAS = {
    "service",
    "council",
    "navigation",
    "demo",
    "me",
}  # and the brand, whose draft has a preview


def test_no_page_is_given_another_thing_by_a_name_that_every_page_has() -> None:
    """The header would show it: a page of a service that schools buy had it for the name of fundflow."""
    given = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {word.arg}"
        for path in sorted((ROOT / "fundflow").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _names_a_page(call)
        for word in call.keywords
        if word.arg in EVERY_PAGE_HAS
    ]
    assert given == []


def _names_a_page(call: ast.Call) -> bool:
    texts = [one.value for one in call.args if isinstance(one, ast.Constant)]
    own = [word for word in call.keywords if word.arg == "template"]
    return bool(own) or any(str(text).endswith(".html") for text in texts)
