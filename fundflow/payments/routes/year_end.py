"""The end of a financial year, for those who reconcile the ledger."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, render_template

from fundflow.models.fund import year_words
from fundflow.payments.blueprint import blueprint
from fundflow.payments.queries import WHOLE_LEDGER, funds_of
from fundflow.payments.year_end import FundYear, fund_year
from fundflow.web.access import access, me, now, roles
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.web.xlsx import ColumnHeading, xlsx_download
from fundflow.workflow.working_days import financial_year, london_date

HEADINGS = (
    ColumnHeading("Fund", 28),
    ColumnHeading("Bid", 12),
    ColumnHeading("Title", 40),
    ColumnHeading("School paid", 32),
    ColumnHeading("URN", 10),
    ColumnHeading("Earned in the year", 16),
    ColumnHeading("Earned by the year's end", 16),
    ColumnHeading("Paid by the year's end", 16),
    ColumnHeading("Accrued", 14),
    ColumnHeading("Paid in advance", 16),
)


@blueprint.route("/money/years/<id:year>")
@access(roles(*WHOLE_LEDGER))
def year_end(year: int) -> str:
    current = financial_year(london_date(now()))
    return render_template(
        "payments/year_end.html", year=year, current=current, funds=_funds(year), over=year < current
    )


@blueprint.route("/money/years/<id:year>.<any('csv', 'xlsx'):form>")
@access(roles(*WHOLE_LEDGER))
def year_end_file(year: int, form: str) -> Response:
    name = f"year-{year_words(year).replace('/', '-')}.{form}"
    rows = (row for found in _funds(year) for row in _rows(found))
    if form == "csv":
        return csv_download(name, [heading.title for heading in HEADINGS], rows)
    return xlsx_download(name, HEADINGS, rows, "Year")


def _funds(year: int) -> list[FundYear]:
    """404 for a year that has not begun, or that no fund can have."""
    if not 2000 <= year <= financial_year(london_date(now())):
        abort(404)
    return [fund_year(fund, year) for fund in funds_of(me(), now(), WHOLE_LEDGER)]


def _rows(found: FundYear) -> Iterator[tuple[Any, ...]]:
    for payee in found.payees:
        bid, school = payee.bid, payee.school
        figures = (payee.in_year, payee.earned, payee.paid, payee.accrued, payee.prepaid)
        pounds = map(pounds_cell, figures)
        yield (found.fund.name, bid.reference, bid.title, school.name, school.urn, *pounds)
