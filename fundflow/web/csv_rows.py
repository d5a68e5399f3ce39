"""A CSV file that people fill in: its rows by the columns we ask for, and what its cells may not hold."""

import csv
from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import TypeVar

from fundflow.names import searchable
from fundflow.web.csv import DANGEROUS
from fundflow.web.fields import one_line
from fundflow.web.times import read_date
from fundflow.workflow.worded import Worded

MOST_ROWS = 1_000
MOST_CHARACTERS = 400_000
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

W = TypeVar("W", bound=Worded)


class WrongFile(Exception):
    """A file that can't be read by rows; its text is a sentence."""


def filled_rows(text: str, columns: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """(number in the file, texts by the names of `columns`) of each row that is not empty.

    columns  name → heading in the file, however it is written; their order is free
    Raises WrongFile.
    """
    if len(text) > MOST_CHARACTERS:
        raise WrongFile(f"The file is too large. Send {MOST_ROWS:,} rows or fewer at once.")
    try:
        table = list(csv.reader(StringIO(text.replace("\0", ""), newline=""), strict=True))
    except csv.Error:
        raise WrongFile("The file can’t be read as CSV. Save it as CSV from your spreadsheet.") from None
    header = [searchable(cell) for cell in table[0]] if table else []
    missing = [words for words in columns.values() if searchable(words) not in header]
    if missing:
        raise WrongFile(f"The file lacks these columns: {', '.join(missing)}. Start from the template.")
    places = {name: header.index(searchable(words)) for name, words in columns.items()}
    filled = [(n, cells) for n, cells in enumerate(table[1:], 2) if any(cell.strip() for cell in cells)]
    if not filled:
        raise WrongFile("The file has no rows below its headings.")
    if len(filled) > MOST_ROWS:
        raise WrongFile(f"The file has {len(filled):,} rows. Send {MOST_ROWS:,} or fewer at once.")
    return [(n, {name: _cell(cells, place) for name, place in places.items()}) for n, cells in filled]


def _cell(cells: list[str], place: int) -> str:
    """A cell's text, without the apostrophe by which our own files keep codes as text."""
    text = str(one_line(cells[place])) if place < len(cells) else ""
    return text[1:] if text[:1] == "'" and text[1:2].isdigit() else text


def why_not_cell(text: str, most: int) -> str | None:
    """Why a cell can't be taken, whatever it is for; None where it can."""
    if text.startswith(DANGEROUS):
        return f"it begins like a formula, with {text[0]}"
    return f"it has more than {most:,} characters" if len(text) > most else None


def member(kind: type[W], text: str) -> W | None:
    """By its words or its value, however they are written."""
    wanted = searchable(text)
    return next((one for one in kind if wanted in (searchable(one.words), searchable(one.value))), None)


def read_cell_day(text: str) -> date | None:
    """A date that a cell holds; None for anything else."""
    try:
        day = read_date(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
