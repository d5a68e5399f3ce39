"""VAT of an invoice, to the penny."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fundflow.workflow.vat import InvoiceLine, standard_rate, sums


def lines(*parts: tuple[int, int]) -> list[InvoiceLine]:
    return [InvoiceLine(f"Line {number}", "", *part) for number, part in enumerate(parts)]


@pytest.mark.parametrize(
    ("parts", "recoverable", "net", "vat", "gross"),
    [
        ([(100_000, 0)], True, 100_000, 0, 100_000),
        ([(100_000, 2_000)], True, 100_000, 20_000, 120_000),
        ([(100_000, 0), (50_000, 2_000)], True, 150_000, 10_000, 160_000),
        ([(3, 2_000)], True, 3, 1, 4),  # 0.6 of a penny
        ([(2, 2_000)], True, 2, 0, 2),  # 0.4
        ([(1, 1_750), (1, 1_750), (1, 1_750)], True, 3, 1, 4),  # rounded once: 0.525, not 3 × 0.175
        ([(2, 2_000), (2, 2_000), (2, 2_000)], True, 6, 1, 7),
        ([(120_000, 2_000)], False, 100_000, 20_000, 120_000),
        ([(100_000, 2_000)], False, 83_333, 16_667, 100_000),
        ([(100_000, 2_000), (1, 0)], False, 83_334, 16_667, 100_001),
        ([], True, 0, 0, 0),
    ],
)
def test_vat_is_rounded_once_for_the_invoice_and_each_rate(
    parts: list[tuple[int, int]], recoverable: bool, net: int, vat: int, gross: int
) -> None:
    found = sums(lines(*parts), recoverable=recoverable)
    assert (found.net, found.vat, found.gross) == (net, vat, gross)


@given(
    parts=st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from([0, 1_750, 2_000])), max_size=6),
    recoverable=st.booleans(),
)
@example(parts=[(3, 1_750)], recoverable=True)
def test_what_the_ledger_counts_is_never_changed_by_vat(
    parts: list[tuple[int, int]], recoverable: bool
) -> None:
    found, whole = sums(lines(*parts), recoverable=recoverable), sum(pence for pence, _ in parts)
    assert (found.net if recoverable else found.gross) == whole
    assert 0 <= found.vat <= whole // 5 + len(found.rates)  # each rate is rounded to the penny
    for part in found.rates:
        assert abs(part.net * part.rate - part.vat * 10_000) <= 2 * 10_000


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2011, 1, 3), 1_750),
        (date(2011, 1, 4), 2_000),
        (date(2027, 1, 1), 2_000),
        (date(2001, 1, 1), 1_750),
    ],
)
def test_the_rate_is_that_of_the_day(day: date, rate: int) -> None:
    assert standard_rate(day) == rate


def test_rates_in_words() -> None:
    found = sums(lines((100, 2_000), (100, 0), (100, 1_750)), recoverable=True)
    assert [part.words for part in found.rates] == ["Exempt", "17.5%", "20%"]
