"""The dashboard: who reads what of it, and that it says no small count and nobody's name."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.bid import Bid
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.reports.cut import Cut
from fundflow.reports.figures import FIGURES, figures_for
from fundflow.reports.tables import all_tables
from fundflow.reports.wanted import wanted
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.reports.world import AT, NAMES, World
from tests.scenes import scene

SignIn = Callable[[Any], FlaskClient]
world = scene(World)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def page(client: FlaskClient, path: str = "/dashboard", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return unescape(answer.get_data(as_text=True))


def test_staff_read_schools_by_name_and_choose_a_tier_and_the_board_does_neither(
    world: World, sign_in: SignIn
) -> None:
    silent = world.never[0].name
    staff, board = page(sign_in(world.officer)), page(sign_in(world.board))
    assert silent in staff
    assert 'name="tier"' in staff
    assert silent not in board
    assert 'name="tier"' not in board
    assert all(f'id="part-{one.slug}"' in board for one in figures_for(staff=False))
    assert 'name="tier"' not in page(sign_in(world.finance))


def test_a_tier_that_the_board_asks_for_narrows_nothing(world: World) -> None:
    asked = {"tier": "3", "year": "1999", "phase": "x", "patch": "77", "priority": "None such"}
    for user, tier in ((world.board, None), (world.officer, 3)):
        found = wanted(user, AT, asked)
        assert found is not None
        assert (found.cut.tier, found.cut.phase, found.cut.patch, found.cut.priority) == (
            tier,
            None,
            None,
            "",
        )


def test_what_is_chosen_narrows_the_figures(world: World, sign_in: SignIn) -> None:
    path = f"/dashboard?year=2026&phase=2&patch={world.patch.id}&priority=Attendance"
    text = page(sign_in(world.board), path)
    assert "1 April 2026 to 31 March 2027, Primary, North, Attendance" in text
    assert "The money is the whole fund’s" in text
    assert 'value="2026" selected' in text


def filters(world: World) -> dict[str, tuple[str, Callable[[Bid], bool]]]:
    """Each filter: what the address says, and which bids count."""
    tiered = {world.schools[0].id, world.schools[1].id}
    return {
        "fund": (f"fund={world.fund.id}", lambda bid: True),
        "year": ("year=2025", lambda bid: bid.submitted_at < datetime(2026, 3, 31, 23, tzinfo=UTC)),
        "phase": ("phase=4", lambda bid: bid.lead_school.phase_code == 4),
        "patch": (f"patch={world.patch.id}", lambda bid: bid.lead_school.patch_id == world.patch.id),
        "priority": ("priority=Attendance", lambda bid: bid.priority.title == "Attendance"),
        "tier": ("tier=3", lambda bid: bid.lead_school_id in tiered),
    }


@pytest.mark.parametrize("name", ["fund", "year", "phase", "patch", "priority", "tier"])
def test_each_filter_narrows_the_page_and_both_kinds_of_file(
    world: World, sign_in: SignIn, name: str
) -> None:
    asked, counts = filters(world)[name]
    rows = world.make.session.query(Bid).filter_by(fund_id=world.fund.id).all()
    sent = [bid for bid in rows if bid.submitted_at]
    wanted_number, client = len([bid for bid in sent if counts(bid)]), sign_in(world.officer)
    assert 0 < wanted_number <= len(sent)
    assert (wanted_number < len(sent)) is (name != "fund")
    text = page(client, f"/dashboard?{asked}")
    assert f"{wanted_number} bids for £" in text
    link = next(link for link in re.findall(r'href="([^"]+)"', text) if "bids-by-state.csv" in link)
    lines = list(csv.reader(io.StringIO(client.get(link).data.decode("utf-8-sig"))))
    assert lines[-1][:2] == ["All", str(wanted_number)]
    link = next(link for link in re.findall(r'href="([^"]+)"', text) if "/dashboard.xlsx" in link)
    with client.get(link) as answer:
        book: Any = load_workbook(io.BytesIO(answer.data))
    totals = [row[1] for row in book["bids-by-state"].iter_rows(values_only=True) if row[0] == "All"]
    assert totals == [wanted_number]


def test_a_fund_that_is_not_the_readers_is_not_found(make: Make, world: World, sign_in: SignIn) -> None:
    other = make.fund(name="Another fund")
    reader = make.user()
    make.role(reader, RoleName.BOARD, fund=world.fund)
    client = sign_in(reader)
    for path in ("/dashboard?fund={}", "/dashboard.xlsx?fund={}", "/dashboard/money/money.csv?fund={}"):
        page(client, path.format(other.id), 404)
    assert "Another fund" not in page(client)


def test_whoever_works_for_one_fund_alone_reads_another_as_the_board_does(make: Make, world: World) -> None:
    reader, other = make.user(), make.fund()
    make.role(reader, RoleName.BOARD, fund=world.fund)
    make.role(reader, RoleName.OFFICER, fund=other)
    for fund, staff in ((world.fund, False), (other, True)):
        found = wanted(reader, AT, {"fund": str(fund.id)})
        assert found is not None
        assert (found.staff, bool(found.tiers)) == (staff, staff)


def test_no_tier_counts_the_readers_own_school(make: Make, world: World) -> None:
    reader, school = make.staff(RoleName.OFFICER), make.school()
    make.tier(school, reader, tier=3)
    for belongs in (False, True):
        if belongs:
            make.belongs(reader, school)
        found = wanted(reader, AT, {"tier": "3"})
        assert found is not None
        counted = make.session.scalars(select(School.id).where(*found.cut.of_school(AT))).all()
        assert (school.id in counted) is not belongs


def test_each_table_is_a_file_and_all_of_them_a_workbook(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.board)
    found = wanted(world.board, AT, {})
    assert found is not None
    tables = all_tables(one.of(found.cut, AT) for one in figures_for(staff=False))
    with client.get("/dashboard.xlsx") as answer:
        book: Any = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [table.code for table in tables]
    links = re.findall(r'href="(/dashboard/[^"]+\.csv[^"]*)"', page(client))
    assert len(links) == len([table for table in tables if table.rows])
    assert all(client.get(unescape(link)).status_code == 200 for link in links)
    rows = list(
        csv.reader(io.StringIO(client.get("/dashboard/bids/bids-by-state.csv").data.decode("utf-8-sig")))
    )
    table = next(one for one in tables if one.code == "bids-by-state")
    assert rows[0] == ["State", "Bids", "Asked for (£)", "Awards", "Awarded (£)"]
    assert [row[0] for row in rows[1:]] == [row[0] for row in table.all_rows]
    assert rows[-1][1:] == [str(cell) for cell in table.for_sheet(table.totals)[1:]]
    sheet = book["bids-by-state"]
    assert sheet["A1"].value == "Bids by state"
    assert [cell.value for cell in sheet[4]] == rows[0]


@pytest.mark.parametrize("path", ["/dashboard/money/nothing.csv", "/dashboard/nothing/money.csv"])
def test_a_file_that_is_none_is_not_found(world: World, sign_in: SignIn, path: str) -> None:
    page(sign_in(world.officer), path, 404)


def test_the_boards_home_leads_to_the_dashboard(world: World, sign_in: SignIn) -> None:
    assert 'href="/dashboard"' in page(sign_in(world.board), "/work")


def test_a_drawing_has_a_name_and_no_style(world: World, sign_in: SignIn) -> None:
    text = page(sign_in(world.officer))
    drawings = re.findall(r"<svg.*?</svg>", text, re.S)
    drawings = [one for one in drawings if "ff-" not in one and 'role="img"' in one]
    assert len(drawings) > 10
    for one in drawings:
        assert "style=" not in one
        assert re.search(r'aria-label="[^"]{10,}', one)
    assert "<style" not in text


# -- what nobody may read there ----------------------------------------------------------------------------


def crawled(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Every page and file that a reader comes to from My work, as text."""
    todo, seen = ["/work"], {"/work"}
    while todo and len(seen) < 400:
        path = todo.pop(0)
        with client.get(path) as answer:
            status, data = answer.status_code, answer.data
        if status != 200:
            continue
        if path.split("?")[0].endswith(".xlsx"):
            book = load_workbook(io.BytesIO(data))
            yield (
                path,
                "\n".join(
                    f"<td>{cell.value}</td>" for sheet in book for row in sheet.iter_rows() for cell in row
                ),
            )
            continue
        text = unescape(data.decode())
        yield path, text
        for link in re.findall(r'href="(/[^"#]*)', text):
            if link not in seen and not link.startswith(("/static", "/sign-in", "/me")):
                seen.add(link)
                todo.append(link)


def test_the_board_finds_no_small_count_of_pupils_and_nobodys_name(
    session: Session, world: World, sign_in: SignIn
) -> None:
    names = {user.name for user in session.query(User) if user.id != world.board.id and len(user.name) > 6}
    assert set(NAMES[:2]) <= names
    pages = dict(crawled(sign_in(world.board)))
    assert {"/dashboard", "/dashboard.xlsx", "/money", "/register"} <= set(pages)
    assert any(path.startswith("/dashboard/pupils/") for path in pages)
    assert not any(path.startswith("/bids/") for path in pages)
    for path, text in pages.items():
        said = [name for name in (*names, NAMES[2]) if name in text]
        assert not said, (path, said)
        assert not re.search(
            r"\b[1-5] pupils?\b(?! or)", re.sub(r"for 1 to 5 pupils|on 1 to 5 pupils", "", text)
        ), path


def test_a_table_of_pupils_shows_no_small_count(world: World, sign_in: SignIn) -> None:
    cut = Cut(world.fund, AT.date().replace(year=2025, month=9), AT.date())
    pupils = next(one for one in FIGURES if one.slug == "pupils")
    tables = pupils.of(cut, AT).tables
    assert tables
    for table in tables:
        cells = [cell for row in table.all_rows for cell in row if isinstance(cell, int)]
        assert cells
        assert not any(1 <= cell <= 5 for cell in cells)
        data = sign_in(world.board).get(f"/dashboard/pupils/{table.code}.csv").data.decode("utf-8-sig")
        shown = [cell for row in list(csv.reader(io.StringIO(data)))[1:] for cell in row[1:]]
        assert "[c]" in shown
        assert not set(shown) & set("12345")


# -- a bid's value for money ---------------------------------------------------------------------------------


def test_a_bids_value_stands_beside_the_funds_with_its_sums(world: World, sign_in: SignIn) -> None:
    bid = world.bids[3]
    path = f"/bids/{bid.reference}/value"
    for reader in (world.officer, world.finance):
        text = page(sign_in(reader), path)
        assert "£2,600.00 ÷ 8 days" in text
        assert "£2,600.00 ÷ 43 pupils" in text
        assert "£325.00" in text
        assert "Median of the fund" in text
    page(sign_in(world.board), path, 404)
    for state in (BidState.SUBMITTED, BidState.OFFERED):
        other = next(one for one in world.bids if one.state is state)
        page(sign_in(world.officer), f"/bids/{other.reference}/value", 404)


def test_a_bids_school_reads_its_value_and_no_other_school_does(
    make: Make, world: World, sign_in: SignIn
) -> None:
    bid = world.bids[0]
    path = f"/bids/{bid.reference}/value"
    assert "÷" in page(sign_in(world.head), path)
    assert "Value for money, before and after" in page(sign_in(world.head), f"/bids/{bid.reference}/impact")
    page(sign_in(make.member(world.schools[1])), path, 404)  # of the provider
    page(sign_in(make.member(make.school())), path, 404)
    early = next(one for one in world.bids if one.state is BidState.IN_DELIVERY)
    assert "once the final report is accepted" in page(
        sign_in(world.officer), f"/bids/{early.reference}/value"
    )
