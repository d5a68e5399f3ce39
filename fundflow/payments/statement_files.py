"""Statements as files: a row for each entry, amounts signed, times in London, the school as on the day."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flask import Response

from fundflow.models.fund import year_words
from fundflow.payments.statements import Statement
from fundflow.rules.ledger_totals import Figure
from fundflow.rules.statements import OF_FILES, StatementLine
from fundflow.web.csv import csv_stream, pounds_cell
from fundflow.web.xlsx import ColumnHeading, xlsx_download


class Column(NamedTuple):
    """staff  people of schools don't get it"""

    title: str
    width: int
    cell: Callable[[StatementLine], Any]
    staff: bool = False


COLUMNS = (
    Column("Entry", 8, lambda line: line.entry.id),
    Column("When", 18, lambda line: line.entry.at),
    Column("What", 24, lambda line: line.entry.kind.words),
    Column("Pounds", 14, lambda line: pounds_cell(line.pence)),
    Column("Financial year", 12, lambda line: year_words(line.entry.financial_year)),
    Column("Allocation line", 28, lambda line: line.entry.source),
    Column("Minute", 24, lambda line: line.entry.minute_reference),
    Column("Bid", 12, lambda line: line.entry.reference),
    Column("School", 32, lambda line: line.entry.school),
    Column("URN", 10, lambda line: line.entry.urn),
    Column("Claim", 8, lambda line: line.entry.claim_number),
    Column("Payment reference", 20, lambda line: line.entry.payment_reference),
    Column("Paid to", 32, lambda line: line.entry.paid_to),
    Column("Route", 20, lambda line: line.entry.route.words if line.entry.route else None),
    Column("Supplier number", 16, lambda line: line.entry.supplier_number, staff=True),
    Column("By", 24, lambda line: line.entry.by, staff=True),
    Column("Reason", 32, lambda line: line.entry.reason),
)


def statement_file(statement: Statement, name: str, form: str, *, staff: bool) -> Response:
    """A file to save, oldest entry first; `form` is csv or xlsx."""
    columns = [column for column in COLUMNS if staff or not column.staff]
    columns += [Column(figure.short, 14, _effect_on(figure)) for figure in OF_FILES]
    if statement.figures:
        columns.append(Column(f"Balance: {statement.balance_of.short.lower()}", 16, _balance))
    rows = _cells(statement, columns)
    if form == "csv":
        return csv_stream(f"{name}.csv", [column.title for column in columns], rows)
    headings = [ColumnHeading(column.title, column.width) for column in columns]
    return xlsx_download(f"{name}.xlsx", headings, rows, "Statement")


def _effect_on(figure: Figure) -> Callable[[StatementLine], Any]:
    """What an entry adds to a figure, or takes off it; empty where neither, so that the column adds up."""

    def cell(line: StatementLine) -> Any:
        sign = figure.signs.get(line.entry.kind)
        return pounds_cell(sign * line.entry.pence) if sign else None

    return cell


def _balance(line: StatementLine) -> Any:
    return pounds_cell(line.balance)


def _cells(statement: Statement, columns: list[Column]) -> Iterator[list[Any]]:
    lines = statement.lines()
    return ([column.cell(line) for column in columns] for line in lines)
