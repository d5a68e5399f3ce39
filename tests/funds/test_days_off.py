"""Closures of the council and school holidays: entered, removed, and counted by every clock."""

import ast
import html
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fundflow
from fundflow.applications.asking import due
from fundflow.applications.operations import officer_due
from fundflow.clock.candidates import days_ahead
from fundflow.extensions import db
from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.person import RoleName
from fundflow.panel.operations.deciding import letters_due_on
from fundflow.workflow.working_days import add_working_days, is_working_day, working_days_between
from tests.funds.conftest import changes, day, post

pytestmark = pytest.mark.usefixtures("clock")

CHRISTMAS = DaysOff(date(2026, 12, 21), date(2027, 1, 1), "Christmas", Whose.SCHOOLS)
CLOSED = DaysOff(date(2026, 12, 24), date(2026, 12, 31), "Shut for Christmas", Whose.COUNCIL)
BEFORE = datetime(2026, 12, 18, 10, tzinfo=UTC)  # a Friday


def place(fund, rest=""):
    return f"/funds/{fund.id}/days-off{rest}"


def entered(**given):
    return {"name": "Training day", "whose": "council", **day("first", "1 2 2027"), **given}


# -- entering ---------------------------------------------------------------------------------------


def test_a_closure_is_entered_shown_and_removed(as_admin, fund, session):
    assert as_admin.get(place(fund)).text.count("None are entered") == 2
    answer = post(as_admin, place(fund, "/add"), fund, **entered(), **day("last", "3 Feb 27"))
    assert answer.status_code == 302
    assert "1 February 2027 to 3 February 2027" in as_admin.get(place(fund)).text
    assert fund.council_off == {date(2027, 2, n) for n in (1, 2, 3)}
    assert fund.schools_off == fund.council_off
    assert changes(session, fund)[-1].label == "Days off: Training day, 1 February 2027 to 3 February 2027"
    assert (
        "These days are entered already"
        in post(as_admin, place(fund, "/add"), fund, **entered(), **day("last", "3 2 2027")).text
    )
    assert post(as_admin, place(fund, "/remove"), fund, chosen="0").status_code == 302
    assert fund.days_off == []
    assert changes(session, fund)[-1].label.startswith("No longer days off: Training day")


def test_holidays_are_pasted_from_a_list(as_admin, fund):
    lines = (
        "October half term, 26/10/2026, 30/10/2026\n\n"
        "“Christmas”, Monday 21 December 2026, 2027-01-01\r\n"
        "Inset day\t1 Sept 27\n"
    )
    page = post(as_admin, place(fund, "/import"), fund, lines=lines).text
    assert "21 December 2026 to 1 January 2027" in page
    assert fund.days_off == []
    changed = post(as_admin, place(fund, "/import"), fund, lines=lines, seen="y", change="y")
    assert "Check the list" in changed.text
    assert "Inset day" in changed.text
    assert 'name="seen" type="hidden" value="y"' not in changed.text
    assert fund.days_off == []
    assert post(as_admin, place(fund, "/import"), fund, lines=lines, seen="y").status_code == 302
    assert [(one.first, one.last, one.whose) for one in fund.times_off] == [
        (date(2026, 10, 26), date(2026, 10, 30), Whose.SCHOOLS),
        (date(2026, 12, 21), date(2027, 1, 1), Whose.SCHOOLS),
        (date(2027, 9, 1), date(2027, 9, 1), Whose.SCHOOLS),
    ]
    assert fund.council_off == frozenset()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "Paste the holidays, a line each, or choose a file"),
        ("Holiday, First day, Last day", "There are no holidays in the list"),
        ("Christmas, soon, 1/1/2027", "Line 1 has a date that can’t be read"),
        (
            "Holiday,First day,Last day\nA,1/2/2027\n\nB,31/2/2027,\nC,x\n",
            "Line 4 has a date that can’t be read, “31/2/2027”.",
        ),
        ("Christmas", "Line 1 must be a name, a first day and a last day"),
        ("A, 1/2/2027\nB, 2/13/2027", "Line 2 has a date that can’t be read"),
        ("A, 3/2/2027, 1/2/2027", "Line 1 can’t be taken: the last day must not be before the first"),
        ("A, 1/2/2027, 1/2/2028", "check the year"),
        ("A, 1/2/2097", "between 1 January 2020 and 31 December 2040"),
    ],
)
def test_a_list_that_cannot_be_read_changes_nothing(as_admin, fund, lines, sentence):
    answer = post(as_admin, place(fund, "/import"), fund, lines=lines)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fund.days_off == []


def upload(client, fund, data, **more):
    db.session.commit()
    sent = {"version": fund.version, "file": (io.BytesIO(data), "terms.csv"), **more}
    return client.post(place(fund, "/import"), data=sent, content_type="multipart/form-data")


def test_holidays_come_as_a_file_too(as_admin, fund):
    text = "Holiday;Start date;End date\r\n“Easter”;29/03/2027;09/04/2027;\r\nMay Day;3/5/2027;;\r\n"
    for data in (text.encode("utf-8-sig"), text.encode("cp1252")):
        page = upload(as_admin, fund, data).text
        assert "2 lines read" in page
        assert "“Easter”" in page
        assert "29 March 2027 to 9 April 2027" in page
    lines = html.unescape(re.search(r'name="lines" value="([^"]*)"', page)[1])
    assert post(as_admin, place(fund, "/import"), fund, lines=lines, seen="y").status_code == 302
    assert [one.name for one in fund.times_off] == ["“Easter”", "May Day"]
    assert upload(as_admin, fund, text.encode()).text.count("Entered already") == 2


@pytest.mark.parametrize(
    ("data", "more", "sentence"),
    [
        (b"PK\x03\x04a spreadsheet", {}, "This isn’t a CSV file"),
        (b"A, 1/2/2027\n" * 10_000, {}, "The file is far longer than a list of holidays"),
        (b"A, 1/2/2027", {"lines": "B, 1/2/2027"}, "Paste the holidays or choose a file, not both"),
        (b"A, 1/2/2027\nB, 31/2/2027", {}, "Line 2 has a date that can’t be read"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(as_admin, fund, data, more, sentence):
    answer = upload(as_admin, fund, data, **more)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fund.days_off == []


def test_days_off_are_copied_from_another_fund_of_the_council(as_admin, fund, make, session):
    other, elsewhere = make.fund(name="Early years fund"), make.fund(name="Elsewhere", la_code="871")
    for one in (other, elsewhere):
        one.days_off = [CHRISTMAS.to_store(), CLOSED.to_store()]
    fund.days_off = [CLOSED.to_store()]
    session.commit()
    page = as_admin.get(place(fund)).text
    assert "Copy from Early years fund" in page
    assert "1 entry that is not here: Christmas, 21 December 2026 to 1 January 2027." in page
    assert "Copy from Elsewhere" not in page
    assert post(as_admin, place(fund, f"/copy/{elsewhere.id}"), fund).status_code == 404
    assert as_admin.post(place(fund, f"/copy/{other.id}"), data={"version": 99}).status_code == 409
    assert post(as_admin, place(fund, f"/copy/{other.id}"), fund).status_code == 302
    assert fund.times_off == [CHRISTMAS, CLOSED]
    assert changes(session, fund)[-1].label.startswith("Days off copied from Early years fund: Christmas")
    assert "Copy from" not in as_admin.get(place(fund)).text
    twice = post(as_admin, place(fund, f"/copy/{other.id}"), fund)
    assert "These days are entered already" in twice.text


# -- counting -----------------------------------------------------------------------------------------


def test_a_school_holiday_stops_the_schools_clock_and_a_closure_everybodys(make, fund):
    bid = make.bid(fund=fund)
    assert (officer_due(bid, BEFORE), due(bid, BEFORE)) == (date(2027, 1, 6), date(2027, 1, 6))
    fund.days_off = [CHRISTMAS.to_store()]
    assert (officer_due(bid, BEFORE), due(bid, BEFORE)) == (date(2027, 1, 6), date(2027, 1, 15))
    fund.days_off = [CLOSED.to_store()]
    assert (officer_due(bid, BEFORE), due(bid, BEFORE)) == (date(2027, 1, 12), date(2027, 1, 12))
    fund.days_off = [CHRISTMAS.to_store(), CLOSED.to_store()]
    assert (officer_due(bid, BEFORE), due(bid, BEFORE)) == (date(2027, 1, 12), date(2027, 1, 15))
    fund.holds_decision_letters = True
    assert letters_due_on(bid, BEFORE) == date(2027, 1, 5)


def test_reminders_look_as_far_ahead_as_the_longest_holidays(make, fund, session):
    fund.days_off = [CHRISTMAS.to_store()]
    session.flush()
    assert days_ahead(date(2026, 12, 18), 5) == date(2027, 1, 8)


def test_the_auditor_reads_them(make, fund, sign_in):
    page = sign_in(make.staff(RoleName.AUDITOR)).get(place(fund)).text
    assert "Days off" in page
    assert "Add a day" not in page


OFF = st.frozensets(st.dates(date(2027, 1, 1), date(2027, 3, 31)), max_size=30)


@given(st.dates(date(2026, 12, 1), date(2027, 3, 31)), st.integers(1, 30), OFF)
def test_counting_forwards_backwards_and_between_agree(start, days, off):
    later = add_working_days(start, days, off)
    assert is_working_day(later, off)
    assert working_days_between(start, later, off) == days
    if is_working_day(start, off):
        assert add_working_days(later, -days, off) == start


PACKAGE = Path(fundflow.__path__[0])
COUNTS = {"add_working_days": 3, "working_days_between": 3, "is_working_day": 2}
# A person's digest, the clock as a whole, whoever asks: the page of a log asks each day for its own fund.
NO_FUND = {"letters/digest.py", "clock/reminder_letters.py", "rules/asker.py"}


def test_every_clock_of_a_fund_counts_its_days_off():
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if name in NO_FUND or name.startswith("demo/") or name == "workflow/working_days.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in COUNTS:
                assert len(node.args) == COUNTS[node.func.id], f"{name}:{node.lineno}"
    for path in (PACKAGE.parent / "templates").rglob("*.txt"):
        for asked in re.findall(r"after_working_days\(([^)]*)\)", path.read_text()):
            assert asked.endswith("_off"), path
