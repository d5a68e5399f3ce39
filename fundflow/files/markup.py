"""What a browser, or a spreadsheet, would carry out."""

import re

MARKUP = re.compile(r"<(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)\b", re.I)

QUOTED = re.compile(r'"(?:[^"]|"")*"')
# DDE as `cmd|'/c calc'!A1`, and functions that start a program or fetch from elsewhere by themselves.
RUNS = re.compile(
    r"(?:^|[=+\-*/(,;@&<>])\s*'?[a-z_][\w.$]*'?\s*\|"
    r"|\b(?:dde|call|exec|register(?:\.id)?|webservice|rtd|import(?:xml|data|html|feed|range))\s*\(",
    re.I,
)
BEGINS = ("=", "+", "-", "@")  # what a cell of a CSV file begins with, that is read as a formula


def runs(formula: str) -> bool:
    """Whether a cell's formula starts a program, or fetches something, as the sheet is opened."""
    return RUNS.search(QUOTED.sub('""', formula)) is not None


def cell_runs(cell: str) -> bool:
    """The same of a cell of a CSV file."""
    text = cell.strip()
    return text.startswith(BEGINS) and runs(text)
