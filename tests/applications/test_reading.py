"""Pages that are read: the Application tab, frozen versions, and how many queries they take."""

from typing import Any

import pytest

from fundflow.applications import freezing
from fundflow.applications.differences import signed_parts
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, CostKind, CostLine, MatchFunding, MatchKind
from fundflow.models.person import RoleName
from fundflow.rules.bid_money import cost_breakdown, recount
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import form


def test_the_application_shows_every_answer_and_the_sum(make: Any, sign_in: Any) -> None:
    bid = make.bid(state=S.IN_REVIEW)
    page = sign_in(make.staff(RoleName.OFFICER)).get(f"/bids/{bid.reference}/application").text
    for text in (
        "Sam Okafor",
        "Early reading",
        "Only 58% of Year 1",
        "Phonics check",
        "112",
        "Disadvantaged pupils",
        "8.5 days",
        "£350.00",
        "40%",
        "£840.00",
        "Travel",
        "£3,000.00",
        "Does any other funding pay for the same days?",
        "Asked",
    ):
        assert text in page


def test_the_same_answers_freeze_to_the_same_text_and_every_change_shows(make: Any, session: Any) -> None:
    bid = make.bid()
    before = freezing.frozen(bid)
    session.expire_all()
    assert freezing.frozen(bid) == before
    bid.contact_phone = "01632 960 999"
    assert freezing.frozen(bid) != before
    assert not signed_parts(before, freezing.frozen(bid))


@pytest.mark.parametrize("change", ["money", "dates", "outcomes", "schools"])
def test_money_schools_dates_and_outcomes_are_material(make: Any, session: Any, change: str) -> None:
    bid: Bid = make.bid()
    before = freezing.frozen(bid)
    assert not signed_parts(before, freezing.frozen(bid))
    if change == "money":
        bid.cost_lines[0].pence += 1
    elif change == "dates":
        bid.end_on = bid.start_on
    elif change == "outcomes":
        bid.outcomes[0].target += 1
    else:
        bid.partners[0].school = make.school()
    session.flush()
    assert signed_parts(before, freezing.frozen(bid))


AMOUNTS = [
    # half days, rate, on-cost in basis points, other, cash, in kind → requested (pence)
    ([(12, 35_000, 0), (5, 24_000, 4000)], 6_000, 0, 0, 300_000),
    ([(12, 35_000, 0), (5, 24_000, 4000)], 6_000, 50_000, 0, 250_000),
    ([(12, 35_000, 0), (5, 24_000, 4000)], 6_000, 0, 50_000, 300_000),
    ([(12, 35_000, 0)], 0, 500_000, 0, 0),
    ([(1, 35_000, 0)], 0, 0, 0, 17_500),
    ([(1, 35_001, 0)], 0, 0, 0, 17_501),  # half a penny goes up
    ([(1, 1, 0)], 0, 0, 0, 1),
    ([(2, 33_333, 2868)], 0, 0, 0, 42_893),
    ([(3, 24_050, 4205)], 0, 0, 0, 51_245),
    ([(48, 42_000, 4200)], 18_640, 0, 0, 1_450_000),
    ([], 6_000, 0, 0, 6_000),
    ([], 0, 0, 0, 0),
]


@pytest.mark.parametrize(("lines", "other", "cash", "in_kind", "requested"), AMOUNTS)
def test_what_a_bid_asks_for_is_its_costs_less_the_cash_match(
    lines: list[tuple[int, int, int]], other: int, cash: int, in_kind: int, requested: int
) -> None:
    bid = Bid(
        backfill_lines=[
            BackfillLine(half_days=h, day_rate_pence=r, on_cost_basis_points=o) for h, r, o in lines
        ],
        cost_lines=[CostLine(kind=CostKind.TRAVEL, pence=other)] if other else [],
        match_funding=[
            MatchFunding(kind=kind, pence=pence)
            for kind, pence in ((MatchKind.CASH, cash), (MatchKind.IN_KIND, in_kind))
            if pence
        ],
    )
    recount(bid)
    assert bid.requested_pence == requested
    assert cost_breakdown(bid).in_kind_match == in_kind


@pytest.mark.parametrize("path", ["", "/costs", "/check", "/schools", "../application"])
def test_a_page_takes_as_many_queries_for_a_long_bid_as_for_a_short_one(
    make: Any, sign_in: Any, session: Any, count_queries: list[str], path: str
) -> None:
    counts = []
    for rows in (1, 12):
        lead = make.school()
        leader = make.member(lead)
        bid = make.bid(lead=lead, leader=leader)
        for n in range(rows):
            bid.cost_lines.append(CostLine(kind=CostKind.VENUE, description=f"Hall {n}", pence=1))
            bid.partners.append(type(bid.partners[0])(school=make.school(), part=bid.partners[0].part))
            bid.backfill_lines.append(
                BackfillLine(
                    school=bid.partners[-1].school,
                    staff_role="Lead",
                    staff_code=str(n),
                    half_days=2,
                    day_rate_pence=100,
                    rate_reason="",
                    vat_code="outside",
                    on_cost_basis_points=0,
                )
            )
        client = sign_in(leader)
        session.expire_all()
        where = f"/bids/{bid.reference}/application" if path.startswith("..") else form(bid, path)
        session.expunge_all()
        count_queries.clear()
        assert client.get(where).status_code == 200
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
    assert 2 < counts[0] <= 40
