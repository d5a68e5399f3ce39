"""The fund's money (docs/rules.md, "The ledger"): figures worked out by hand, and refusals."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.models.bid import Bid
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.workflow.engine import Money, Refused
from tests.factories import NOW, Make
from tests.till import ACADEMY, MAINTAINED, Till


@pytest.fixture
def till(make: Make) -> Callable[..., Till]:
    def fund(allocated: int = 0) -> Till:
        return Till(make, make.fund(allocated=allocated))

    return fund


def entries(bid: Bid) -> list[tuple[EntryKind, int, int]]:
    """(kind, allocation line, pence) in the order they were made."""
    rows = select(LedgerEntry).where(LedgerEntry.bid_id == bid.id).order_by(LedgerEntry.id)
    from fundflow.extensions import db

    return [(row.kind, row.allocation_id, row.pence) for row in db.session.scalars(rows)]


def test_the_worked_example_of_the_brief(till: Callable[..., Till]) -> None:
    fund = till(15_000_000)
    fund.make.allocation(fund.fund, 4_950_000)  # the top-up
    one, other = fund.bid(), fund.bid()
    fund.award(one, 3_750_000)
    fund.award(other, 6_000_000)
    fund.pay(one, 3_320_000)
    fund.pay(other, 2_800_000)
    fund.release(one)  # what it did not need: £4,300
    fund.recover(one, 150_000)

    now = fund.totals
    assert (now.allocated, now.awarded) == (19_950_000, 9_750_000)
    assert (now.released, now.recovered) == (430_000, 150_000)
    assert now.committed == 9_170_000
    assert (now.paid_gross, now.paid) == (6_120_000, 5_970_000)
    assert now.outstanding == 3_200_000
    assert now.uncommitted == now.free == 10_780_000
    assert now.allocated == now.uncommitted + now.outstanding + now.paid


def test_an_offer_reserves_and_commits_nothing(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    fund.offer(fund.bid(), 300_000)
    now = fund.totals
    assert (now.reserved, now.committed, now.uncommitted, now.free) == (300_000, 0, 1_000_000, 700_000)


def test_an_accepted_offer_is_reserved_no_longer(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    bid = fund.bid()
    fund.award(bid, 300_000)
    now = fund.totals
    assert (now.reserved, now.committed, now.free) == (0, 300_000, 700_000)
    assert bid.awarded_pence == 300_000


def test_an_offer_that_ends_frees_its_money(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    bid = fund.bid()
    fund.offer(bid, 300_000)
    fund.release(bid)
    assert fund.totals.free == 1_000_000
    fund.offer(bid, 900_000)  # renewed, for more
    fund.move(Money.AWARD, bid)
    assert bid.awarded_pence == 900_000


def test_releasing_twice_releases_once(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    bid = fund.bid()
    fund.award(bid, 300_000)
    fund.release(bid)
    fund.release(bid)
    assert (fund.totals.released, fund.totals.free) == (300_000, 1_000_000)


def test_no_offer_above_what_is_free(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    fund.offer(fund.bid(), 600_000)
    bid = fund.bid()
    with pytest.raises(Refused) as refusal:
        fund.offer(bid, 400_001)
    assert refusal.value.sentence == (
        f"The fund can still offer £4,000.00 to {bid.lead_school.name}; this offer is £4,000.01."
    )
    assert fund.totals.free == 400_000
    fund.offer(bid, 400_000)
    assert fund.totals.free == 0
    assert ledger.may_still_offer(bid, NOW) == 0


def test_nothing_is_paid_above_the_award(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    bid = fund.bid()
    fund.award(bid, 300_000)
    fund.pay(bid, 200_000)
    with pytest.raises(Refused, match=r"^Only £1,000\.00 of this award is unpaid\.$"):
        fund.pay(bid, 100_001)
    fund.pay(bid, 100_000)
    assert fund.totals.outstanding == 0


def test_nothing_is_paid_on_an_offer_that_is_not_accepted(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    bid = fund.bid()
    fund.offer(bid, 300_000)
    with pytest.raises(Refused):
        fund.pay(bid, 1)


def test_no_more_is_recovered_than_was_paid(till: Callable[..., Till]) -> None:
    fund = till(1_000_000)
    bid = fund.bid()
    fund.award(bid, 300_000)
    fund.pay(bid, 100_000)
    with pytest.raises(Refused, match="More than was paid"):
        fund.recover(bid, 100_001)
    fund.recover(bid, 100_000)
    assert (fund.totals.paid, fund.totals.recovered) == (0, 100_000)


def test_a_line_pays_only_the_kinds_of_school_it_may(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    make.allocation(fund.fund, 500_000, pays=("maintained",))  # de-delegated
    shared = make.allocation(fund.fund, 100_000)
    academy, maintained = fund.bid(ACADEMY), fund.bid(MAINTAINED)

    assert ledger.may_still_offer(academy, NOW) == 100_000
    assert ledger.may_still_offer(maintained, NOW) == 600_000
    with pytest.raises(Refused, match=r"can still offer £1,000\.00"):
        fund.offer(academy, 100_001)
    fund.offer(academy, 100_000)
    assert entries(academy) == [(EntryKind.RESERVED, shared.id, 100_000)]
    assert ledger.may_still_offer(maintained, NOW) == 500_000


def test_money_that_lapses_is_spent_before_older_money_that_carries_forward(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    older = make.allocation(fund.fund, 500_000, year=2025, carries_forward=True)
    lapses = make.allocation(fund.fund, 200_000, year=2026)
    bid = fund.bid()
    fund.award(bid, 300_000)
    fund.pay(bid, 250_000)
    fund.recover(bid, 60_000)  # what is spent last comes back first
    assert {line: (t.awarded, t.paid_gross, t.recovered) for line, t in ledger.by_bid(bid.id).items()} == {
        lapses.id: (200_000, 200_000, 10_000),
        older.id: (100_000, 50_000, 50_000),
    }


def test_the_oldest_line_pays_first_with_an_entry_a_line(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    newer = make.allocation(fund.fund, 500_000, year=2026, carries_forward=True)
    older = make.allocation(fund.fund, 200_000, year=2025, carries_forward=True)
    bid = fund.bid()
    fund.award(bid, 300_000)
    K = EntryKind
    assert entries(bid) == [
        (K.RESERVED, older.id, 200_000),
        (K.RESERVED, newer.id, 100_000),
        (K.UNRESERVED, older.id, 200_000),
        (K.AWARDED, older.id, 200_000),
        (K.UNRESERVED, newer.id, 100_000),
        (K.AWARDED, newer.id, 100_000),
    ]
    fund.pay(bid, 250_000)
    assert entries(bid)[-2:] == [(K.PAID, older.id, 200_000), (K.PAID, newer.id, 50_000)]
    fund.recover(bid, 60_000)  # the newest line's money comes back first
    assert entries(bid)[-2:] == [(K.RECOVERED, newer.id, 50_000), (K.RECOVERED, older.id, 10_000)]


@pytest.mark.parametrize(
    ("year", "carries_forward", "free"),
    [
        (2025, False, 0),
        (2025, True, 500_000),
        (2026, False, 500_000),
        (2027, False, 0),
    ],
)
def test_last_years_money_is_offered_only_where_it_carries_forward(
    make: Make, year: int, carries_forward: bool, free: int
) -> None:
    fund = Till(make, make.fund(allocated=0))
    make.allocation(fund.fund, 500_000, year=year, carries_forward=carries_forward)
    assert ledger.may_still_offer(fund.bid(), NOW) == free


def test_a_year_ends_on_the_last_of_march(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    make.allocation(fund.fund, 500_000, year=2026)
    bid = fund.bid()
    assert ledger.may_still_offer(bid, datetime(2027, 3, 31, 22, 59, tzinfo=UTC)) == 500_000
    assert ledger.may_still_offer(bid, datetime(2027, 3, 31, 23, 0, tzinfo=UTC)) == 0  # summer time


def test_money_that_lapsed_pays_nothing_that_was_not_served_before(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    lapsed = make.allocation(fund.fund, 500_000, year=2025)
    bid = fund.bid()
    fund.award(bid, 300_000, datetime(2026, 3, 20, tzinfo=UTC))
    with pytest.raises(Refused, match=r"no other line has room for £3,000\.00"):
        fund.pay(bid, 300_000)
    now = make.allocation(fund.fund, 400_000)
    fund.pay(bid, 300_000)
    figures = ledger.by_line(fund.fund.id)
    assert (figures[lapsed.id].uncommitted, figures[now.id].paid) == (500_000, 300_000)
    assert (fund.totals.awarded, fund.totals.released) == (300_000, 0)


def test_a_cut_may_take_what_is_free_below_zero_and_then_nothing_is_offered(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    line = make.allocation(fund.fund, 500_000)
    bid = fund.bid()
    fund.award(bid, 400_000)
    ledger.cut(line, 200_000, user=fund.clerk, now=NOW, minute="Minute 31")
    make.session.flush()
    now = fund.totals
    assert (now.allocated, now.uncommitted, now.free) == (300_000, -100_000, -100_000)
    assert now.allocated == now.uncommitted + now.outstanding + now.paid
    other = fund.bid()
    assert ledger.may_still_offer(other, NOW) == 0
    with pytest.raises(Refused, match=r"can still offer £0\.00"):
        fund.offer(other, 1)


def test_an_offer_can_become_smaller_after_a_cut_and_never_larger(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    line = make.allocation(fund.fund, 500_000)
    bid = fund.bid()
    fund.offer(bid, 400_000)
    ledger.cut(line, 450_000, user=fund.clerk, now=NOW, minute="Minute 31")
    make.session.flush()
    for pence in (400_000, 250_000):
        bid.offer.pence = pence
        fund.move(Money.REVISE, bid)
        assert (fund.totals.reserved, fund.totals.free) == (pence, 50_000 - pence)
    bid.offer.pence = 250_001
    with pytest.raises(Refused, match=r"can still offer £500\.00"):
        fund.move(Money.REVISE, bid)


def test_a_cut_of_one_line_does_not_eat_the_money_of_another(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    line = make.allocation(fund.fund, 300_000)
    fund.award(fund.bid(), 300_000)
    make.allocation(fund.fund, 100_000)
    ledger.cut(line, 50_000, user=fund.clerk, now=NOW, minute="Minute 31")
    make.session.flush()
    assert ledger.may_still_offer(fund.bid(), NOW) == 100_000


def test_figures_of_a_year_a_line_and_a_bid_add_up_to_the_funds(make: Make) -> None:
    fund = Till(make, make.fund(allocated=0))
    make.allocation(fund.fund, 200_000, year=2025, carries_forward=True)
    make.allocation(fund.fund, 500_000, year=2026)
    bids = [fund.bid(), fund.bid()]
    fund.award(bids[0], 250_000)
    fund.pay(bids[0], 120_000)
    fund.offer(bids[1], 100_000)
    whole = fund.totals
    years = [ledger.totals(fund.fund.id, year=year) for year in (2025, 2026)]
    lines = list(ledger.by_line(fund.fund.id).values())
    for parts in (years, lines):
        assert [sum(column) for column in zip(*parts, strict=True)] == list(whole)
    each = [ledger.bid_totals(bid.id) for bid in bids]
    assert sum(t.committed for t in each) == whole.committed
    assert (each[0].outstanding, each[1].reserved) == (130_000, 100_000)


def test_one_fund_does_not_see_the_money_of_another(till: Callable[..., Till]) -> None:
    one, other = till(1_000_000), till(500_000)
    one.award(one.bid(), 300_000)
    assert other.totals.free == 500_000
    with pytest.raises(Refused):
        other.offer(other.bid(), 500_001)
