"""The start page, the register of awards, and the pages the law asks for."""

from typing import Any

from flask import Response, abort, redirect, render_template, request

from fundflow.models.fund import year_words
from fundflow.reports import queries
from fundflow.reports.blueprint import blueprint
from fundflow.web.access import ANYONE, access, me_or_nobody, now
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import financial_year, london_date

CSV_HEADER = (
    "Reference",
    "Fund",
    "Lead school",
    "URN",
    "Works with",
    "Title",
    "Priority",
    "Amount awarded (£)",
    "Award date",
    "Financial year",
    "Reasons",
)


@blueprint.route("/")
@access(ANYONE)
def start() -> Any:
    """What the fund is, which rounds are open, how to bid. Who is signed in goes on to their work."""
    if me_or_nobody():
        return redirect("/work")
    return render_template(
        "reports/start.html", rounds=queries.rounds_to_bid_in(now()), funds=queries.funds()
    )


@blueprint.route("/register")
@access(ANYONE)
def register() -> str:
    """The awards of one financial year, newest first; refusals are counted, not named."""
    years = queries.years_with_awards()
    year = _year(request.args.get("year")) or (years[0] if years else financial_year(london_date(now())))
    after = row_id(request.args.get("after"))
    return render_template(
        "reports/register.html",
        year=year,
        years=years,
        after=after,
        page=queries.awards_page(year, after),
        total=queries.total_of(year),
        refusals=queries.refusals_in(year),
        signed_in=me_or_nobody() is not None,
    )


@blueprint.route("/register.csv")
@access(ANYONE)
def register_csv() -> Response:
    """The register as a file: of one year, or of all."""
    year = _year(request.args.get("year"))
    signed_in = me_or_nobody() is not None
    rows = (
        (
            a.reference,
            a.fund,
            a.school,
            a.urn,
            "; ".join(a.partners),
            a.title_for(signed_in=signed_in),
            a.priority,
            pounds_cell(a.pence),
            a.awarded_on,
            year_words(a.year),
            a.reasons or "",
        )
        for a in queries.awards(year)
    )
    name = f"awards-{year_words(year).replace('/', '-')}.csv" if year else "awards.csv"
    return csv_download(name, CSV_HEADER, rows)


@blueprint.route("/accessibility")
@access(ANYONE)
def accessibility() -> str:
    return render_template("reports/accessibility.html", said=queries.said_by_funds())


@blueprint.route("/privacy")
@access(ANYONE)
def privacy() -> str:
    return render_template("reports/privacy.html", said=queries.said_by_funds())


def _year(text: str | None) -> int | None:
    """A financial year from the address; 404 for anything that is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 2000 <= int(text[:5]) <= 2100):
        abort(404)
    return int(text)
