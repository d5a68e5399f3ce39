"""The kinds of files there are, and which of them a fund takes: every check and every page reads it here."""

from collections.abc import Collection
from typing import NamedTuple

from fundflow.models.files import FileKind
from fundflow.models.fund import Fund


class About(NamedTuple):
    """What a kind is called in a sentence and in a list, how browsers know it, and how its names may end."""

    called: str
    listed: str
    media_type: str
    endings: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "OpenDocument (.odt or .ods)"
ABOUT = {
    FileKind.PDF: About("a PDF", "PDF", "application/pdf", (".pdf",)),
    FileKind.DOCX: About(
        "a Word document", "Word (.docx)", f"{OFFICE}.wordprocessingml.document", (".docx",)
    ),
    FileKind.XLSX: About("an Excel workbook", "Excel (.xlsx)", f"{OFFICE}.spreadsheetml.sheet", (".xlsx",)),
    FileKind.CSV: About("a CSV file", "CSV", "text/csv", (".csv",)),
    FileKind.ODT: About("an OpenDocument text", OPEN, "application/vnd.oasis.opendocument.text", (".odt",)),
    FileKind.ODS: About(
        "an OpenDocument spreadsheet", OPEN, "application/vnd.oasis.opendocument.spreadsheet", (".ods",)
    ),
    FileKind.JPEG: About("a JPEG picture", "JPEG", "image/jpeg", (".jpg", ".jpeg")),
    FileKind.PNG: About("a PNG picture", "PNG", "image/png", (".png",)),
}
OPENDOCUMENT = (FileKind.ODT, FileKind.ODS)
PHOTOGRAPHS = (FileKind.JPEG, FileKind.PNG)


def kinds_taken(fund: Fund) -> list[FileKind]:
    """The kinds that a bid to this fund may have attached."""
    closed = (() if fund.takes_opendocument else OPENDOCUMENT) + (
        () if fund.takes_photographs else PHOTOGRAPHS
    )
    return [kind for kind in FileKind if kind not in closed]


def in_words(kinds: Collection[FileKind]) -> str:
    """“PDF, Word (.docx) or JPEG”."""
    *most, last = dict.fromkeys(ABOUT[kind].listed for kind in FileKind if kind in kinds)
    return f"{', '.join(most)} or {last}" if most else last


def endings(kinds: Collection[FileKind]) -> dict[str, FileKind]:
    """Which ending promises which kind."""
    return {ending: kind for kind in FileKind if kind in kinds for ending in ABOUT[kind].endings}
