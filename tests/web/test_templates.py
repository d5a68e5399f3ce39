"""How templates are written."""

from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
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
