"""What finance is to invoice for services. It is income, and never stands in a fund's ledger."""

import re

from flask import render_template, request
from werkzeug.wrappers import Response

from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.rules.services import Charge, Total
from fundflow.services import queries
from fundflow.services.blueprint import blueprint
from fundflow.web.access import access, me, now, roles
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.workflow.working_days import financial_year, london_date

READERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.FINANCE, R.AUDITOR, module=Module.CATALOGUE)
HEADER = (
    "Order",
    "School",
    "URN",
    "Service",
    "Provider",
    "Invoiced by",
    "Purchase order number",
    "From",
    "To",
    "Quantity",
    "Unit",
    "Unit price",
    "Net",
    "VAT code",
    "VAT rate",
    "VAT",
    "Gross",
)


def year_asked() -> int:
    """The financial year in the address (“2026-27”), else this one."""
    said = re.fullmatch(r"(20[0-9]{2})-[0-9]{2}", request.args.get("year", ""))
    return int(said[1]) if said else financial_year(london_date(now()))


def year_code(year: int) -> str:
    """“2026-27”, as it stands in addresses and names of files."""
    return f"{year}-{(year + 1) % 100:02}"


@blueprint.route("/services/charges")
@access(READERS)
def charges() -> str:
    """Every charge of a financial year, with totals."""
    year = year_asked()
    found = queries.charges_in(year, me(), now())
    council = [charge for charge in found if charge.order.service.is_by_council]
    return render_template(
        "services/charges.html",
        year=year,
        years=queries.years_charged(me(), now()),
        year_code=year_code,
        charges=found,
        total=Total.of(found),
        by_council=Total.of(council),
        by_providers=Total.of(charge for charge in found if not charge.order.service.is_by_council),
    )


@blueprint.route("/services/charges.csv")
@access(READERS)
def charges_file() -> Response:
    """The same for the council's invoices: a row an order and year of its term, without totals."""
    year = year_asked()
    found = queries.charges_in(year, me(), now())
    return csv_download(f"charges-{year_code(year)}.csv", HEADER, map(_cells, found))


def _cells(charge: Charge) -> tuple[object, ...]:
    order, year = charge.order, charge.year
    return (
        order.reference,
        order.school.name,
        order.school.urn,
        order.name,
        order.service.provider,
        charge.invoiced_by,
        order.order_number,
        year.begins_on,
        charge.last_day,
        year.quantity,
        order.unit,
        pounds_cell(order.unit_pence),
        pounds_cell(charge.net),
        order.vat_code.value,
        f"{charge.rate / 100:g}%",
        pounds_cell(charge.vat),
        pounds_cell(charge.gross),
    )
