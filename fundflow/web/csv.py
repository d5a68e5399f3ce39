"""CSV downloads that a spreadsheet can open without carrying out what a cell says."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask import Response

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet takes what follows for a formula


def safe_cell(value: Any) -> Any:
    """A cell as it may be written: text that would be read as a formula gets an apostrophe.

    Numbers stay numbers, negative ones too; empty is empty.
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
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
