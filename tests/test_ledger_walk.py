"""The ledger at random: offers, awards, payments and recoveries in any order, and the money adds up."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from fundflow import balances, ledger
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.workflow.engine import Money, Refused
from tests.factories import NOW, Make
from tests.till import ACADEMY, MAINTAINED, Till

PENCE = st.integers(1, 400_000)
NEXT_YEAR = datetime(2027, 5, 4, 10, 0, tzinfo=UTC)


class MoneyWalk(RuleBasedStateMachine):
    """Offers, awards, payments, releases and recoveries at random, some of them refused."""

    make: Make
    bids = Bundle("bids")

    @initialize(
        lines=st.lists(
            st.tuples(
                PENCE,
                st.sampled_from([2025, 2026]),
                st.booleans(),
                st.sampled_from([("maintained",), ("maintained", "academy")]),
            ),
            min_size=1,
            max_size=3,
        )
    )
    def a_fund(self, lines: list[tuple[int, int, bool, tuple[str, ...]]]) -> None:
        self.till = Till(self.make, self.make.fund(allocated=0))
        for pence, year, carries_forward, pays in lines:
            self.make.allocation(self.till.fund, pence, year=year, pays=pays, carries_forward=carries_forward)

    @rule(target=bids, type_code=st.sampled_from([ACADEMY, MAINTAINED]))
    def a_bid(self, type_code: int) -> Bid:
        return self.till.bid(type_code)

    @rule(bid=bids, pence=PENCE)
    def offer(self, bid: Bid, pence: int) -> None:
        if ledger.bid_totals(bid.id).reserved or bid.awarded_pence:
            return  # one offer at a time, and none after an award: the workflow sees to that
        most = ledger.may_still_offer(bid, NOW)
        if pence > most:
            with pytest.raises(Refused):
                self.till.offer(bid, pence)
            assert ledger.bid_totals(bid.id).reserved == 0
        else:
            self.till.offer(bid, pence)
            assert ledger.may_still_offer(bid, NOW) == most - pence

    @rule(bid=bids)
    def accept(self, bid: Bid) -> None:
        if ledger.bid_totals(bid.id).reserved:
            self.till.move(Money.AWARD, bid)

    @rule(bid=bids, pence=PENCE)
    def pay(self, bid: Bid, pence: int) -> None:
        left = ledger.bid_totals(bid.id).outstanding
        if pence > left:
            with pytest.raises(Refused):
                self.till.pay(bid, pence)
        else:
            self.till.pay(bid, pence)
            assert ledger.bid_totals(bid.id).outstanding == left - pence

    @rule(bid=bids, pence=PENCE)
    def pay_after_the_year(self, bid: Bid, pence: int) -> None:
        """Nothing was served by then: lines that lapsed pay none of it, and the commitment moves."""
        lines = {line.id: line for line in self.till.fund.allocations}
        left = {line: t.outstanding for line, t in ledger.by_bid(bid.id).items()}
        stands = sum(rest for line, rest in left.items() if lines[line].carries_forward)
        room = sum(
            max(t.free, 0)
            for line, t in ledger.by_line(self.till.fund.id).items()
            if lines[line].may_pay(bid.lead_school.kind, 2027)
        )
        lapsed = {line: ledger.by_bid(bid.id)[line].paid for line in left if not lines[line].carries_forward}
        if pence > sum(left.values()) or pence > stands + room:
            with pytest.raises(Refused):
                self.till.pay(bid, pence, NEXT_YEAR)
        else:
            self.till.pay(bid, pence, NEXT_YEAR)
            after = ledger.by_bid(bid.id)
            assert sum(t.outstanding for t in after.values()) == sum(left.values()) - pence
            assert {line: after[line].paid for line in lapsed} == lapsed
            assert ledger.bid_totals(bid.id).awarded == bid.awarded_pence

    @rule(bid=bids, pence=PENCE)
    def recover(self, bid: Bid, pence: int) -> None:
        paid = ledger.bid_totals(bid.id).paid
        if pence > paid:
            with pytest.raises(Refused):
                self.till.recover(bid, pence)
        else:
            self.till.recover(bid, pence)
            assert ledger.bid_totals(bid.id).paid == paid - pence

    @rule(bid=bids)
    def release(self, bid: Bid) -> None:
        self.till.release(bid)
        after = ledger.bid_totals(bid.id)
        assert (after.reserved, after.outstanding) == (0, 0)

    @invariant()
    def the_sums_hold(self) -> None:
        if not hasattr(self, "till"):
            return
        whole = self.till.totals
        for now in [whole, *ledger.by_line(self.till.fund.id).values()]:
            assert now.allocated == now.uncommitted + now.outstanding + now.paid
            assert now.free >= 0
            assert min(now.reserved, now.outstanding, now.paid) >= 0
        assert balances.wrong_balances() == []

    @invariant()
    def no_line_pays_a_kind_of_school_it_may_not(self) -> None:
        if not hasattr(self, "till"):
            return
        rows = self.make.session.execute(
            select(Allocation, Bid)
            .join(LedgerEntry, LedgerEntry.allocation_id == Allocation.id)
            .join(Bid, Bid.id == LedgerEntry.bid_id)
            .where(Bid.fund_id == self.till.fund.id)
        )
        assert all(line.may_pay(bid.lead_school.kind, 2026) for line, bid in rows)


@pytest.mark.hypothesis
def test_the_money_adds_up_whatever_happens(make: Make) -> None:
    class Walk(MoneyWalk):
        pass

    Walk.make = make
    run_state_machine_as_test(Walk, settings=settings(Walk.TestCase.settings, stateful_step_count=20))
