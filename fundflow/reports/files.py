"""Tables of reports as files: the cells as numbers and dates, the marks explained above them."""

from collections.abc import Iterable

from flask import Response

from fundflow.reports.tables import Kind, Table
from fundflow.web.csv import csv_download
from fundflow.web.xlsx import ColumnHeading, Sheet, sheets_download


def table_csv(name: str, table: Table) -> Response:
    """A table as CSV: its heading, its rows, the totals last."""
    header = [column.sheet_title for column in table.columns]
    return csv_download(name, header, map(table.for_sheet, table.all_rows))


def tables_xlsx(name: str, tables: Iterable[Table]) -> Response:
    """A workbook with a sheet a table."""
    return sheets_download(name, [sheet_of(table) for table in tables])


def sheet_of(table: Table) -> Sheet:
    """A table as a sheet: what it shows and its marks above, its notes below."""
    headings = [
        ColumnHeading(column.sheet_title, 40 if column.kind is Kind.TEXT else 16) for column in table.columns
    ]
    above = [table.title, table.says, *(f"{mark} {mark.words}" for mark in table.marks)]
    return Sheet(table.code, above, headings, [table.for_sheet(row) for row in table.all_rows], table.notes)
