"""What an award pays: worked cases, to the penny (docs/rules.md, "What an award pays")."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.models.money import backfill_pence
from fundflow.workflow.award import Basis, BudgetLine, Milestone, PayeeSum, Tranche, after_cut, sums, total

ALL_AT_ONCE = (Tranche(Milestone.ACCEPTED, 100),)
STAGED = (Tranche(Milestone.ACCEPTED, 50), Tranche(Milestone.HALF_TIME, 30), Tranche(Milestone.FINAL, 20))
ON_CLAIMS: tuple[Tranche, ...] = ()

START = frozenset({Milestone.ACCEPTED})
HALF = START | {Milestone.HALF_TIME}
END = HALF | {Milestone.FINAL}

SCHOOL, FIRST, SECOND = 1, 2, 3


def one(pence: int, cost: int, done: int, **values: object) -> PayeeSum:
    """The sum of an award with one line and one payee."""
    paid = {SCHOOL: values.pop("paid", 0)}
    return sums(Basis(pence, [BudgetLine(SCHOOL, cost, done)], paid=paid, **values))[SCHOOL]  # type: ignore[arg-type]


def short(leader: int, teacher: int, travel: int, **values: object) -> PayeeSum:
    """6 days × £350, 2.5 days × £240 + 40 %, travel £60: £3,000, all paid on acceptance."""
    lines = [
        BudgetLine(SCHOOL, backfill_pence(12, 35_000, 0), backfill_pence(leader, 35_000, 0)),
        BudgetLine(SCHOOL, backfill_pence(5, 24_000, 4_000), backfill_pence(teacher, 24_000, 4_000)),
        BudgetLine(SCHOOL, 6_000, travel),
    ]
    return sums(Basis(300_000, lines, ALL_AT_ONCE, **values))[SCHOOL]  # type: ignore[arg-type]


def test_a_short_bid_is_due_whole_on_acceptance() -> None:
    found = short(0, 0, 0, reached=START)
    assert (found.earned, found.allowed, found.due, found.released) == (0, 300_000, 300_000, 0)


@pytest.mark.parametrize(
    ("leader", "teacher", "earned", "back"),
    [(12, 4, 283_200, 16_800), (14, 3, 287_400, 12_600)],
    ids=["fewer days", "more of one line counts up to 110 %"],
)
def test_what_a_short_bid_did_not_earn_comes_back(leader: int, teacher: int, earned: int, back: int) -> None:
    found = short(leader, teacher, 6_000, reached=END, paid={SCHOOL: 300_000})
    assert (found.earned, found.allowed, found.due, found.back, found.released) == (
        (earned, earned, 0, back, 0)
    )


class Case(NamedTuple):
    reached: frozenset[Milestone]
    earned: int
    paid: int
    allowed: int
    due: int
    back: int = 0
    released: int = 0
    stopped: bool = False


STAGES = {
    "days for less than the advance": Case(START, 477_120, 491_560, 491_560, 0),
    "more days, half-time not reached": Case(START, 600_000, 491_560, 600_000, 108_440),
    "half-time": Case(HALF, 600_000, 600_000, 786_496, 186_496),
    "nearly all done, no final report": Case(HALF, 950_000, 786_496, 786_496, 0),
    "final report": Case(END, 950_000, 786_496, 950_000, 163_504, released=33_120),
    "stopped early": Case(START, 150_000, 491_560, 150_000, 0, 341_560, 491_560, stopped=True),
    "stopped late": Case(HALF, 900_000, 786_496, 900_000, 113_504, 0, 83_120, stopped=True),
}


@pytest.mark.parametrize("case", STAGES.values(), ids=STAGES.keys())
def test_an_award_of_9831_20_in_three_shares(case: Case) -> None:
    stage = {"reached": case.reached, "paid": case.paid, "stopped": case.stopped}
    found = one(983_120, 983_120, case.earned, schedule=STAGED, **stage)
    assert (found.allowed, found.due, found.back, found.released) == (
        (case.allowed, case.due, case.back, case.released)
    )


def test_a_cash_match_counts() -> None:
    found = one(300_000, 400_000, 300_000, schedule=STAGED, reached=END, paid=150_000)
    assert (found.earned, found.due, found.released) == (225_000, 75_000, 75_000)


def test_each_payee_is_paid_for_its_own_lines() -> None:
    lines = [
        BudgetLine(FIRST, 1_000_000, 1_000_000),
        BudgetLine(SECOND, 600_000),
        BudgetLine(SCHOOL, 200_000, 200_000),
    ]
    paid = {FIRST: 500_000, SECOND: 300_000, SCHOOL: 100_000}
    found = sums(Basis(1_800_000, lines, STAGED, END, paid=paid))
    assert {payee: (s.due, s.back) for payee, s in found.items()} == {
        FIRST: (500_000, 0),
        SECOND: (0, 300_000),
        SCHOOL: (100_000, 0),
    }
    whole = total(found.values())
    assert (whole.released, whole.earned) == (300_000, 1_200_000)
    assert 1_800_000 - whole.released - whole.back == whole.earned


@pytest.mark.parametrize(("half_days", "paid", "due"), [(4, 0, 66_666), (5, 66_666, 16_667), (5, 0, 83_333)])
def test_half_days_are_rounded_by_line_not_by_entry(half_days: int, paid: int, due: int) -> None:
    line = BudgetLine(SCHOOL, backfill_pence(5, 33_333, 0), backfill_pence(half_days, 33_333, 0))
    found = sums(Basis(83_333, [line], ON_CLAIMS, START, paid={SCHOOL: paid}))[SCHOOL]
    assert found.due == due


def test_an_award_cut_below_what_is_paid_releases_the_rest_and_asks_for_the_difference() -> None:
    assert after_cut(983_120, 400_000, 491_560) == (491_560, 91_560)


def test_a_plan_that_costs_less_than_the_award_is_paid_as_it_costs() -> None:
    found = one(300_000, 280_000, 280_000, schedule=ALL_AT_ONCE, reached=START)
    assert (found.share, found.due) == (280_000, 280_000)


AMOUNTS = st.integers(0, 2_000_000)
AWARDS = st.builds(
    Basis,
    pence=AMOUNTS,
    lines=st.lists(st.builds(BudgetLine, st.integers(1, 3), AMOUNTS, AMOUNTS), max_size=6),
    schedule=st.sampled_from([ALL_AT_ONCE, STAGED, ON_CLAIMS]),
    reached=st.sampled_from([frozenset(), START, HALF, END]),
    stopped=st.booleans(),
    paid=st.dictionaries(st.integers(1, 3), AMOUNTS),
    misused=st.one_of(st.just({}), st.dictionaries(st.integers(1, 3), AMOUNTS, max_size=2)),
)


@given(AWARDS)
def test_no_sum_passes_its_share(award: Basis) -> None:
    found = sums(award)
    whole = total(found.values())
    shared = min(award.pence, sum(line.budget for line in award.lines)) if found else 0
    assert shared - sum(award.misused.values()) <= whole.share <= shared  # what was misused has left it
    assert award.misused or whole.share == shared
    for part in found.values():
        assert min(part.share, part.kept, part.scheduled, part.earned, part.due, part.back) >= 0
        assert max(part.earned, part.allowed) <= part.share
        assert part.due == 0 or part.paid + part.due == part.allowed
        if award.is_settled:
            assert part.allowed == part.earned
            assert part.paid + part.due - part.back == part.earned


@given(AWARDS, st.integers(1, 1_000))
def test_more_done_never_means_less_due(award: Basis, more: int) -> None:
    grown = award._replace(lines=[line._replace(done=line.done + more) for line in award.lines])
    before, after = sums(award), sums(grown)
    assert all(after[payee].due >= before[payee].due for payee in before)
