"""What a bid comes to: worked out by hand in pence, and for any input whatever.

A line of backfill costs days × rate × (1 + on-cost), half a penny and more going up; a bid asks for
its costs less the cash match, and never for less than nothing (docs/rules.md, "Amounts and rounding").
"""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.applications import freezing, reading
from fundflow.applications.row_forms import sum_in_words
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, CostKind, CostLine, MatchFunding, MatchKind
from fundflow.models.fund import Fund
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.money import backfill_pence
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.bid_money import cost_breakdown, recount
from fundflow.rules.bid_sections import SECTION
from fundflow.workflow.application import BidState as S

# half days, day rate in pence, on-cost in hundredths of a percent → pence, by hand
LINES = [
    (12, 35_000, 0, 210_000),  # 6 × £350
    (5, 24_000, 4000, 84_000),  # 2.5 × £240 = £600, and 40% of it £240
    (1, 35_000, 0, 17_500),  # half a day of £350
    (1, 1, 0, 1),  # half a penny goes up
    (2, 1, 0, 1),
    (3, 1, 0, 2),  # 1.5p
    (5, 1, 0, 3),  # 2.5p
    (1, 35_001, 0, 17_501),  # 17,500.5p
    (1, 35_003, 0, 17_502),  # 17,501.5p
    (2, 35_001, 0, 35_001),
    (2, 10_000, 1, 10_001),  # 0.01% of £100 is a penny
    (2, 10_000, 2868, 12_868),  # 28.68%, the employer's part of the teachers' pension
    (2, 33_333, 2868, 42_893),  # 33,333 × 1.2868 = 42,892.9044
    (3, 24_050, 4205, 51_245),  # 36,075 × 1.4205 = 51,244.5375
    (2, 35_000, 4205, 49_718),  # 49,717.5: the half goes up
    (2, 25_000, 4201, 35_503),  # 35,502.5: the half goes up
    (2, 24_999, 4201, 35_501),  # 35,501.0799
    (2, 1, 4999, 1),  # 1.4999p
    (2, 1, 5000, 2),  # 1.5p
    (2, 3, 1666, 3),  # 3.4998p
    (2, 3, 1667, 4),  # 3.5001p
    (1, 3, 3333, 2),  # 1.99995p
    (1, 24_000, 4000, 16_800),
    (19, 45_000, 2868, 550_107),  # 9.5 × £450 = £4,275; × 1.2868 = £5,501.07
    (48, 42_000, 4200, 1_431_360),  # 24 × £420 = £10,080; × 1.42
    (800, 200_000, 10_000, 160_000_000),  # the most there can be: 400 × £2,000, doubled
    (7, 41_999, 1234, 165_136),  # 146,996.5 × 1.1234 = 165,135.868…
    (9, 38_750, 2350, 215_353),  # 174,375 × 1.235 = 215,353.125
    (11, 29_995, 3333, 219_958),  # 164,972.5 × 1.3333 = 219,957.834…
    (13, 30_001, 500, 204_757),  # 195,006.5 × 1.05 = 204,756.825
]


@pytest.mark.parametrize(("half_days", "rate", "on_cost", "pence"), LINES)
def test_a_line_of_backfill_costs_what_one_works_out_by_hand(
    half_days: int, rate: int, on_cost: int, pence: int
) -> None:
    assert backfill_pence(half_days, rate, on_cost) == pence


SIX, TEACHER = (12, 35_000, 0), (5, 24_000, 4000)  # £2,100 and £840

# lines of backfill, other costs, cash match, match in kind → the amount in pence, by hand
BIDS = [
    ([SIX, TEACHER], [6_000], [], [], 300_000),  # the worked example: £2,100 + £840 + £60
    ([SIX, TEACHER], [6_000], [50_000], [], 250_000),
    ([SIX, TEACHER], [6_000], [], [50_000], 300_000),  # in kind is not taken off
    ([SIX, TEACHER], [6_000], [50_000, 25_050], [1], 224_950),
    ([SIX], [], [209_999], [], 1),
    ([SIX], [], [210_000], [], 0),
    ([SIX], [], [210_001], [], 0),  # never below nothing
    ([SIX], [], [9_999_999], [], 0),
    ([], [6_000], [], [], 6_000),
    ([], [], [], [], 0),
    ([], [], [5], [5], 0),
    ([(1, 1, 0)] * 3, [], [], [], 3),  # each line is rounded, not their sum: 3 × 0.5p are 3p
    ([(2, 1, 4999)] * 3, [], [], [], 3),  # 3 × 1.4999p are 3p, not 4p
    ([(2, 35_000, 4205)] * 2, [], [], [], 99_436),  # 2 × £497.18, not £994.35
    ([(48, 42_000, 4200)], [18_640], [], [], 1_450_000),  # £14,313.60 + £186.40
    ([(40, 42_000, 0), (30, 35_000, 4000), (15, 24_000, 0)], [45_000], [], [], 1_800_000),
    ([SIX] * 8, [1, 2, 3], [6], [], 1_680_000),
    ([(3, 24_050, 4205)], [99], [44], [], 51_300),
]


@pytest.mark.parametrize(("lines", "others", "cash", "in_kind", "pence"), BIDS)
def test_a_bid_asks_for_what_one_works_out_by_hand(
    lines: list[tuple[int, int, int]], others: list[int], cash: list[int], in_kind: list[int], pence: int
) -> None:
    bid = bid_of(lines, others, cash, in_kind)
    recount(bid)
    assert bid.requested_pence == pence
    assert cost_breakdown(bid).requested == pence


def test_the_table_is_long_enough() -> None:
    assert len(LINES) + len(BIDS) >= 40


@pytest.mark.parametrize(
    ("half_days", "rate", "on_cost", "words"),
    [
        (12, 35_000, 0, "6 days × £350.00 + 0% = £2,100.00"),
        (5, 24_000, 4000, "2.5 days × £240.00 + 40% = £840.00"),
        (2, 33_333, 2868, "1 day × £333.33 + 28.68% = £428.93"),
        (1, 35_001, 50, "0.5 days × £350.01 + 0.5% = £175.88"),
    ],
)
def test_the_sum_reads_as_it_is_worked_out(half_days: int, rate: int, on_cost: int, words: str) -> None:
    assert sum_in_words(half_days, rate, on_cost) == words


# -- whatever is entered, the parts are the total ------------------------------------------------


def bid_of(lines: list[Any], others: list[int], cash: list[int], in_kind: list[int]) -> Bid:
    kinds = list(CostKind)
    provider = School(name="Oakfield Academy", urn="100001")
    bid = Bid(
        reference="T-1",
        fund=Fund(name="Fund", full_from_pence=500_000, trust_signs_from_pence=500_000),
        round=Round(name="Round"),
        lead_school=School(name="Hazelmere", urn="100002", type_code=1),
        phases=[],
        requested_pence=0,
    )
    bid.backfill_lines = [
        BackfillLine(
            half_days=h,
            day_rate_pence=r,
            on_cost_basis_points=o,
            school=provider,
            staff_role="Lead",
            staff_code=str(n),
            vat_code="outside",
            rate_reason="",
        )
        for n, (h, r, o) in enumerate(lines)
    ]
    bid.cost_lines = [CostLine(kind=kinds[n % 3], description=str(n), pence=p) for n, p in enumerate(others)]
    bid.match_funding = [
        MatchFunding(kind=kind, source=str(n), pence=pence)
        for kind, amounts in ((MatchKind.CASH, cash), (MatchKind.IN_KIND, in_kind))
        for n, pence in enumerate(amounts)
    ]
    return bid


PENCE = st.integers(1, 10_000_000_000)
A_LINE = st.tuples(st.integers(1, 800), st.integers(100, 200_000), st.integers(0, 10_000))
FEW = {"max_size": 6}


@given(st.lists(A_LINE, **FEW), st.lists(PENCE, **FEW), st.lists(PENCE, **FEW), st.lists(PENCE, **FEW))
def test_whatever_is_entered_the_parts_are_the_total(
    lines: list[tuple[int, int, int]], others: list[int], cash: list[int], in_kind: list[int]
) -> None:
    bid = bid_of(lines, others, cash, in_kind)
    recount(bid)
    data = freezing.answers(bid)
    money, shown = data["money"], reading.costs_in_words(data)
    rows = data["sections"]["costs"]["rows"]
    # the frozen money is the sum of the frozen rows
    assert money["backfill"] == sum(row["pence"] for row in rows["backfill"])
    assert money["other"] == sum(row["pence"] for row in rows["other-costs"])
    assert money["costs"] == money["backfill"] + money["other"]
    assert money["materials"] == sum(r["pence"] for r in rows["other-costs"] if r["kind"] == "materials")
    assert (money["cash_match"], money["in_kind_match"]) == (sum(cash), sum(in_kind))
    assert money["requested"] == max(money["costs"] - money["cash_match"], 0) == bid.requested_pence
    # what is read is the same
    assert sum(row.pence for row in shown.backfill) == money["backfill"]
    assert sum(pence for _, pence in shown.others) == money["other"]
    assert sum(pence for _, pence in shown.match) == sum(cash) + sum(in_kind)
    assert shown.money == money


@given(A_LINE)
def test_no_line_is_half_a_penny_away_from_the_exact_product(line: tuple[int, int, int]) -> None:
    half_days, rate, on_cost = line
    exact_in_20000ths = half_days * rate * (10_000 + on_cost)
    missing = backfill_pence(*line) * 20_000 - exact_in_20000ths
    assert -10_000 < missing <= 10_000  # up at the half, never down


# -- caps ---------------------------------------------------------------------------------------


def costs_missing(bid: Bid, session: Any) -> list[str]:
    session.flush()
    session.expire(bid)
    recount(bid)
    return SECTION["costs"].what_is_missing(bid)


def test_a_bid_may_reach_its_cap_and_not_pass_it_by_a_penny(make: Any, session: Any) -> None:
    bid = make.bid(fund=make.fund(bid_cap_pence=300_000))
    assert costs_missing(bid, session) == []
    bid.cost_lines[0].pence += 1
    assert costs_missing(bid, session) == [
        "The most this fund gives one bid is £3,000. Yours asks for £3,000.01"
    ]


@pytest.mark.parametrize(
    ("materials", "why"),
    [
        (32_666, None),  # of £3,266.66
        (32_667, "Materials may be at most 10% of the amount: £326.66 of £3,266.67. Yours are £326.67"),
    ],
)
def test_materials_may_be_a_tenth_of_the_amount(make: Any, session: Any, materials: int, why: str) -> None:
    bid = make.bid()
    bid.cost_lines[0].kind, bid.cost_lines[0].pence = CostKind.MATERIALS, materials
    assert costs_missing(bid, session) == ([why] if why else [])


def test_a_cash_match_makes_the_amount_and_so_the_materials_smaller(make: Any, session: Any) -> None:
    bid = make.bid()
    bid.cost_lines[0].kind, bid.cost_lines[0].pence = CostKind.MATERIALS, 20_000
    assert costs_missing(bid, session) == []
    bid.match_funding.append(MatchFunding(source="PTA", kind=MatchKind.CASH, pence=120_000))
    assert costs_missing(bid, session) == [
        "Materials may be at most 10% of the amount: £194.00 of £1,940.00. Yours are £200.00"
    ]


def test_a_match_that_pays_for_everything_leaves_nothing_to_ask_for(make: Any, session: Any) -> None:
    bid = make.bid()
    bid.match_funding.append(MatchFunding(source="Donor", kind=MatchKind.CASH, pence=300_000))
    assert "The cash match pays for everything, so there is nothing to ask for" in costs_missing(bid, session)


def test_a_rate_above_the_funds_cap_needs_a_reason(make: Any, session: Any) -> None:
    bid = make.bid()
    bid.backfill_lines[0].day_rate_pence = 45_000
    assert costs_missing(bid, session) == []
    bid.backfill_lines[0].day_rate_pence = 45_001
    assert costs_missing(bid, session) == ["Say why the day rate of “Reading lead” is above £450"]
    bid.backfill_lines[0].rate_reason = "An executive head leads the work."
    assert costs_missing(bid, session) == []


def test_a_school_may_have_so_much_in_a_financial_year_and_no_more(make: Any, session: Any) -> None:
    """£3,000 a bid under a cap of £8,000: the first is awarded, the second offered, the third too much."""
    fund, lead = make.fund(school_year_cap_pence=800_000), make.school()
    third = make.bid(fund=fund, lead=lead)
    assert costs_missing(third, session) == []
    awarded = make.bid(fund=fund, lead=lead, state=S.IN_DELIVERY)
    assert costs_missing(third, session) == []
    offered = make.bid(fund=fund, lead=lead, state=S.OFFERED)
    too_much = (
        "The most one school can have from this fund in 2026/27 is £8,000.00. It has £6,000.00 "
        "already, so this bid can ask for at most £2,000.00"
    )
    assert costs_missing(third, session) == [too_much]
    # what is given back counts no more: £1,000 released leave exactly £3,000
    make.entry(awarded, EntryKind.RELEASED, 100_000)
    assert costs_missing(third, session) == []
    # nor does another year's bid
    make.entry(offered, EntryKind.AWARDED, 1)
    assert len(costs_missing(third, session)) == 1
    offered.start_on, offered.end_on = date(2027, 4, 1), date(2027, 7, 1)
    assert costs_missing(third, session) == []


def test_other_schools_other_funds_and_bids_that_got_nothing_leave_the_cap_alone(
    make: Any, session: Any
) -> None:
    fund, lead = make.fund(school_year_cap_pence=300_000), make.school()
    bid = make.bid(fund=fund, lead=lead)
    make.bid(fund=fund, state=S.IN_DELIVERY)
    make.bid(lead=lead, state=S.IN_DELIVERY)
    for state in (S.SUBMITTED, S.NOT_TAKEN_UP, S.NOT_FUNDED):
        make.bid(fund=fund, lead=lead, state=state)
    assert costs_missing(bid, session) == []
    bid.cost_lines[0].pence += 1
    assert costs_missing(bid, session) == [
        "The most one school can have from this fund in 2026/27 is £3,000.00. It has nothing yet, so "
        "this bid can ask for at most £3,000.00"
    ]
