"""What statements add up, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.models.ledger_entry import EntryKind as K
from fundflow.rules.ledger_totals import NOTHING, Figure, grouped
from fundflow.rules.statements import (
    NO_SCHOOL,
    Entry,
    LeadPassed,
    SchoolThen,
    added,
    lead_then,
    newest_first,
    running,
)

NOON = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)


def entry(kind: K, pence: int, number: int = 1, **values: object) -> Entry:
    return Entry(
        **{
            "id": number,
            "at": NOON,
            "kind": kind,
            "pence": pence,
            "reason": "",
            "source": "Schools forum",
            "financial_year": 2026,
            "minute_reference": "Minute 12",
            "reference": "LSIF-1",
            "lead": SchoolThen("100001", "Larkfield"),
            "paid": None,
            "claim_number": None,
            "payment_reference": None,
            "paid_to": None,
            "route": None,
            "supplier_number": None,
            "by": None,
            **values,
        }
    )


def test_the_figures_of_the_rules_worked_example() -> None:
    """docs/rules.md, "The ledger"."""
    sums = {
        K.ALLOCATED: 20_000_000,
        K.CUT: 50_000,
        K.AWARDED: 9_750_000,
        K.RELEASED: 430_000,
        K.RECOVERED: 160_000,
        K.UNRECOVERED: 10_000,
        K.PAID: 6_220_000,
        K.REVERSED: 100_000,
        K.RESERVED: 300_000,
        K.UNRESERVED: 200_000,
    }
    found = {figure: figure.of(sums) for figure in Figure}
    assert found == {
        Figure.ALLOCATED: 19_950_000,
        Figure.COMMITTED: 9_170_000,
        Figure.PAID: 5_970_000,
        Figure.OUTSTANDING: 3_200_000,
        Figure.UNCOMMITTED: 10_780_000,
        Figure.RESERVED: 100_000,
        Figure.FREE: 10_680_000,
        Figure.AWARDED: 9_750_000,
        Figure.RELEASED: 430_000,
        Figure.PAID_OUT: 6_120_000,
        Figure.RECOVERED: 150_000,
    }


@given(st.dictionaries(st.sampled_from(K), st.integers(0, 10**12)))
def test_figures_are_those_of_the_ledger_whatever_was_entered(sums: dict[K, int]) -> None:
    totals = grouped((1, kind, pence) for kind, pence in sums.items()).get(1, NOTHING)
    for figure in Figure:
        name = "paid_gross" if figure is Figure.PAID_OUT else figure.value
        assert figure.of(sums) == getattr(totals, name), figure


@given(st.lists(st.tuples(st.sampled_from(K), st.integers(1, 10**9)), max_size=12), st.sampled_from(Figure))
def test_the_balance_after_the_last_entry_is_the_figure(moves: list[tuple[K, int]], figure: Figure) -> None:
    entries = [entry(kind, pence, n) for n, (kind, pence) in enumerate(moves) if kind in figure.signs]
    sums = added(*({one.kind: one.pence} for one in entries))
    lines = list(running(entries, figure, figure, 500))
    closing = 500 + figure.of(sums)
    assert sum(line.pence for line in lines) == figure.of(sums)
    assert not lines or lines[-1].balance == closing
    assert newest_first(entries[::-1], figure, figure, closing) == lines[::-1]


def test_where_no_figure_is_chosen_each_entry_is_signed_as_its_kind_says() -> None:
    entries = [entry(K.AWARDED, 300), entry(K.PAID, 200), entry(K.RECOVERED, 50), entry(K.RELEASED, 100)]
    lines = list(running(entries, None, Figure.OUTSTANDING, 0))
    assert [line.pence for line in lines] == [300, 200, -50, -100]
    assert [line.balance for line in lines] == [300, 100, 100, 0]


def test_an_entry_shows_the_school_a_payment_was_for_else_the_one_that_led() -> None:
    paid_for = SchoolThen("100002", "Quayside")
    assert entry(K.PAID, 1, paid=paid_for).school == "Quayside"
    assert (entry(K.AWARDED, 1).school, entry(K.AWARDED, 1).urn) == ("Larkfield", "100001")
    assert entry(K.ALLOCATED, 1, lead=None).school is NO_SCHOOL.name


# -- the school that led on the day -----------------------------------------------------------------

FIRST = LeadPassed(10, NOON, "100001", "100002", "100001")
SECOND = LeadPassed(20, NOON + timedelta(30), "100002", "100003", "100002")


@pytest.mark.parametrize(("entry_id", "urn"), [(9, "100001"), (11, "100002"), (19, "100002"), (21, "100003")])
def test_each_entry_names_the_school_that_led_when_its_step_was_taken(entry_id: int, urn: str) -> None:
    assert lead_then("100003", [FIRST, SECOND], NOON, entry_id) == urn


@pytest.mark.parametrize(("days", "urn"), [(-1, "100001"), (1, "100002"), (31, "100003")])
def test_an_entry_of_no_step_goes_by_its_moment(days: int, urn: str) -> None:
    assert lead_then("100003", [FIRST, SECOND], NOON + timedelta(days), None) == urn


def test_a_partner_that_passed_to_the_lead_school_never_led() -> None:
    partner = LeadPassed(10, NOON, "100001", "100003", None)
    assert lead_then("100003", [partner], NOON, 9) == "100003"


def test_a_bid_that_went_to_another_school_by_mistake_was_led_by_it_meanwhile() -> None:
    mistaken = LeadPassed(10, NOON, "100001", "100009", "100001")
    mended = LeadPassed(20, NOON, "100001", "100003", "100009")
    assert [lead_then("100003", [mistaken, mended], NOON, n) for n in (9, 15, 25)] == [
        "100001",
        "100009",
        "100003",
    ]


def test_where_history_does_not_say_who_led_the_successor_took_the_lead_over() -> None:
    assert lead_then("100003", [SECOND._replace(lead="")], NOON, 9) == "100002"
    assert lead_then("100007", [SECOND._replace(lead="")], NOON, 9) == "100007"
