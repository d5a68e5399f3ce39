"""The dashboard: who reads what of it, and that it says no small count and nobody's name."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import docx
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
from fundflow.reports.paper.operations import begin_paper
from fundflow.reports.paper.yearly import as_issued
from fundflow.reports.tables import all_tables
from fundflow.reports.wanted import wanted
from fundflow.rules.small_numbers import Mark
from fundflow.workflow.application import BidState
from fundflow.workflow.board_paper import PaperState
from tests.factories import Make
from tests.reports.crawling import counts_of_one_bid
from tests.reports.world import AT, NAMES, World
from tests.scenes import scene

SignIn = Callable[[Any], FlaskClient]


class Reported(World):
    """The world with a report issued on the day before."""

    def __init__(self, make: Make) -> None:
        super().__init__(make)
        before = AT - timedelta(days=1)
        self.paper = begin_paper(self.fund, date(2025, 4, 1), AT.date(), user=self.officer, now=before)
        self.paper.state, self.paper.issued_at = PaperState.ISSUED, before
        make.session.flush()


world = scene(Reported)


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
    tables = all_tables(
        as_issued(one.of(found.cut, AT), one.slug, world.fund) for one in figures_for(staff=False)
    )
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
        if status != 200 or path.endswith(".pdf"):
            continue
        if path.endswith(".docx"):
            word = docx.Document(io.BytesIO(data))
            cells = (cell.text for table in word.tables for row in table.rows for cell in row.cells)
            yield (
                path,
                "\n".join([*(p.text for p in word.paragraphs), *(f"<td>{cell}</td>" for cell in cells)]),
            )
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
    reports = {path for path in pages if path.startswith("/board/papers/")}
    assert {path.rpartition(".")[2] for path in reports} >= {"docx", "xlsx"}
    files = {"/dashboard.xlsx", *(path for path in pages if path.startswith("/dashboard/pupils/"))}
    assert counts_of_one_bid({path: pages[path] for path in reports | files}) == []
    assert counts_of_one_bid({"/": "Looked-after children</th><td>3</td><td>21</td>"}) == [("/", "21")]
    for path, text in pages.items():
        said = [name for name in (*names, NAMES[2]) if name in text]
        assert not said, (path, said)
        assert not re.search(
            r"\b[1-5] pupils?\b(?! or)", re.sub(r"for 1 to 5 pupils|on 1 to 5 pupils", "", text)
        ), path


def board_tables(world: Reported, client: FlaskClient, asked: str = "") -> dict[str, list[list[str]]]:
    """The tables of the board's workbook, by their codes."""
    with client.get(f"/dashboard.xlsx?{asked}") as answer:
        book = load_workbook(io.BytesIO(answer.data))
    return {
        sheet.title: [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book
    }


def test_the_board_reads_the_whole_funds_figures_whatever_it_narrows_to(
    world: Reported, sign_in: SignIn
) -> None:
    """Else two cuts, one subtracted from the other, tell a school's answer or that it was refused."""
    client = sign_in(world.board)
    whole = board_tables(world, client)
    for asked in ("phase=1", f"patch={world.patch.id}", "priority=Attendance"):
        narrow = board_tables(world, client, asked)
        assert set(narrow) == set(whole)
        for code, rows in narrow.items():
            assert rows[3:][: len(whole[code][3:])] == whole[code][3:] or code == "awards-by-term", code
        assert narrow["awards-by-term"] != whole["awards-by-term"]
        assert "whole fund’s figures" in page(client, f"/dashboard?{asked}")
    officer = sign_in(world.officer)
    assert board_tables(world, officer, asked)["bids-by-state"] != whole["bids-by-state"]
    assert "whole fund’s figures" not in page(officer, f"/dashboard?{asked}")


def test_the_board_reads_ended_years_as_a_report_gave_them(
    make: Make, world: Reported, sign_in: SignIn
) -> None:
    client = sign_in(world.board)
    before = board_tables(world, client)
    assert {"pupils-2025", "pupils-2026", "feedback-2026"} <= set(before)
    assert "feedback" not in before
    for bid in world.bids:
        bid.pupil_groups[0].count += 40
        for answer in bid.feedback:
            answer.quality = 1
    world.make.session.flush()
    after = board_tables(world, client)
    for code in before:
        assert code.startswith(("value", "results")) or after[code] == before[code], code
    assert "Figures of an ended year" in page(client)
    for one in figures_for(staff=False):
        tables = as_issued(one.of(Cut(world.fund, date.min, AT.date()), AT), one.slug, make.fund()).tables
        assert not [t for t in tables if t.code.startswith(("pupils-", "feedback-"))]


def test_no_mean_or_range_of_one_or_two_bids_is_told_to_the_board(world: Reported) -> None:
    """Over every stretch of time: what stands on fewer than three bids is hidden, and staff read it."""
    told = Counter[bool]()
    for month in range(12):
        start = date(2026, 1 + month, 1)
        for staff in (False, True):
            cut = Cut(world.fund, start, start + timedelta(days=40), staff=staff)
            for one in figures_for(staff=False):
                for table in one.of(cut, AT).tables:
                    if not table.code.startswith(("value", "results", "time-to-decision")):
                        continue
                    count = next(n for n, c in enumerate(table.columns) if c.title in ("Bids", "Results"))
                    for row in table.rows:
                        few = 0 < int(str(row[count])) < 3
                        means = [cell for cell in row[count + 1 :] if cell is not None]
                        told[staff] += few and not all(isinstance(cell, Mark) for cell in means)
    assert told[False] == 0 < told[True]


def test_no_phase_or_priority_with_one_or_two_bids_that_are_no_award_is_told_to_the_board(
    world: Reported,
) -> None:
    told = Counter[bool]()
    for month in range(12):
        for staff in (False, True):
            cut = Cut(world.fund, date(2025, 9, 1), date(2026, 1 + month, 1), staff=staff)
            bids = {t.code: t for one in FIGURES[:2] for t in one.of(cut, AT).tables}
            for code in ("bids-by-phase", "bids-by-priority"):
                rows = bids[code].rows
                sums = tuple(sum(column) for column in zip(*(row[1:] for row in rows), strict=True))
                assert sums == bids[code].totals[1:] or not rows
                if len(rows) > 1:
                    told[staff] += sum(1 <= int(str(row[1])) - int(str(row[3])) < 3 for row in rows)
    assert told[False] == 0 < told[True]


def test_a_phase_all_of_whose_schools_bid_says_so_to_staff_alone(make: Make, world: Reported) -> None:
    lone = make.school("Lone School", phase_code=6, la_code=world.la_code)
    make.bid(state=BidState.NOT_FUNDED, fund=world.fund, lead=lone, now=AT - timedelta(days=90))
    for staff in (True, False):
        cut = Cut(world.fund, date(2025, 4, 1), AT.date(), staff=staff)
        (table,) = next(one for one in FIGURES if one.slug == "schools").of(cut, AT).tables
        assert ("16 to 18" in [row[0] for row in table.rows] or "16 plus" in str(table.rows)) is staff
        assert (
            tuple(sum(column) for column in zip(*(row[1:] for row in table.rows), strict=True))
            == (table.totals[1:])
        )


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
