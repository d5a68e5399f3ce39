"""The list of bids as a file: the bids that are shown, as text, numbers and dates, in steady memory."""

import gc
import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from fundflow.desk import exports
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.web.xlsx import ColumnHeading, write_xlsx
from fundflow.workflow.application import BidState as S
from tests.desk.conftest import table
from tests.factories import LONG_AGO, TODAY, Make
from tests.growth import Growth

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[..., Any]
KINDS = ("csv", "xlsx")


def titles(client: Any, kind: str, address: str = "") -> list[str]:
    return [row["Title"] for row in table(client, kind, address)]


@pytest.fixture
def bid(make: Make, officer: User) -> Bid:
    lead = make.school("Hazelmere Primary")
    it: Bid = make.bid(
        state=S.IN_DELIVERY,
        lead=lead,
        provider=make.school("Oakfield"),
        officer=officer,
        title="Phonics",
        due_on=date(2026, 12, 1),
    )
    it.partners.append(Partner(school=make.school("Ashgrove"), part=Part.PARTNER))
    it.requested_pence = 300_050
    make.session.commit()
    return it


# -- what is in it -----------------------------------------------------------------------------------


def test_a_spreadsheet_holds_numbers_as_numbers_and_dates_as_dates(sign_in: SignIn, bid: Bid) -> None:
    assert bid.officer
    (row,) = table(sign_in(bid.officer), "xlsx")
    assert row["Reference"] == bid.reference
    assert row["Asked for (£)"] == 3000.5
    assert row["Awarded (£)"] == 3000
    assert row["Deadline"] == datetime(2026, 12, 1)  # noqa: DTZ001 (a spreadsheet's dates have no zone)
    assert row["Working days in this state"] == 0
    assert row["Pupils"] == 112
    assert (row["Lead school"], row["Support from"], row["Other schools"]) == (
        "Hazelmere Primary",
        "Oakfield",
        "Ashgrove",
    )
    assert row["URN"] == bid.lead_school.urn
    assert row["Liaison officer"] == bid.officer.name
    assert row["Patch"] is None


def test_comma_separated_values_are_plain(sign_in: SignIn, bid: Bid) -> None:
    assert bid.officer
    (row,) = table(sign_in(bid.officer), "csv")
    assert row["Asked for (£)"] == "3000.50"
    assert row["Deadline"] == "2026-12-01"
    assert row["Status"] == "In delivery"
    assert row["Stage"] == "Backfill payment"
    assert row["Patch"] == ""


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", " =1+1", '=HYPERLINK("http://evil.example")')


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(sign_in: SignIn, make: Make, bid: Bid, text: str) -> None:
    bid.title = text
    make.session.commit()
    client = sign_in(bid.officer)
    assert titles(client, "csv") == [f"'{text}"]
    with client.get("/bids.xlsx") as response:
        sheet = load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    assert sheet["B2"].value == text
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].hyperlink is None


def test_a_spreadsheet_bears_every_text(tmp_path: Path) -> None:
    odd = ["\x01\x0b", "<&>", "😀", "http://a.example", "1" * 40_000, "_x0041_", "true", "1e5", "00123"]
    path = tmp_path / "odd.xlsx"
    with path.open("wb+") as file:
        write_xlsx(
            file,
            [ColumnHeading("Text", 10), ColumnHeading("Number", 5)],
            [[text, n] for n, text in enumerate(odd)] + [[None, Decimal("-1.50")]],
        )
    sheet = load_workbook(path).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=2, max_row=1 + len(odd))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [len(str(cell.value)) for cell in cells][4] == 32_767
    assert [cells[n].value for n in (1, 2, 3, 8)] == ["<&>", "😀", "http://a.example", "00123"]
    assert sheet.cell(len(odd) + 2, 2).value == -1.5
    assert not list(tmp_path.glob("*.tmp"))


# -- whose it is -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_holds_the_bids_that_the_list_shows_in_its_order(
    make: Make, officer: User, sign_in: SignIn, kind: str
) -> None:
    for n, state in enumerate((S.SUBMITTED, S.IN_REVIEW, S.SUBMITTED)):
        make.bid(state=state, title=("Ants", "Bees", "Cows")[n]).requested_pence = 1_000 * n
    make.session.commit()
    client = sign_in(officer)
    assert titles(client, kind) == ["Cows", "Bees", "Ants"]
    assert titles(client, kind, "state=submitted&sort=amount") == ["Ants", "Cows"]
    assert titles(client, kind, "q=bees&after=1") == ["Bees"]  # all pages, whichever was shown
    assert titles(client, kind, "state=closed") == []


@pytest.mark.parametrize("kind", KINDS)
def test_people_of_schools_take_their_own_bids_without_what_is_the_officers(
    make: Make, sign_in: SignIn, bid: Bid, kind: str
) -> None:
    make.bid(state=S.SUBMITTED, title="Somebody else’s")
    make.session.commit()
    (row,) = table(sign_in(make.member(bid.lead_school)), kind)
    assert row["Title"] == "Phonics"
    assert row["Status"] == "Funded: support under way"
    assert float(row["Awarded (£)"]) == 3000
    assert not {"Liaison officer", "Patch", "Contact", "Working days in this state"} & set(row)
    assert titles(sign_in(make.member(make.school())), kind) == []


def test_a_partner_reads_no_award(make: Make, sign_in: SignIn, bid: Bid) -> None:
    head = make.member(bid.partners[0].school)
    (row,) = table(sign_in(head), "csv")
    assert (row["Title"], row["Awarded (£)"]) == ("Phonics", "")
    make.role(head, RoleName.OFFICER)  # barred: their school takes part
    make.session.commit()
    (row,) = table(sign_in(head), "csv")
    assert row["Awarded (£)"] == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_barred_officer_takes_nothing(make: Make, sign_in: SignIn, bid: Bid, kind: str) -> None:
    barred = make.staff(RoleName.OFFICER)
    bid.lead_school.trust = make.trust()
    make.session.add(
        Membership(
            user=barred,
            school=make.school(trust=bid.lead_school.trust),
            standing=Standing.LEADER,
            starts_on=LONG_AGO,
        )
    )
    make.session.commit()
    assert titles(sign_in(barred), kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_has_a_name_with_the_day(sign_in: SignIn, officer: User, kind: str) -> None:
    with sign_in(officer).get(f"/bids.{kind}") as response:
        assert f"bids-{TODAY}.{kind}" in response.headers["Content-Disposition"]
        assert "no-store" in response.headers["Cache-Control"]


# -- how much it takes -------------------------------------------------------------------------------


@pytest.fixture
def grow(make: Make, officer: User) -> Callable[[int, int], None]:
    like = make.bid(state=S.AT_PANEL, officer=officer)
    growth = Growth(make, like, like.items[0].meeting, officer)
    made = iter(range(10))

    def put(count: int, start: int) -> None:
        growth.caseload(count, start=start + next(made))
        make.session.commit()

    return put


def pieces(client: Any, kind: str) -> Iterator[bytes]:
    """A file as it is sent, piece by piece; what was read is let go."""
    response = client.get(f"/bids.{kind}?q=coaching&sort=-amount", buffered=False)
    assert response.status_code == 200
    yield from response.iter_encoded()
    response.close()


def taken(client: Any, kind: str) -> tuple[int, int]:
    """(bytes of the file, most bytes of memory while it was made and read)."""
    gc.collect()
    tracemalloc.start()
    try:
        length = sum(len(piece) for piece in pieces(client, kind))
        return length, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("count", [200, pytest.param(1_000, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_the_rows_nor_do_the_queries(
    officer: User,
    sign_in: SignIn,
    grow: Any,
    count_queries: list[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    count: int,
) -> None:
    """Ten times as many rows take no more memory: they are read some at a time."""
    monkeypatch.setattr(exports, "AT_A_TIME", min(count, exports.AT_A_TIME))
    client = sign_in(officer)
    grow(count, 0)
    list(pieces(client, kind))  # what is made once, and kept
    small, least = taken(client, kind)
    grow(9 * count, count)
    count_queries.clear()
    large, most = taken(client, kind)
    assert large > 7 * small
    assert most < 1.5 * least + 200_000, f"{least:,} bytes for {count} rows, {most:,} for ten times as many"
    assert len(count_queries) <= 6


def test_the_database_hands_the_rows_over_some_at_a_time(
    officer: User, sign_in: SignIn, grow: Any, app: Any
) -> None:
    grow(30, 0)
    options = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: Any) -> None:
        if "aggregate" in statement or "group_concat" in statement or "string_agg" in statement:
            options.append(context.execution_options)

    connection: Any = db.engines[None]
    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        list(pieces(sign_in(officer), "csv"))
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    assert [option.get("yield_per") for option in options] == [exports.AT_A_TIME]
    assert options[0].get("stream_results") is True


def test_a_file_that_fails_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows() -> Iterator[list[Any]]:
        yield ["one"]
        raise ValueError("The database went away.")

    with (tmp_path / "book.xlsx").open("wb+") as file, pytest.raises(ValueError, match="went away"):
        write_xlsx(file, [ColumnHeading("Title", 10)], rows())
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
