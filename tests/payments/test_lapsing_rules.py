"""Which lines pay once money has lapsed, to the penny: values in, values out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.rules.lapsing import Line, Plan, in_order_of_service, plan

LAPSED, OTHER, CARRIES, ROOM = 1, 2, 3, 4  # lines, by id


def line(number: int, lapses: int | None, left: int = 0, room: int = 0) -> Line:
    return Line(number, lapses, left, room)


@pytest.mark.parametrize(
    ("pence", "paid", "earned", "expected"),
    [
        (100_000, 0, {2026: 70_000}, {2026: 70_000, 2027: 30_000}),
        (100_000, 0, {2026: 100_000}, {2026: 100_000}),
        (100_000, 50_001, {2026: 70_000}, {2026: 19_999, 2027: 80_001}),  # an advance pays what came first
        (100_000, 70_000, {2026: 70_000}, {2027: 100_000}),
        (100_000, 90_000, {2026: 70_000}, {2027: 100_000}),  # more was paid in advance
        (100_000, 0, {2026: 0}, {2027: 100_000}),
        (100_000, 0, {}, {2027: 100_000}),
        (100_000, 10_000, {2025: 30_000, 2026: 70_000}, {2025: 20_000, 2026: 40_000, 2027: 40_000}),
        (10_000, 10_000, {2025: 30_000, 2026: 70_000}, {2025: 10_000}),
    ],
)
def test_what_was_paid_before_counts_for_what_was_earned_first(
    pence: int, paid: int, earned: dict[int, int], expected: dict[int, int]
) -> None:
    assert in_order_of_service(pence, paid, earned, 2027) == expected


@pytest.mark.parametrize(
    ("served", "lines", "expected"),
    [
        pytest.param(
            {2026: 70_000},
            [line(LAPSED, 2026, 200_000)],
            Plan({LAPSED: 70_000}, {}, {}),
            id="days served by 31 March and paid in April: the line still pays",
        ),
        pytest.param(
            {2026: 70_000, 2027: 30_000},
            [line(LAPSED, 2026, 200_000), line(CARRIES, None, 40_000)],
            Plan({LAPSED: 70_000, CARRIES: 30_000}, {}, {}),
            id="what came later is taken from what is committed elsewhere",
        ),
        pytest.param(
            {2026: 70_000, 2027: 30_000},
            [line(LAPSED, 2026, 200_000), line(CARRIES, None, 9_999, room=50_000)],
            Plan({LAPSED: 70_000, CARRIES: 30_000}, {LAPSED: 20_001}, {CARRIES: 20_001}),
            id="too little is committed there: the commitment moves",
        ),
        pytest.param(
            {2027: 30_000},
            [line(LAPSED, 2026, 30_000), line(OTHER, 2027, 0, 10_000), line(CARRIES, None, 0, 50_000)],
            Plan({OTHER: 10_000, CARRIES: 20_000}, {LAPSED: 30_000}, {OTHER: 10_000, CARRIES: 20_000}),
            id="to lines in the usual order",
        ),
        pytest.param(
            {2027: 30_000},
            [line(LAPSED, 2026, 30_000), line(CARRIES, None, 0, 29_999)],
            Plan({CARRIES: 29_999}, {LAPSED: 29_999}, {CARRIES: 29_999}, short=1),
            id="a penny finds no room",
        ),
        pytest.param(
            {2025: 10_000, 2026: 10_000, 2027: 10_000},
            [line(LAPSED, 2025, 15_000), line(OTHER, 2026, 15_000), line(CARRIES, None, 0, room=10_000)],
            Plan(
                {LAPSED: 10_000, OTHER: 10_000, CARRIES: 10_000},
                {LAPSED: 5_000, OTHER: 5_000},
                {CARRIES: 10_000},
            ),
            id="two lines lapsed in turn",
        ),
        pytest.param(
            {2027: 10_000},
            [line(OTHER, 2027, 10_000), line(CARRIES, None, 10_000)],
            Plan({OTHER: 10_000}, {}, {}),
            id="a line that lapses with this year still pays all of it",
        ),
    ],
)
def test_a_payment_is_taken_from_lines_that_may_pay_it(
    served: dict[int, int], lines: list[Line], expected: Plan
) -> None:
    assert plan(served, lines) == expected


LINES = st.lists(
    st.tuples(st.sampled_from([2024, 2025, 2026, 2027, None]), st.integers(0, 500), st.integers(0, 500)),
    min_size=1,
    max_size=5,
)


@given(lines=LINES, data=st.data())
def test_whatever_lapses_the_parts_add_up(lines: list[tuple[int | None, int, int]], data: Any) -> None:
    order = sorted(lines, key=lambda one: (one[0] is None, one[0] or 0))
    facts = [
        Line(number, lapses, left, room if lapses in (None, 2027) else 0)
        for number, (lapses, left, room) in enumerate(order, 1)
    ]
    whole = sum(one.left for one in facts)
    pence = data.draw(st.integers(0, whole))
    earned = {year: data.draw(st.integers(0, whole)) for year in (2024, 2025, 2026)}
    for before, after in ((2024, 2025), (2025, 2026)):
        earned[after] = max(earned[after], earned[before])
    paid = data.draw(st.integers(0, whole))
    served = in_order_of_service(pence, paid, earned, 2027)
    found = plan(served, facts)
    assert sum(served.values()) == pence == sum(found.paid.values()) + found.short
    assert sum(found.moved_out.values()) == found.moved
    for one in facts:
        had = one.left - found.moved_out.get(one.id, 0) + found.moved_in.get(one.id, 0)
        assert 0 <= found.paid.get(one.id, 0) <= had
        assert found.moved_in.get(one.id, 0) <= one.room
    for year in (2024, 2025, 2026):  # no line pays more than was served while it could
        by_lapsed = sum(found.paid.get(one.id, 0) for one in facts if one.lapses and one.lapses <= year)
        assert by_lapsed <= max(earned[year] - paid, 0)
