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
from fundflow.workflow.working_days import financial_year, london_date

HEADING = (
    "Fund",
    "Bid",
    "Title",
    "School paid",
    "URN",
    "Earned in the year",
    "Earned by the year's end",
    "Paid by the year's end",
    "Accrued",
    "Paid in advance",
)


@blueprint.route("/money/years/<id:year>")
@access(roles(*WHOLE_LEDGER))
def year_end(year: int) -> str:
    current = financial_year(london_date(now()))
    return render_template(
        "payments/year_end.html", year=year, current=current, funds=_funds(year), over=year < current
    )


@blueprint.route("/money/years/<id:year>.csv")
@access(roles(*WHOLE_LEDGER))
def year_end_csv(year: int) -> Response:
    name = f"year-{year_words(year).replace('/', '-')}.csv"
    return csv_download(name, HEADING, (row for found in _funds(year) for row in _rows(found)))


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
