"""CSV downloads that a spreadsheet can open without carrying out what a cell says."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from flask import Response, stream_with_context

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet takes what follows for a formula
PIECE = 8_192  # characters sent at a time


def safe_cell(value: Any) -> Any:
    """A cell as it may be written: text that would be read as a formula gets an apostrophe.

    Numbers stay numbers, negative ones too; empty is empty.
    """
    if value is None:
        return ""
    if isinstance(value, str) and (value.startswith(DANGEROUS) or value.lstrip().startswith(DANGEROUS)):
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
    response = Response(
        stream_with_context(_lines(chain([header], rows))), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def pounds_cell(pence: int) -> str:
    """Pence as pounds, without £ or commas: “1250.50”."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def _lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file in pieces of some kilobytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write("\ufeff")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        if out.tell() > PIECE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
