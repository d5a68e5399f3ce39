"""The end of a financial year, for those who reconcile the ledger."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for

from fundflow.models.fund import year_words
from fundflow.models.money import pounds
from fundflow.models.person import RoleName
from fundflow.payments import year_end as year_ends
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import money_of_bid
from fundflow.payments.forms import MoveForm
from fundflow.payments.queries import WHOLE_LEDGER, funds_of
from fundflow.payments.year_end import FundYear, fund_year, moves_from, why_not_moved
from fundflow.spending import lapsing
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.bid_steps import bid_form_page
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.web.forms import carried_out
from fundflow.web.xlsx import ColumnHeading, xlsx_download
from fundflow.workflow.engine import Refused
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
        "payments/year_end.html",
        year=year,
        current=current,
        funds=_funds(year),
        over=year < current,
        may_move=london_date(now()) >= moves_from(year) and roles(RoleName.FINANCE).allows(me(), now()),
        moves_from=moves_from(year),
    )


@blueprint.route("/bids/<reference>/money/years/<id:year>/move", methods=["GET", "POST"])
@access(SIGNED_IN)
def move_lapsing(reference: str, year: int) -> Any:
    """Move what lapses with a year, and was not earned by then, to lines that pay later too."""
    bid = money_of_bid(reference)
    if not 2000 <= year <= financial_year(london_date(now())):
        abort(404)
    form, back = MoveForm.on(bid), url_for("payments.year_end", year=year)
    pence = sum(lapsing(bid, year).values())
    if not form.is_submitted() and (why := why_not_moved(bid, year, pence, me(), now())):
        raise Refused(why)

    def act() -> None:
        reason, version = form.reason.data, form.version.data
        year_ends.move_lapsing(bid, year, reason=reason, user=me(), now=now(), version=version)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash("The money is moved. The award stays as it is.", "success")
        return redirect(back)
    explain = (
        f"{pounds(pence)} of this award is on lines that lapse with {year_words(year)}, and was not earned "
        "by the year’s end. They can’t pay what comes after.",
        "It moves to lines that pay later too. What the lines lose goes back to those who contributed it.",
        "To give the money back instead, ask for a smaller award.",
    )
    return bid_form_page(
        bid, form, heading="Move money that lapses", explain=explain, back=back, back_text="Back to the year"
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
