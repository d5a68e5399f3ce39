"""CSV files that come, as text; and CSV downloads that a spreadsheet opens as they are meant, without
carrying out what a cell says.

UTF-8 with the mark by which Excel knows it; dates as 2027-02-09, times on a clock in London, amounts
as signed numbers without £ or commas.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from flask import Response, stream_with_context

from fundflow.workflow.date_words import stamp

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet takes what follows for a formula
MANGLED = re.compile(r"0[0-9]+|[0-9]{16,}|[0-9]+[eE][0-9]+")  # text that Excel takes for another number
PIECE = 8_192  # characters sent at a time


def decoded(data: bytes) -> str:
    """The text of a file as spreadsheets save it: UTF-8, else Windows-1252."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def safe_cell(value: Any) -> Any:
    """A cell as it may be written. Numbers stay numbers, negative ones too; empty is empty.

    Text that a spreadsheet would read as a formula gets an apostrophe, and so does a code whose
    leading zeros or last digits it would drop.
    """
    match value:
        case None:
            return ""
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case str() if value.lstrip().startswith(DANGEROUS) or value.startswith(DANGEROUS):
            return f"'{value}"
        case str() if MANGLED.fullmatch(value):
            return f"'{value}"
    return value


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_download(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """A file to save; UTF-8 with the mark by which Excel knows it."""
    text = "\ufeff" + csv_text(header, rows)
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_stream(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """`csv_download` for long lists: written row by row, while the rows are read."""
    pieces = stream_with_context(csv_lines(header, rows))
    response = Response(pieces, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def pounds_cell(pence: int) -> Decimal:
    """Pence as a number of pounds: “1250.50”."""
    return Decimal(pence).scaleb(-2)


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file in pieces of some kilobytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write("\ufeff")
    for row in chain([header], rows):
        writer.writerow([safe_cell(value) for value in row])
        if out.tell() > PIECE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
