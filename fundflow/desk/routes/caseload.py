"""The list of bids, and the same list as a file."""

from flask import Response, render_template, request

from fundflow.desk import caseload, exports
from fundflow.desk.blueprint import blueprint
from fundflow.desk.filters import FILTER, BidFilters, Reader
from fundflow.desk.queries import schools_of
from fundflow.desk.sorting import SORTS
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.csv import csv_stream
from fundflow.web.xlsx import ColumnHeading, xlsx_download


@blueprint.route("/bids")
@access(SIGNED_IN)
def bids() -> str:
    """The bids this person may see, narrowed and sorted by what stands in the address."""
    reader = Reader(me(), now())
    wanted, offered = BidFilters.from_args(request.args, reader), caseload.choices(reader)
    page, total = caseload.page_and_total(wanted, reader)
    return render_template(
        "desk/bids.html",
        page=page,
        total=total,
        wanted=wanted,
        choices=offered,
        chips=caseload.chips(wanted, offered),
        views=caseload.views(reader),
        filters=FILTER,
        sorts=SORTS.values(),
        for_staff=reader.is_staff,
        council_words=reader.council_words,
        may_bid=bool(schools_of(me(), now())),
    )


@blueprint.route("/bids.csv")
@access(SIGNED_IN)
def bids_csv() -> Response:
    """Every bid of the list that is shown, as comma-separated values."""
    reader, wanted, name = _asked_for("csv")
    titles = [column.title for column in exports.columns_for(reader)]
    return csv_stream(name, titles, exports.cells(wanted, reader))


@blueprint.route("/bids.xlsx")
@access(SIGNED_IN)
def bids_xlsx() -> Response:
    """Every bid of the list that is shown, as a spreadsheet."""
    reader, wanted, name = _asked_for("xlsx")
    headings = [ColumnHeading(column.title, column.width) for column in exports.columns_for(reader)]
    return xlsx_download(name, headings, exports.cells(wanted, reader))


def _asked_for(kind: str) -> tuple[Reader, BidFilters, str]:
    reader = Reader(me(), now())
    return reader, BidFilters.from_args(request.args, reader), f"bids-{reader.today}.{kind}"
