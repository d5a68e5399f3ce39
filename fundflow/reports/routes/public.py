"""The start page, the register of awards, and the pages the law asks for."""

import re
from typing import Any

from flask import Response, abort, redirect, render_template, request

from fundflow.models.fund import year_words
from fundflow.models.school import PHASES
from fundflow.reports import fund_queries, queries
from fundflow.reports.blueprint import blueprint
from fundflow.reports.cases.queries import told_of_award
from fundflow.web.access import ANYONE, access, me_or_nobody, now
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.web.paging import row_id, search_text
from fundflow.workflow.working_days import financial_year, london_date

ALL_YEARS = "all"  # in the address of the register
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
    "Planned start",
    "Planned end",
    "What changed",
)


@blueprint.route("/")
@access(ANYONE)
def start() -> Any:
    """What the fund is, which rounds are open, how to bid. Who is signed in goes on to their work."""
    if me_or_nobody():
        return redirect("/work")
    return render_template(
        "reports/start.html", rounds=fund_queries.rounds_to_bid_in(now()), funds=fund_queries.funds()
    )


@blueprint.route("/register")
@access(ANYONE)
def register() -> str:
    """The awards of one financial year, or those that are looked for, newest first; refusals are counted,
    not named."""
    years, after = queries.years_with_awards(), row_id(request.args.get("after"))
    wanted = _wanted()
    if wanted.year is None and not wanted.is_narrow and request.args.get("year") != ALL_YEARS:
        wanted = wanted._replace(year=years[0] if years else financial_year(london_date(now())))
    signed_in = me_or_nobody() is not None
    return render_template(
        "reports/register.html",
        wanted=wanted,
        year=wanted.year,
        years=years,
        phases=PHASES,
        choices={
            "priorities": [(title, title) for title in queries.priorities()],
            "years": [(ALL_YEARS, "All years"), *((each, year_words(each)) for each in years)],
        },
        after=after,
        page=queries.awards_page(wanted, after, signed_in=signed_in),
        total=queries.total_of(wanted.year) if wanted.year else None,
        refusals=queries.refusals_in(wanted.year) if wanted.year else None,
    )


@blueprint.route("/register/<reference>")
@access(ANYONE)
def award(reference: str) -> str:
    """All that is published of one award."""
    if not reference.isprintable():
        abort(404)  # a NUL, which PostgreSQL refuses to look for
    found = queries.award_of(reference, signed_in=me_or_nobody() is not None) or abort(404)
    return render_template("reports/award.html", award=found, case_study=told_of_award(found.reference))


@blueprint.route("/register.csv")
@access(ANYONE)
def register_csv() -> Response:
    """The register as a file: of one year, or of all."""
    year = _year(request.args.get("year"))
    rows = (
        (
            a.reference,
            a.fund,
            a.school,
            a.urn,
            "; ".join(a.partner_names),
            a.title,
            a.priority,
            pounds_cell(a.pence),
            a.awarded_on,
            year_words(a.year),
            a.reasons,
            a.start_on,
            a.end_on,
            a.summary,
        )
        for a in queries.awards(queries.Wanted(year), signed_in=me_or_nobody() is not None)
    )
    name = f"awards-{year_words(year).replace('/', '-')}.csv" if year else "awards.csv"
    return csv_download(name, CSV_HEADER, rows)


@blueprint.route("/accessibility")
@access(ANYONE)
def accessibility() -> str:
    return render_template("reports/accessibility.html", said=fund_queries.said_by_funds())


@blueprint.route("/privacy")
@access(ANYONE)
def privacy() -> str:
    return render_template("reports/privacy.html", said=fund_queries.said_by_funds())


def _wanted() -> queries.Wanted:
    """What the address asks for; a phase that there is not asks for nothing."""
    phase, year = request.args.get("phase", ""), request.args.get("year")
    return queries.Wanted(
        None if year == ALL_YEARS else _year(year),
        search_text(request.args),
        next((code for code in PHASES if str(code) == phase), None),
        search_text(request.args, "priority", 140),
    )


def _year(text: str | None) -> int | None:
    """A financial year from the address; 404 for anything that is none."""
    if not text:
        return None
    if not re.fullmatch(r"20[0-9]{2}|2100", text):
        abort(404)
    return int(text)
