"""The forecast to 31 March, for those who reconcile the ledger."""

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template

from fundflow.models.fund import year_words
from fundflow.payments.blueprint import blueprint
from fundflow.payments.forecast import Ahead, Forecast, fund_forecast
from fundflow.payments.queries import WHOLE_LEDGER, funds_of
from fundflow.web.access import access, me, now, roles
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.workflow.words import plain_words
from fundflow.workflow.working_days import financial_year, london_date

HEADING = (
    "Fund",
    "What",
    "Bid or allocation line",
    "Title or minute",
    "School",
    "URN",
    "Status",
    "Allocated",
    "Awarded, less what was released or came back",
    "Paid so far",
    "Due now",
    "Expected to be earned by 31 March",
    "Expected to be paid by 31 March",
    "Earned and not paid then",
    "Awarded for later",
    "Offered",
    "Not committed or offered",
    "Likely to be left",
    "Then",
)


@blueprint.route("/money/forecast")
@access(roles(*WHOLE_LEDGER))
def forecast() -> str:
    return render_template("payments/forecast.html", funds=_funds())


@blueprint.route("/money/forecast.csv")
@access(roles(*WHOLE_LEDGER))
def forecast_csv() -> Response:
    year = year_words(financial_year(london_date(now()))).replace("/", "-")
    rows = (row for found in _funds() for row in _rows(found))
    return csv_download(f"forecast-{year}.csv", HEADING, rows)


def _funds() -> list[Forecast]:
    return [fund_forecast(fund, london_date(now())) for fund in funds_of(me(), now(), WHOLE_LEDGER)]


def _rows(found: Forecast) -> Iterator[tuple[Any, ...]]:
    """The awards in force, then the allocation lines: the figures of one add up to those of the other."""
    fund = found.fund.name
    for award in found.awards:
        bid, school = award.bid, award.bid.lead_school
        about = (bid.reference, bid.title, school.name, school.urn, plain_words(bid.state, for_staff=True))
        yield (fund, "Award", *about, None, *_figures(award), None, None, None, None)
    yield (fund, "Awards that are closed", *[None] * 6, *_figures(found.closed), *[None] * 4)
    for line in found.lines:
        its = line.allocation
        name = f"{its.source}, {year_words(its.financial_year)}"
        figures = line.figures
        rest = (figures.reserved, figures.free, line.left)
        sums = (pounds_cell(figures.allocated), *_figures(line), *map(pounds_cell, rest))
        then = "Carries forward" if line.allocation.carries_forward else "Lapses"
        yield (fund, "Allocation line", name, its.minute_reference, None, None, None, *sums, then)


def _figures(one: Ahead) -> Iterator[Any]:
    figures, ahead = one.figures, one.outlook
    return map(
        pounds_cell,
        (
            figures.committed,
            figures.paid,
            ahead.due,
            ahead.earned,
            one.paid_then,
            ahead.accrued,
            one.later,
        ),
    )
