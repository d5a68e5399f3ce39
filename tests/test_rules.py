"""docs/rules.md: what the code cites is there, and its modules and settings are those of the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import String, Text

from fundflow.funds.forms import GROUPS
from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PLAIN
from fundflow.workflow.panel_rules import STANDARD
from fundflow.workflow.words import TABLE

ROOT = Path(__file__).parents[1]
RULES = (ROOT / "docs/rules.md").read_text()
BRIEF = "domain" + ".md"  # what the code cited before; this file may not say it either
HEADING = re.compile(r"^#{2,3} (?:\d+\. )?(.+?)(?: <a id=\"([\w-]+)\"></a>)?$", re.M)
CITED = re.compile(r"docs/rules\.md(?:, \"([^\"]+)\")?")
ENDINGS = {".py", ".html", ".txt", ".md", ".mako", ".js", ".scss", ".toml", ".conf"}


def texts() -> Iterator[tuple[str, str]]:
    """(path, text on one line) of what people write here, but for the rules themselves and this test."""
    folders = [ROOT / name for name in ("fundflow", "templates", "tests", "migrations", "docs")]
    for path in [*ROOT.glob("*.*"), *(path for folder in folders for path in folder.rglob("*.*"))]:
        ours = path.suffix in ENDINGS and "built" not in path.parts
        if ours and path.is_file() and path.name not in ("rules.md", "test_rules.py"):
            yield str(path.relative_to(ROOT)), re.sub(r"\s+(?:# )?", " ", path.read_text())


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    found = next(match for match in HEADING.finditer(RULES) if match[1] == title)
    following = HEADING.search(RULES, found.end())
    return RULES[found.end() : following.start() if following else None]


def test_every_citation_names_a_section_of_the_rules() -> None:
    titles = {match[1] for match in HEADING.finditer(RULES)}
    cited = [
        (path, match[1]) for path, text in texts() if path != "README.md" for match in CITED.finditer(text)
    ]
    assert [(path, title) for path, title in cited if title not in titles] == []
    assert cited


def test_no_file_cites_what_is_not_in_the_repository() -> None:
    assert [path for path, text in texts() if BRIEF in text] == []


def test_sections_are_numbered_and_their_anchors_follow_from_their_titles() -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", RULES, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    titles = [match[1] for match in HEADING.finditer(RULES)]
    assert len(titles) == len(set(titles))
    anchors = [(match[1], match[2]) for match in HEADING.finditer(RULES) if match[0].startswith("## ")]
    assert [(title, anchor) for title, anchor in anchors if anchor != title.lower().replace(" ", "-")] == []


def test_every_module_that_the_rules_name_is_there() -> None:
    named = sorted(set(re.findall(r"`([\w/]+\.py)`", RULES)))
    places = (ROOT / "fundflow", ROOT)
    assert [path for path in named if not any((place / path).is_file() for place in places)] == []


def settings(title: str) -> dict[str, str]:
    return dict(re.findall(r"`(\w+)`\s(\d+|yes|no|none|panel)\b", section(title)))


def said(value: object) -> str:
    """A default as the rules write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or callable(value) else str(value)  # an empty list is made by a function


def test_the_settings_of_a_fund_are_those_of_the_model() -> None:
    columns = [Fund.__table__.columns[name] for _, names in GROUPS for name in names]
    chosen = [
        column for column in columns if not isinstance(column.type, Text | String) or column.name == "decider"
    ]
    defaults = {column.name: column.default.arg if column.default else None for column in chosen}
    assert settings("Settings of a fund") == {
        name: said(getattr(value, "value", value)) for name, value in defaults.items()
    }


def test_the_settings_of_a_panel_are_those_a_fund_begins_with() -> None:
    assert settings("Settings of a panel") == {name: said(getattr(STANDARD, name)) for name in PLAIN}


@pytest.mark.parametrize("state", TABLE, ids=lambda state: state.value)
def test_the_words_for_a_state_are_those_of_the_code(state: object) -> None:
    filled = {
        "by_due": " by [date]",
        "on_meeting": " on [date]",
        "officer": "[officer]",
        "rule": ": [rule]",
        "meeting": ", [date]",
        "deferred": 1,
        "offer": "£",
    }
    school, _, staff, _ = TABLE[state]
    assert f"| {state.value} | {school.format(**filled)} | {staff.format(**filled)} |" in section("Words")
