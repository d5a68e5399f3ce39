"""The fund's public page, and its awards as open data."""

from typing import Any

from flask import Response, abort, render_template, stream_with_context

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.fund import Fund, year_words
from fundflow.reports import fund_queries, open_data, queries
from fundflow.reports.blueprint import blueprint
from fundflow.web.access import ANYONE, access, now
from fundflow.web.csv import csv_stream
from fundflow.workflow.working_days import financial_year, london_date


def _fund(number: int) -> Fund:
    return db.session.get(Fund, number) or abort(404)


@blueprint.route("/fund/<id:number>")
@access(ANYONE)
def fund_page(number: int) -> str:
    """What a fund is for, by which rules, how much money it has, when one may bid, whom to ask."""
    fund, year = _fund(number), financial_year(london_date(now()))
    return render_template(
        "reports/fund.html",
        fund=fund,
        rules=fund.rules,
        year=year,
        year_words=year_words(year),
        totals=ledger.totals(fund.id, year=year),
        rounds=[one for one in fund_queries.rounds_to_bid_in(now()) if one.fund_id == fund.id],
        no_360giving=open_data.why_no_360giving(fund),
        has_awards=bool(queries.years_with_awards()),
    )


@blueprint.route("/fund/<id:number>/360giving.json")
@access(ANYONE)
def grants_json(number: int) -> Any:
    """The fund's awards in the 360Giving Data Standard, grant by grant."""
    fund, awards = _grants(number)
    pieces = stream_with_context(open_data.package(awards, fund))
    return Response(pieces, content_type="application/json; charset=utf-8")


@blueprint.route("/fund/<id:number>/360giving.csv")
@access(ANYONE)
def grants_csv(number: int) -> Response:
    """The same grants in the columns of the standard's spreadsheet."""
    fund, awards = _grants(number)
    name = f"360giving-{fund.prefix.lower()}.csv"
    return csv_stream(name, open_data.COLUMNS, open_data.rows(awards, fund))


@blueprint.route("/transparency.csv")
@access(ANYONE)
def transparency_csv() -> Response:
    """Grants as the Local Government Transparency Code asks for them: each award of every fund."""
    funds = {fund.id: fund for fund in fund_queries.funds()}
    rows = open_data.code_rows(queries.awards(queries.Wanted()), funds)
    return csv_stream("transparency-code-grants.csv", open_data.CODE_HEADER, rows)


def _grants(number: int) -> tuple[Fund, list[queries.Award]]:
    """A fund and its awards; 404 without the identifiers of the standard, or without an award: its package
    holds one grant at least."""
    fund = _fund(number)
    if open_data.why_no_360giving(fund):
        abort(404)
    return fund, queries.awards(queries.Wanted(fund_id=fund.id)) or abort(404)
