"""Spreadsheets to save, written row by row: memory does not grow with their length.

Text is written as text, never as a formula or a link; numbers as numbers, dates as dates.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, NamedTuple

import xlsxwriter
from flask import Response, send_file

from fundflow.workflow.working_days import LONDON

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters of a cell
MOST_NAME = 31  # characters of a sheet's name


class ColumnHeading(NamedTuple):
    """The head of a column; `width` in characters."""

    title: str
    width: int


class Sheet(NamedTuple):
    """A sheet of a workbook: lines of text, a table, lines of text."""

    name: str
    above: Sequence[str]
    headings: Sequence[ColumnHeading]
    rows: Iterable[Iterable[Any]]
    below: Sequence[str] = ()


def xlsx_download(
    name: str, headings: Sequence[ColumnHeading], rows: Iterable[Iterable[Any]], sheet: str = "Bids"
) -> Response:
    """A file to save; `sheet` names its one sheet.

    Cells are text, whole numbers, Decimals (shown with two places), dates, aware moments (shown as
    in London) or None.
    """
    return _download(name, lambda file: write_xlsx(file, headings, rows, sheet))


def sheets_download(name: str, sheets: Iterable[Sheet]) -> Response:
    """`xlsx_download` of several tables, a sheet each."""
    return _download(name, lambda file: write_sheets(file, sheets))


def _download(name: str, write: Callable[[IO[bytes]], None]) -> Response:
    # A file without a name: it is gone when the answer is sent, or when the reader goes away.
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
    try:
        write(file)
        length = file.tell()
        file.seek(0)
        response = send_file(file, mimetype=KIND, as_attachment=True, download_name=name, max_age=0)
    except BaseException:
        file.close()
        raise
    response.content_length = length
    return response


def write_xlsx(
    file: IO[bytes], headings: Sequence[ColumnHeading], rows: Iterable[Iterable[Any]], sheet: str = "Bids"
) -> None:
    """Write a workbook of one sheet, its headings fast, its columns to be filtered by."""
    write_sheets(file, [Sheet(sheet, (), headings, rows)])


def write_sheets(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write a workbook; where nothing stands above a table, its columns can be filtered by."""
    with tempfile.TemporaryDirectory() as folder:  # where XlsxWriter keeps the rows until the end
        options = {"constant_memory": True, "tmpdir": folder}
        with xlsxwriter.Workbook(file, options) as book:
            for sheet in sheets:
                _write_sheet(book, *sheet)
    file.seek(0, 2)


def _write_sheet(
    book: Any,
    name: str,
    above: Sequence[str],
    headings: Sequence[ColumnHeading],
    rows: Iterable[Iterable[Any]],
    below: Sequence[str],
) -> None:
    sheet = book.add_worksheet(name[:MOST_NAME])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {
        kind: book.add_format({"num_format": shown})
        for kind, shown in ((Decimal, "#,##0.00"), (date, "d mmm yyyy"), (datetime, "d mmm yyyy hh:mm"))
    }
    top = len(above) + 1 if above else 0
    for line, text in enumerate(above):
        sheet.write_string(line, 0, text[:LONGEST])
    sheet.freeze_panes(top + 1, 0)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, heading.width)
        sheet.write_string(top, column, heading.title, bold)
    last = top
    for last, row in enumerate(rows, top + 1):
        for column, value in enumerate(row):
            _write_cell(sheet, last, column, value, formats)
    for line, text in enumerate(below, last + 2):
        sheet.write_string(line, 0, text[:LONGEST])
    if not above:
        sheet.autofilter(0, 0, last, len(headings) - 1)


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[type[Any], Any]) -> None:
    match value:
        case None | "":
            return
        case Decimal():
            sheet.write_number(row, column, value, formats[Decimal])
        case int():
            sheet.write_number(row, column, value)
        case datetime():
            in_london = value.astimezone(LONDON).replace(tzinfo=None)
            sheet.write_datetime(row, column, in_london, formats[datetime])
        case date():
            sheet.write_datetime(row, column, value, formats[date])
        case _:
            sheet.write_string(row, column, str(value)[:LONGEST])
