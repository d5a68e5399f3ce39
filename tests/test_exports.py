"""Every file of lines that somebody saves: dates, times, amounts and codes as a spreadsheet needs them."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.payee import Payee
from fundflow.models.person import RoleName, User
from fundflow.models.quality_check import CheckRating
from fundflow.models.school import School
from fundflow.web.csv import csv_text, safe_cell
from fundflow.web.xlsx import ColumnHeading, write_xlsx
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.application import BidState
from fundflow.workflow.order import OrderState
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.quality_check import CheckState
from fundflow.workflow.survey import SurveyState
from tests.factories import Make

SignIn = Callable[..., Any]
MIDNIGHT = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July in London, 00:30
NOW = datetime(2026, 7, 2, 10, 0, tzinfo=UTC)
NEGATIVE = (
    EntryKind.UNRESERVED,
    EntryKind.RELEASED,
    EntryKind.MOVED_OUT,
    EntryKind.REVERSED,
    EntryKind.RECOVERED,
)
STATEMENT = ("Pounds", "Reserved", "Committed")


class Export(NamedTuple):
    """Who reads a file, and its columns of a kind; every other is text or a whole number."""

    role: RoleName
    days: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    pounds: tuple[str, ...] = ()
    names_schools: bool = True


BIDS = Export(
    RoleName.OFFICER,
    ("In this state since", "Deadline", "Starts", "Ends", "Submitted"),
    (),
    ("Asked for (£)", "Awarded (£)", "Paid (£)"),
)
EXPORTS = {
    "/bids.csv": BIDS,
    "/bids.xlsx": BIDS,
    "/brokering/contacts.csv": Export(RoleName.OFFICER, ("Date",), ("Written at",)),
    "/advisers/visits.csv": Export(RoleName.OFFICER, ("Due by", "Planned for", "Visited on")),
    "/engagement/schools.csv": Export(RoleName.OFFICER, ("Last contact", "Next contact")),
    "/services/orders.csv": Export(RoleName.OFFICER, ("First day", "Last day"), (), ("Unit price",)),
    "/services/charges.csv": Export(
        RoleName.FINANCE, ("From", "To"), (), ("Unit price", "Net", "VAT", "Gross")
    ),
    "/surveys/<id:number>/answers.csv": Export(RoleName.OFFICER, (), ("Answered at",)),
    "/surveys/<id:number>/summary.csv": Export(RoleName.OFFICER, names_schools=False),
    "/quality-checks.csv": Export(RoleName.OFFICER, ("Due", "Checked")),
    "/money/ledger.<form>": Export(RoleName.FINANCE, (), ("When",), STATEMENT),
    "/money/schools/<urn>.<form>": Export(RoleName.FINANCE, (), ("When",), STATEMENT),
    "/bids/<reference>/money/statement.<form>": Export(RoleName.FINANCE, (), ("When",), STATEMENT),
    "/money/years/<id:year>.<form>": Export(
        RoleName.FINANCE,
        pounds=("Earned in the year", "Earned by the year's end", "Paid by the year's end", "Accrued"),
    ),
    "/dashboard/<slug>/<code>.csv": Export(RoleName.OFFICER, pounds=("Amount (£)",), names_schools=False),
    "/dashboard.xlsx": Export(RoleName.OFFICER),
    "/board/papers/<id:number>/<any('report','exempt'):part>.xlsx": Export(RoleName.OFFICER),
    "/papers/<id:number>/report.xlsx": Export(RoleName.OFFICER),
    "/board/recommendations.csv": Export(RoleName.OFFICER, ("Due", "Answered"), names_schools=False),
    "/money/forecast.csv": Export(
        RoleName.FINANCE,
        pounds=(
            "Allocated",
            "Paid so far",
            "Due now",
            "Expected to be paid by 31 March",
            "Likely to be left",
        ),
    ),
    "/money/openings/template.csv": Export(RoleName.FINANCE, names_schools=False),
    "/money/payees/template.csv": Export(RoleName.FINANCE),
    "/panel/register.csv": Export(RoleName.OFFICER, ("Since", "Registered on", "Last day")),
    "/schools/tiers.csv": Export(RoleName.OFFICER, ("Since",)),
    "/schools/caseloads.csv": Export(
        RoleName.OFFICER, ("Since", "Looked-after children: next review", "Reviewed this term on")
    ),
    "/schools/targets.csv": Export(RoleName.OFFICER, ("Baseline on", "Target on", "Measured on")),
    "/transparency.csv": Export(RoleName.OFFICER, ("Date awarded",), (), ("Amount (£)",)),
    "/fund/<id:number>/360giving.csv": Export(
        RoleName.OFFICER,
        ("Award Date", "Planned Dates:Start Date", "Planned Dates:End Date"),
        (),
        ("Amount Awarded",),
    ),
    "/register.csv": Export(
        RoleName.OFFICER, ("Award date", "Planned start", "Planned end"), (), ("Amount awarded (£)",)
    ),
}


@pytest.fixture
def people(make: Make, time_machine: Any) -> dict[RoleName, User]:
    """A council whose every export has lines, written half an hour after midnight on a summer's day."""
    time_machine.move_to(NOW, tick=False)
    people = {name: make.staff(name) for name in (RoleName.OFFICER, RoleName.FINANCE)}
    officer = people[RoleName.OFFICER]
    school = make.school("École Łódź")
    bid = make.bid(state=BidState.IN_DELIVERY, lead=school, officer=officer, title="007", now=MIDNIGHT)
    bid.state_since = bid.submitted_at = MIDNIGHT
    bid.due_on = date(2026, 8, 3)
    for kind in NEGATIVE:
        make.entry(bid, kind, 1_250_50, MIDNIGHT)
    bid.fund.org_identifier, bid.fund.grants_prefix = "GB-LAE-BRA", "brackenford"
    target = make.target(school, make.measure(bid.fund), officer, baseline_on=date(2026, 7, 1))
    make.figure(target, officer, measured_on=date(2026, 7, 2))
    make.tier(school, officer, from_on=date(2026, 7, 1))
    make.caseload(bid.fund, school, officer, from_on=date(2026, 7, 1))
    make.focus(bid.fund, school, officer, review_on=date(2026, 7, 3))
    make.term_review(bid.fund, school, officer, school_year=2025, term=3, reviewed_on=date(2026, 7, 2))
    make.adviser_visit(
        make.adviser_allocation(make.adviser(bid.fund), school),
        state=AdviserVisitState.NOT_RATED,
        planned_on=date(2026, 7, 1),
        visited_on=date(2026, 7, 2),
        note="Seen.",
    )
    bid.fund.sells_services = bid.fund.checks_support = bid.fund.has_advisers = bid.fund.asks_schools = True
    survey = make.survey(bid.fund, SurveyState.OPEN, school, id=bid.fund.id, by=officer)
    make.survey_response(survey, school, officer, answered_at=MIDNIGHT)
    make.order(
        make.service(bid.fund), school, OrderState.AGREED, begins_on=date(2026, 7, 1), order_number="PO 7"
    )
    make.engagement(
        bid.fund, make.school("École Łódź II"), officer, on=date(2026, 7, 1), next_on=date(2026, 7, 2)
    )
    make.quality_check(
        bid,
        due_on=date(2026, 7, 1),
        state=CheckState.GREEN,
        rating=CheckRating.GREEN,
        found="Well planned.",
        checked_on=date(2026, 7, 2),
        checked_by=officer,
    )
    make.recommendation(bid.fund, officer, due_on=date(2026, 7, 1), answered_at=MIDNIGHT, response="Yes.")
    make.session.execute(update(Payee).values(state=PayeeState.ENDED, ended_on=date(2026, 7, 1)))
    make.contact(school, officer, with_whom="0001", at=MIDNIGHT, on=date(2026, 7, 1))
    make.interest(
        officer,
        text="00045",
        school=school,
        registered_at=MIDNIGHT,
        from_on=date(2026, 6, 1),
        ended_on=date(2026, 7, 1),
    )
    make.session.commit()
    return people


def test_the_table_holds_every_export(app: Flask) -> None:
    get = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    rules = {rule.replace("<any('csv', 'xlsx'):form>", "<form>") for rule in get}
    assert {rule for rule in rules if rule.endswith((".csv", ".xlsx", ".tsv", "<form>"))} == set(EXPORTS)


@pytest.mark.parametrize("path", [path for path in EXPORTS if path.endswith((".csv", "<form>"))])
def test_a_csv_opens_in_a_spreadsheet_as_it_is_meant(
    people: dict[RoleName, User], sign_in: SignIn, path: str
) -> None:
    export = EXPORTS[path]
    school = db.session.scalars(select(School).where(School.name == "École Łódź")).one()
    given = {
        "<id:year>": "2026",
        "<id:number>": str(db.session.scalars(select(Fund.id)).one()),
        "<form>": "csv",
        "<slug>": "money",
        "<code>": "money",
        "<urn>": school.urn,
        "<reference>": db.session.scalars(select(Bid.reference)).one(),
    }
    for name, value in given.items():
        path = path.replace(name, value)
    with sign_in(people[export.role]).get(path) as answer:
        data = answer.data
    assert data.startswith(b"\xef\xbb\xbf")  # without it Excel reads accents as Windows-1252
    text = data.decode("utf-8-sig")
    assert "École Łódź" in text or not export.names_schools, "say names_schools=False if it names none"
    rows = list(csv.DictReader(io.StringIO(text)))
    shapes = (
        (export.days, r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-07-01"),
        (export.moments, r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", "2026-07-01 00:30"),
        (export.pounds, r"-?[0-9]+\.[0-9]{2}", None),
    )
    for columns, shape, known in shapes:
        for column in columns:
            found = [row[column] for row in rows if row[column]]
            assert found, column
            assert all(re.fullmatch(shape, cell) for cell in found), (column, found)
        assert known is None or not columns or known in {row[c] for c in columns for row in rows}
    for row in rows:
        for column, cell in row.items():
            assert "UTC" not in column + cell
            assert not re.fullmatch(r"0[0-9]+|[=+@].*", cell), (column, cell)


def test_a_spreadsheets_days_are_days_and_its_amounts_numbers(
    people: dict[RoleName, User], sign_in: SignIn
) -> None:
    export = EXPORTS["/bids.xlsx"]
    with sign_in(people[export.role]).get("/bids.xlsx") as answer:
        sheet: Any = load_workbook(io.BytesIO(answer.data)).active
    titles = [cell.value for cell in sheet[1]]
    row = {title: cell for title, cell in zip(titles, sheet[2], strict=True)}
    for column in export.days:
        assert row[column].is_date, column
    for column in export.pounds:
        assert row[column].data_type == "n", column
    assert row["Submitted"].value == datetime(2026, 7, 1)  # noqa: DTZ001 (a spreadsheet's dates have no zone)
    assert (row["Title"].value, row["Title"].data_type) == ("007", "s")
    assert row["Lead school"].value == "École Łódź"


def test_a_moment_in_a_spreadsheet_is_londons() -> None:
    file = io.BytesIO()
    write_xlsx(
        file, [ColumnHeading("When", 16), ColumnHeading("Pounds", 10)], [[MIDNIGHT, Decimal("-1250.50")]]
    )
    when, pounds = load_workbook(file).active[2]
    assert when.value == datetime(2026, 7, 1, 0, 30)  # noqa: DTZ001 (a spreadsheet's dates have no zone)
    assert when.number_format == "d mmm yyyy hh:mm"
    assert (pounds.value, pounds.data_type) == (-1250.5, "n")


def test_what_takes_back_is_negative_in_the_ledgers_file(
    people: dict[RoleName, User], sign_in: SignIn
) -> None:
    with sign_in(people[RoleName.FINANCE]).get("/money/ledger.csv") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    amounts = {row["What"]: row["Pounds"] for row in rows}
    assert {amounts[kind.words] for kind in NEGATIVE} == {"-1250.50"}
    assert amounts[EntryKind.ALLOCATED.words] == "199500.00"


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_of_entry_has_its_sign(kind: EntryKind) -> None:
    backwards = (EntryKind.CUT, *NEGATIVE)
    assert kind.signed(100) == (-100 if kind in backwards else 100)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("-1250.50"), "-1250.50"),
        (Decimal(0).scaleb(-2), "0.00"),
        (-3, "-3"),
        (date(2027, 2, 9), "2027-02-09"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "2026-07-01 00:30"),
        ("00123", "'00123"),
        ("12345678901234567", "'12345678901234567"),
        ("12E5", "'12E5"),
        ("0", "0"),
        ("LSIF-0031", "LSIF-0031"),
        ("2026/27", "2026/27"),
        ("-1250.50", "'-1250.50"),  # a text is no amount
    ],
)
def test_a_cell_by_its_kind(value: object, cell: str) -> None:
    assert str(safe_cell(value)) == cell
    assert csv_text(["a"], [[value]]).splitlines()[1] == cell
