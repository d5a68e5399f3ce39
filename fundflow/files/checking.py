"""Is a file what its name says, and harmless? Asked of what is in it, never of its name alone."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from fundflow.files import office, pdf, photographs
from fundflow.files.kinds import ABOUT, PHOTOGRAPHS
from fundflow.files.markup import MARKUP, RUNS, cell_runs
from fundflow.files.names import choose, clean, kind_by_name
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind

MOST_BYTES = 10 * 1024 * 1024
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
BETWEEN = ",;\t|"
FORMULA = (
    "The file has a formula that starts a program or fetches something from elsewhere. Take it out, then "
    "choose the file again"
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc and .xls; also .docx and .xlsx with a password


class Checked(NamedTuple):
    """A file that may be attached: the name and the bytes to keep."""

    name: str
    kind: FileKind
    data: bytes


def check(name: str | None, data: bytes, taken: Collection[FileKind] = tuple(FileKind)) -> Checked:
    """Raises Unfit, with the sentence to show, unless the file may be attached.

    taken  the kinds that the fund takes
    """
    kept = clean(name, taken)
    if not data:
        raise Unfit("The file is empty. Check that it was saved, then choose it again")
    if len(data) > MOST_BYTES:
        raise Unfit("The file is larger than 10 MB. Make it smaller, or split it, then choose it again")
    promised, found = kind_by_name(kept), _kind_of(data)
    if found is not promised:
        but = f"but it is {ABOUT[found].called}" if found else f"but it is not {ABOUT[promised].called}"
        ending = kept.rpartition(".")[2]
        raise Unfit(f"The file’s name ends in “.{ending}”, {but}. {choose(taken)}")
    return Checked(kept, promised, photographs.cleaned(data) if promised in PHOTOGRAPHS else data)


def _kind_of(data: bytes) -> FileKind | None:
    """What the content is, of the kinds that may be attached; raises Unfit where it is harmful."""
    if data.startswith(b"%PDF-"):
        pdf.check(data)
        return FileKind.PDF
    if data.startswith(b"PK\x03\x04"):
        return office.check(data)
    if data.startswith(OLD_OFFICE):
        raise Unfit(
            "The file is protected by a password, or was saved in an old format of Word or Excel. "
            "Save it as .docx or .xlsx without a password, then choose it again"
        )
    return photographs.kind_of(data) or (FileKind.CSV if _is_csv(data) else None)


def _is_csv(data: bytes) -> bool:
    """Text in rows with more than one column, and no markup that a browser could take for a page."""
    text = _decoded(data)
    if text is None or CONTROL.search(text):
        return False
    if text.lstrip().startswith(("<", "{\\rtf", "%!", "#!")) or MARKUP.search(text[:4096]):
        return False
    if not any(_has_rows(text, between) for between in BETWEEN):
        return False
    try:
        if RUNS.search(text) and any(map(cell_runs, _cells(text))):
            raise Unfit(FORMULA)
    except csv.Error:
        return False
    return True


def _cells(text: str) -> Iterator[str]:
    """Every cell, whichever mark stands between them for anyone who opens the file."""
    for between in [",", *(mark for mark in ";\t" if _has_rows(text, mark))]:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=between):
            yield from row


def _decoded(data: bytes) -> str | None:
    """The text, by its mark, else as UTF-8, else as Windows writes it; None where it is no text."""
    by_mark = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((code for mark, code in by_mark.items() if data.startswith(mark)), None)
    for code in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    return None


def _has_rows(text: str, between: str) -> bool:
    """Whether there are two rows, and most of the first ones have more than one column."""
    try:
        rows = [
            row
            for row, _ in zip(
                csv.reader(io.StringIO(text, newline=""), delimiter=between), range(50), strict=False
            )
            if any(row)
        ]
    except csv.Error:
        return False
    return len(rows) > 1 and 2 * sum(len(row) > 1 for row in rows) > len(rows)
