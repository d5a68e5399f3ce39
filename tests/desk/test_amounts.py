"""Wherever an amount of a bid stands in a list, it says what it is: asked for, offered, awarded, paid."""

import re
from pathlib import Path
from typing import Any

import pytest

from fundflow.models.bid import Bid
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.person import User
from fundflow.workflow.application import BidState as S
from tests.desk.conftest import table
from tests.factories import Make

pytestmark = pytest.mark.both_databases

TEMPLATES = Path("templates")


@pytest.fixture
def bids(make: Make, officer: User) -> dict[str, Bid]:
    """Bids of £3,000: one asks, one is offered £2,000, one is awarded £3,000 and one of these paid £1,250."""
    fund, lead = make.fund(), make.school("Hazelmere Primary")
    head = make.member(lead)
    states = {
        "asked": S.IN_REVIEW,
        "offered": S.OFFERED,
        "awarded": S.IN_DELIVERY,
        "paid": S.IN_DELIVERY,
    }
    found = {
        name: make.bid(state=state, fund=fund, lead=lead, leader=head, officer=officer, title=name)
        for name, state in states.items()
    }
    found["offered"].offers[-1].pence = 200_000
    make.entry(found["paid"], EntryKind.PAID, 150_000)
    make.entry(found["paid"], EntryKind.RECOVERED, 25_000)
    make.session.commit()
    return found


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_list_names_each_amount(bids: dict[str, Bid], officer: User, sign_in: Any) -> None:
    page = text_of(sign_in(officer).get("/bids").text)
    assert page.count("£3,000.00 asked for") == 2
    assert "£3,000.00 asked for, £2,000 offered" in page
    assert page.count("£3,000.00 awarded") == 2
    assert "£3,000.00 awarded, £1,250 paid" in page


def test_the_file_has_a_column_for_each(bids: dict[str, Bid], officer: User, sign_in: Any) -> None:
    client = sign_in(officer)
    columns = ("Asked for (£)", "Offered (£)", "Awarded (£)", "Paid (£)")
    found = {row["Title"]: tuple(row[name] for name in columns) for row in table(client, "csv")}
    assert found == {
        "asked": ("3000.00", "", "", ""),
        "offered": ("3000.00", "2000.00", "", ""),
        "awarded": ("3000.00", "", "3000.00", ""),
        "paid": ("3000.00", "", "3000.00", "1250.00"),
    }


def test_my_work_and_the_schools_page_name_it(bids: dict[str, Bid], make: Make, sign_in: Any) -> None:
    head = make.member(bids["asked"].lead_school)
    client = sign_in(head)
    work = text_of(client.get("/work").text)
    assert "£2,000 offered" in work
    assert "£3,000 awarded, £1,250 paid" in work
    school = text_of(client.get(f"/schools/{bids['asked'].lead_school.urn}").text)
    assert school.count("£3,000.00 awarded") == 2
    assert school.count("£3,000.00 asked for") == 2


def test_a_bids_own_page_names_every_figure_of_its_award(
    bids: dict[str, Bid], officer: User, sign_in: Any
) -> None:
    page = text_of(sign_in(officer).get(f"/bids/{bids['paid'].reference}").text)
    for words in (
        "Awarded £3,000.00",
        "Paid, less what came back £1,250.00",
        "Came back £250.00",
        "Awarded, not yet paid £1,500.00",
    ):
        assert words in page


def test_a_partner_reads_neither_offer_nor_award_nor_payment(
    bids: dict[str, Bid], make: Make, sign_in: Any
) -> None:
    for name in ("offered", "paid"):
        head = make.member(bids[name].providers[0])
        client = sign_in(head)
        page = text_of(client.get("/bids").text)
        assert "£3,000.00 asked for" in page
        assert not re.search("£2,000|£1,250|awarded", page)
        (row,) = table(client, "csv")
        assert (row["Offered (£)"], row["Awarded (£)"], row["Paid (£)"]) == ("", "", "")


def test_an_offer_that_is_kept_back_is_in_no_list_of_the_school(
    bids: dict[str, Bid], make: Make, sign_in: Any
) -> None:
    bid = bids["offered"]
    bid.decision_held_until = bid.due_on
    make.session.commit()
    client = sign_in(make.member(bid.lead_school))
    assert "£2,000" not in client.get("/bids").text
    assert {row["Offered (£)"] for row in table(client, "csv")} == {""}


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["desk/bids", "desk/work", "schools/school", "panel/item", "panel/ranking"])
def test_no_list_prints_a_bids_amount_without_its_word(name: str) -> None:
    lines = (TEMPLATES / f"{name}.html").read_text().splitlines()
    bare = [
        n
        for n, line in enumerate(lines, 1)
        if re.search(r"(bid|row|row\.item)\.(pence|asked_pence|awarded_pence)\b[^}]*pounds", line)
        and not re.search(r"amount_words|asked for|asks for|awarded|offered", " ".join(lines[n - 1 : n + 1]))
    ]
    assert not bare, f"{name}.html: {bare}"
