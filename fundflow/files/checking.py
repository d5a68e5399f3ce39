"""Is a file what its name says, and harmless? Asked of what is in it, never of its name alone."""

import csv
import io
import re
import zipfile
from typing import NamedTuple

from fundflow.files import office
from fundflow.files.names import CHOOSE, clean, kind_by_name
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind

MOST_BYTES = 10 * 1024 * 1024
WORDS = {
    FileKind.PDF: "a PDF",
    FileKind.DOCX: "a Word document",
    FileKind.XLSX: "an Excel workbook",
    FileKind.CSV: "a CSV file",
}
MARKUP = re.compile(r"<(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)\b", re.I)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc and .xls; also .docx and .xlsx with a password


class Checked(NamedTuple):
    """A file that may be attached, under the name to keep."""

    name: str
    kind: FileKind


def check(name: str | None, data: bytes) -> Checked:
    """Raises Unfit, with the sentence to show, unless the file may be attached."""
    kept = clean(name)
    if not data:
        raise Unfit("The file is empty. Check that it was saved, then choose it again")
    if len(data) > MOST_BYTES:
        raise Unfit("The file is larger than 10 MB. Make it smaller, or split it, then choose it again")
    promised, found = kind_by_name(kept), _kind_of(data)
    if found is not promised:
        but = f"but it is {WORDS[found]}" if found else f"but it is not {WORDS[promised]}"
        raise Unfit(f"The file’s name ends in “.{promised.value}”, {but}. {CHOOSE}")
    return Checked(kept, promised)


def _kind_of(data: bytes) -> FileKind | None:
    """What the content is, of the kinds that may be attached; raises Unfit where it is harmful."""
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        return FileKind.PDF
    if data.startswith(b"PK\x03\x04"):
        return office.check(data)
    if data.startswith(OLD_OFFICE):
        raise Unfit(
            "The file is protected by a password, or was saved in an old format of Word or Excel. "
            "Save it as .docx or .xlsx without a password, then choose it again"
        )
    return FileKind.CSV if _is_csv(data) else None


def _check_pdf(data: bytes) -> None:
    end = data.rfind(b"%%EOF")
    if end < 0 or not re.match(rb"%PDF-[12]\.\d", data) or b"startxref" not in data:
        raise Unfit("The PDF is damaged or incomplete. Save it again, then choose it again")
    if len(data) - end > 1024 or zipfile.is_zipfile(io.BytesIO(data)) or MARKUP.search(_start(data)):
        raise Unfit("The PDF has another file hidden in it. Print it to a new PDF, and choose that")
    if any(mark in data for mark in (b"/JavaScript", b"/Launch", b"/EmbeddedFile")):
        raise Unfit("The PDF holds a program or another file. Print it to a new PDF, and choose that")


def _start(data: bytes) -> str:
    return data[:1024].decode("latin-1")


def _is_csv(data: bytes) -> bool:
    """Text in rows with more than one column, and no markup that a browser could take for a page."""
    text = _decoded(data)
    if text is None or CONTROL.search(text):
        return False
    if text.lstrip().startswith(("<", "{\\rtf", "%!", "#!")) or MARKUP.search(text[:4096]):
        return False
    return any(_has_rows(text, between) for between in ",;\t|")


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
