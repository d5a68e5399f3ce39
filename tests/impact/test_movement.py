"""Movement and ratings, case by case: values alone, without a database."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.models.impact import Rag
from fundflow.rules.impact import Measured, Standing, mean_movement, movement, rag_of

GREEN, AMBER, RED = Rag.GREEN, Rag.AMBER, Rag.RED
TARGET_DAY = date(2027, 5, 17)
DAY_AFTER = TARGET_DAY + timedelta(days=1)

# Baseline, target, actual → movement in percent, to two places.
MOVEMENTS = [
    ("58", "76", "76", "100.00"),  # reached
    ("58", "76", "72.4", "80.00"),
    ("58", "76", "72.39", "79.94"),
    ("58", "76", "65.2", "40.00"),
    ("58", "76", "65.19", "39.94"),
    ("58", "76", "58", "0.00"),  # nothing moved
    ("58", "76", "50", "-44.44"),  # backwards
    ("58", "76", "94", "200.00"),  # twice the way
    ("20", "10", "12", "80.00"),  # a falling target: days of absence
    ("20", "10", "10", "100.00"),
    ("20", "10", "8", "120.00"),
    ("20", "10", "20", "0.00"),
    ("20", "10", "25", "-50.00"),
    ("18", "9", "12", "66.67"),  # a gap to peers that is to close
    ("18", "0", "18", "0.00"),  # a gap to be closed whole, and it stands
    ("18", "0", "-2", "111.11"),  # the group overtook its peers
    ("-12", "-6", "-9", "50.00"),  # a gap written as what the group lacks
    ("-12", "-6", "-15", "-50.00"),  # it widened
    ("-5", "5", "0", "50.00"),  # through zero
    ("0", "100", "33.33", "33.33"),
    ("0", "0.01", "0.01", "100.00"),  # the smallest width there is
    ("99.99", "100", "99.99", "0.00"),
]


@pytest.mark.parametrize(("baseline", "target", "actual", "percent"), MOVEMENTS)
def test_movement_is_the_share_of_the_way_to_the_target(
    baseline: str, target: str, actual: str, percent: str
) -> None:
    assert movement(D(baseline), D(target), D(actual)).quantize(D("0.01")) == D(percent)


@pytest.mark.parametrize("value", ["0", "58", "-12"])
def test_a_target_that_is_its_baseline_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="the same"):
        movement(D(value), D(value), D(60))


def one(actual: str | None, *, early: bool = False, late: bool = False) -> Measured:
    """From 0 to 100, so that the actual is the movement; `early`: its target date lies ahead."""
    target_on = DAY_AFTER + timedelta(days=90) if early else TARGET_DAY
    measured_on = target_on + timedelta(days=10 if late else -10)
    return Measured(D(0), D(100), target_on, D(actual) if actual else None, measured_on if actual else None)


# Outcomes the day after the first target date → mean movement in percent, and rating.
RATINGS = [
    ([one("100")], "100", GREEN),
    ([one("80")], "80", GREEN),
    ([one("79.99")], "79.99", AMBER),
    ([one("40")], "40", AMBER),
    ([one("39.99")], "39.99", RED),
    ([one("-30")], "-30", RED),
    ([one("100"), one("60")], "80", GREEN),
    ([one("100"), one("59")], "79.5", AMBER),
    ([one("100"), one("-20")], "40", AMBER),
    ([one("100"), one("-21")], "39.5", RED),
    ([one("80"), one("80"), one("80")], "80", GREEN),
    ([one("90", late=True)], "90", GREEN),  # late is a flag beside it
    ([one("90", late=True), one("90", late=True)], "90", GREEN),  # two late as well
    ([one("100"), one("0", early=True)], "100", GREEN),  # too early is left out
    ([one("10"), one("100", early=True)], "10", RED),
    ([one("100"), one(None)], "100", GREEN),  # a missing result is left out, and flagged
    ([one("50"), one(None, early=True)], "50", AMBER),
    ([one("100", early=True)], None, None),  # all too early
    ([one(None)], None, None),  # all missing
    ([one(None), one("100", early=True)], None, None),
    ([], None, None),
]


@pytest.mark.parametrize(("outcomes", "mean", "rag"), RATINGS)
def test_a_bid_is_rated_by_the_mean_movement_of_what_can_be_rated(
    outcomes: list[Measured], mean: str | None, rag: Rag | None
) -> None:
    found = mean_movement(outcomes, DAY_AFTER)
    assert found == (D(mean) if mean else None)
    assert rag_of(found) is rag


@pytest.mark.parametrize(("mean", "rag"), [("90", GREEN), ("89.99", AMBER), ("50", AMBER), ("49.99", RED)])
def test_the_bounds_are_the_funds(mean: str, rag: Rag) -> None:
    assert rag_of(D(mean), green_from=90, amber_from=50) is rag


@pytest.mark.parametrize(
    ("day", "actual", "standing"),
    [
        (TARGET_DAY - timedelta(days=1), "80", Standing.TOO_EARLY),
        (TARGET_DAY, "80", Standing.TOO_EARLY),  # the day itself has not passed
        (DAY_AFTER, "80", Standing.RATED),
        (TARGET_DAY, None, Standing.TOO_EARLY),
        (DAY_AFTER, None, Standing.MISSING),
    ],
)
def test_an_outcome_is_rated_once_its_target_date_has_passed(
    day: date, actual: str | None, standing: Standing
) -> None:
    assert one(actual).standing(day) is standing


def test_a_result_is_late_from_the_day_after_the_target_date() -> None:
    on = Measured(D(0), D(1), TARGET_DAY, D(1), TARGET_DAY)
    assert not on.is_late
    assert Measured(D(0), D(1), TARGET_DAY, D(1), DAY_AFTER).is_late
    assert not one(None).is_late


ORDER = [RED, AMBER, GREEN]
values = st.decimals(-1000, 1000, places=2)
outcomes = st.tuples(values, values, values).filter(lambda row: row[0] != row[1])


@given(st.lists(outcomes, min_size=1, max_size=5), st.data())
def test_a_better_result_never_rates_lower(rows: list[tuple[D, D, D]], data: st.DataObject) -> None:
    """Better: further from the baseline on the side of the target, upwards or downwards."""
    n = data.draw(st.integers(0, len(rows) - 1))
    better_by = data.draw(st.decimals(0, 1000, places=2))
    baseline, target, actual = rows[n]
    better = actual + better_by if target > baseline else actual - better_by
    after = [*rows[:n], (baseline, target, better), *rows[n + 1 :]]

    def rated(found: list[tuple[D, D, D]]) -> int:
        measured = [Measured(b, t, TARGET_DAY, a, TARGET_DAY) for b, t, a in found]
        rag = rag_of(mean_movement(measured, DAY_AFTER))
        assert rag is not None
        return ORDER.index(rag)

    assert rated(after) >= rated(rows)
