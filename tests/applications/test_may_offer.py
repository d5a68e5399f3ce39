"""What may still be offered to a school of one's kind this year, read before a bid is started."""

import re
from typing import Any

import pytest

from fundflow import ledger
from fundflow.applications.may_offer import may_offer
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.school import School, SchoolKind
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


@pytest.fixture
def fund(make: Make) -> Any:
    """£1,000 for maintained schools, £400 for all that carried forward, £70 that lapsed."""
    fund = make.fund(allocated=0, name="School Improvement Fund")
    make.allocation(fund, 100_000, pays=("maintained",))
    make.allocation(fund, 40_000, year=2025, carries_forward=True)
    make.allocation(fund, 7_000, year=2025)
    make.round(fund)
    make.session.commit()
    return fund


def test_what_may_be_offered_is_what_the_lines_for_that_kind_hold(fund: Any, make: Make) -> None:
    assert ledger.room_for(fund.id, SchoolKind.MAINTAINED, NOW) == 140_000
    assert ledger.room_for(fund.id, SchoolKind.ACADEMY, NOW) == 40_000
    offered = make.bid(state=S.SUBMITTED, fund=fund)
    make.session.commit()
    entry = make.entry(offered, EntryKind.RESERVED, 30_000)
    assert entry.allocation_id == fund.allocations[0].id
    assert ledger.room_for(fund.id, SchoolKind.MAINTAINED, NOW) == 110_000
    assert ledger.may_still_offer(offered, NOW) == 110_000  # what a decision is held to


def test_the_caps_of_a_bid_and_of_a_schools_year_narrow_it(fund: Any, make: Make) -> None:
    school = make.school()
    assert (school.kind, one(fund, school).most) == (SchoolKind.MAINTAINED, 140_000)
    fund.bid_cap_pence = 90_000
    assert one(fund, school).most == 90_000
    fund.school_year_cap_pence = 60_000
    had = make.bid(state=S.SUBMITTED, fund=fund, lead=school)
    make.entry(had, EntryKind.RESERVED, 25_000)
    make.session.commit()
    found = one(fund, school)
    assert (found.free, found.given, found.most) == (115_000, 25_000, 35_000)


def test_an_offer_whose_letter_is_held_takes_nothing_away_yet(fund: Any, make: Make) -> None:
    held = make.bid(state=S.OFFERED, fund=fund)
    held.decision_held_until = NOW.date()
    make.session.commit()
    assert one(fund, held.lead_school).free == 140_000
    left = ledger.room_for(fund.id, SchoolKind.MAINTAINED, NOW)
    assert left < 140_000  # what a decision is held to
    held.decision_held_until = None
    make.session.commit()
    assert one(fund, held.lead_school).free == left


def one(fund: Any, school: School) -> Any:
    (found,) = may_offer([fund, fund], [school], NOW)
    return found


def test_a_head_reads_it_where_a_bid_is_started(fund: Any, make: Make, people: Any, sign_in: Any) -> None:
    page = text_of(sign_in(people["head"]).get("/bids/new").text)
    assert "What may still be offered" in page
    assert "£1,400.00 may still be offered to maintained schools in the financial year 2026/27." in page
    assert "This is what is left today." in page
    assert "Your school can have at most" not in page
    fund.school_year_cap_pence = 60_000
    make.session.commit()
    page = text_of(sign_in(people["head"]).get("/bids/new").text)
    assert "at most £600.00 from the fund in a financial year, and has nothing so far." in page
    assert "So a bid of yours could be offered at most £600.00 now." in page


def test_an_academy_reads_of_the_money_that_may_pay_academies(fund: Any, make: Make, sign_in: Any) -> None:
    academy = make.school(type_code=34)
    page = text_of(sign_in(make.member(academy)).get("/bids/new").text)
    assert "£400.00 may still be offered to academies" in page
    assert "1,400" not in page


def test_a_fund_with_nothing_left_says_so_and_takes_bids(make: Make, people: Any, sign_in: Any) -> None:
    make.round(make.fund(allocated=0))
    page = sign_in(people["head"]).get("/bids/new").text
    assert "nothing may be offered to maintained schools now" in text_of(page)
    assert "Start the bid" in page


def test_no_round_is_chosen_for_a_school_that_forgot_to_choose(
    fund: Any, make: Make, people: Any, sign_in: Any
) -> None:
    make.round(fund, name="Spring", guidance="The panel decides in May.")
    make.session.commit()
    for page in (sign_in(people["head"]).get("/bids/new"), sign_in(people["head"]).post("/bids/new")):
        assert " checked" not in page.text
        assert page.text.count("The panel decides in May.") == 1
    assert "Select a round" in page.text
