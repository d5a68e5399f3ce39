"""A line of a letter ends where it ends in its template."""

from pathlib import Path

import pytest

from fundflow.letters.rendering import FOLDER, environment

TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in Path(FOLDER).rglob("*.txt"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_of_text_that_ends_in_a_tag_loses_its_end(name: str) -> None:
    env = environment()
    shown = 0  # the number of the last line of which something is shown
    for number, kind, value in env.lex(env.preprocess((FOLDER / name).read_text(), name)):
        if kind == "block_end" and number == shown:
            assert "\n" not in value, f"{name}, line {number}"
        elif kind in ("data", "variable_end") and value.strip(" \n"):
            shown = number + value.rstrip("\n").count("\n")


def test_a_line_of_tags_alone_leaves_none_behind() -> None:
    source = (
        "You are paid.{% if more %} More comes.{% endif %}\n\n{% if more %}\nSoon.\n{% endif %}\nThe end."
    )
    letter = environment().from_string(source)
    assert letter.render(more=True) == "You are paid. More comes.\n\nSoon.\nThe end."
    assert letter.render(more=False) == "You are paid.\n\nThe end."
