"""Money that lapses pays only what was served before: payments after 31 March, and moving it before."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.models.fund import Allocation
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import Membership, RoleName, Standing
from fundflow.payments import operations
from fundflow.payments.runs import answering, choosing
from fundflow.payments.runs import operations as runs
from fundflow.payments.year_end import fund_year, move_lapsing
from fundflow.spending import lapsing
from fundflow.steps import AlreadyTaken, take_and_commit
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import Award, SignIn, an_award
from tests.payments.runs.conftest import answers
from tests.payments.test_year_end import in_april

MARCH = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)
MAY = datetime(2027, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def may() -> Iterator[None]:
    with time_machine.travel(MAY, tick=False):
        yield


def checked(award: Award) -> Claim:
    """All that is due, asked for and checked in May."""
    bid = award.bid
    (claim,) = operations.ask_for_payment(bid, user=award.head, now=MAY, version=bid.version)
    operations.certify(claim, user=award.officer, now=MAY, version=claim.version)
    return claim


def pay(award: Award, claim: Claim) -> None:
    operations.pay(claim, payment_reference="BACS 2", user=award.finance, now=MAY, version=claim.version)


def lapsed(award: Award) -> Allocation:
    return min(award.bid.fund.allocations, key=lambda line: line.id)


def carries(award: Award, pence: int, **values: object) -> Allocation:
    found = award.make.allocation(award.bid.fund, pence, carries_forward=True, **values)
    db.session.commit()
    return found


def paid_by(award: Award) -> dict[int, tuple[int, int]]:
    """(committed, paid) by line."""
    found = ledger.by_bid(award.bid.id)
    for line in found.values():
        assert 0 <= line.paid <= line.committed
    for line in ledger.by_line(award.bid.fund_id).values():
        assert line.allocated == line.uncommitted + line.outstanding + line.paid
        assert line.free >= 0
    assert balances.wrong_balances() == []
    assert ledger.bid_totals(award.bid.id).awarded == award.bid.awarded_pence
    return {line: (t.committed, t.paid) for line, t in found.items()}


def test_days_served_by_31_march_and_paid_in_may_are_paid_by_the_line_that_lapsed(award: Award) -> None:
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    pay(award, checked(award))
    assert paid_by(award) == {lapsed(award).id: (300_000, 70_000)}


@pytest.mark.both_databases
def test_days_of_april_are_paid_by_a_line_that_carries_forward(award: Award) -> None:
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    in_april(award, 6, 7)
    later = carries(award, 100_000)
    claim = checked(award)
    pay(award, claim)
    assert paid_by(award) == {lapsed(award).id: (230_000, 70_000), later.id: (70_000, 70_000)}
    moved = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.kind.in_((K.MOVED_OUT, K.MOVED_IN))).order_by(LedgerEntry.id)
    ).all()
    assert [(one.kind, one.pence) for one in moved] == [(K.MOVED_OUT, 70_000), (K.MOVED_IN, 70_000)]
    (told,) = {one.history_entry_id for one in moved}
    assert db.session.get_one(HistoryEntry, told).step == "pay"


def test_without_room_the_payment_is_refused_and_says_what_to_do(award: Award) -> None:
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    in_april(award, 6, 7)
    carries(award, 69_999)
    claim = checked(award)
    with pytest.raises(Refused) as refusal:
        pay(award, claim)
    assert refusal.value.sentence == (
        "£700.00 of this payment is for what came after 31 March 2027. Schools forum 2026/27 pays only for "
        "what was done by then, and no other line has room for £0.01 of it. Add a new allocation line, or "
        "bring the award to the panel."
    )
    db.session.rollback()
    assert claim.state is ClaimState.CERTIFIED
    assert paid_by(award) == {lapsed(award).id: (300_000, 0)}
    carries(award, 1)
    pay(award, claim)
    assert sum(paid for _, paid in paid_by(award).values()) == 140_000


def test_a_line_that_may_not_support_the_school_gives_no_room(award: Award) -> None:
    in_april(award, 6)
    carries(award, 100_000, pays=("other",))
    with pytest.raises(Refused, match="no other line has room for £350"):
        pay(award, checked(award))


@pytest.mark.both_databases
def test_what_is_offered_to_others_is_no_room(award: Award) -> None:
    in_april(award, 6)
    later = carries(award, 40_000)
    entry = LedgerEntry(
        fund_id=later.fund_id,
        allocation_id=later.id,
        bid_id=award.bid.id,
        kind=K.RESERVED,
        pence=5_001,
        at=MAY,
    )
    balances.add_entry(entry)
    db.session.commit()
    with pytest.raises(Refused, match=r"no other line has room for £0\.01"):
        pay(award, checked(award))


def test_an_advance_counts_for_what_was_earned_first(make: Make) -> None:
    """£1,000 was paid in March, £1,050 earned by its end and £1,400 by May: £50 is the lapsed line's."""
    award = an_award(make)
    claim = Claim(
        bid=award.bid,
        school=award.bid.lead_school,
        number=1,
        kind=ClaimKind.ADVANCE,
        state=ClaimState.PAID,
        pence=100_000,
        created_at=MARCH,
        submitted_at=MARCH,
        paid_at=MARCH,
        paid_by_id=award.finance.id,
    )
    db.session.add(claim)
    db.session.flush()
    line = lapsed(award)
    entry = LedgerEntry(
        fund_id=line.fund_id,
        allocation_id=line.id,
        bid_id=award.bid.id,
        claim_id=claim.id,
        kind=K.PAID,
        pence=100_000,
        at=MARCH,
    )
    balances.add_entry(entry)
    award.worked(date(2027, 1, 6), date(2027, 1, 7), date(2027, 1, 8))
    in_april(award, 6)
    later = carries(award, 100_000)
    pay(award, second := checked(award))
    assert second.pence == 40_000
    assert paid_by(award) == {line.id: (265_000, 105_000), later.id: (35_000, 35_000)}


def test_what_is_paid_in_advance_after_the_lapse_is_not_the_lapsed_lines(make: Make) -> None:
    award = an_award(make, advance=100)
    later = carries(award, 300_000)
    claim = award.advance(300_000)
    award.worked(date(2027, 1, 6))
    operations.certify(claim, user=award.officer, now=MAY, version=claim.version)
    pay(award, claim)
    assert paid_by(award) == {lapsed(award).id: (35_000, 35_000), later.id: (265_000, 265_000)}


def test_days_the_school_is_asked_about_are_not_the_lapsed_lines_yet(award: Award) -> None:
    """A day of January is disputed; the day of April does not take its place."""
    award.worked(date(2027, 1, 6))
    in_april(award, 6)
    later = carries(award, 100_000)
    bid = award.bid
    (claim,) = operations.ask_for_payment(bid, user=award.head, now=MAY, version=bid.version)
    january = next(day.id for day in claim.days if day.day.month == 1)
    operations.dispute(
        claim, days=[january], reason="Where?", user=award.officer, now=MAY, version=claim.version
    )
    operations.certify(claim, user=award.officer, now=MAY, version=claim.version)
    pay(award, claim)
    assert paid_by(award) == {lapsed(award).id: (265_000, 0), later.id: (35_000, 35_000)}


def test_the_year_and_the_move_say_the_same_of_a_day_the_school_is_asked_about(award: Award) -> None:
    award.worked(date(2027, 1, 6))
    carries(award, 300_000)
    (claim,) = operations.ask_for_payment(award.bid, user=award.head, now=MAY, version=award.bid.version)
    operations.query(claim, reason="Where?", user=award.officer, now=MAY, version=claim.version)
    (found,) = fund_year(award.bid.fund, 2026).lapsing
    assert found.pence == sum(lapsing(award.bid, 2026).values()) == 265_000


def in_runs(award: Award) -> None:
    award.bid.fund.pays_in_runs = True
    db.session.commit()


def approved(award: Award) -> PaymentRun:
    fund = award.bid.fund
    choice = choosing.choices_for(fund)[0]
    run = runs.gather(fund, choice, user=award.finance, now=MAY)
    runs.approve(run, user=award.other_finance, now=MAY, version=run.version)
    return run


@pytest.mark.both_databases
def test_a_run_moves_the_commitment_as_it_is_approved(award: Award) -> None:
    in_runs(award)
    in_april(award, 6)
    later = carries(award, 35_000)
    checked(award)
    run = approved(award)
    assert paid_by(award) == {lapsed(award).id: (265_000, 0), later.id: (35_000, 0)}
    take_and_commit(run, "export", user=award.finance, now=MAY, version=run.version)
    answer = answers((run.lines[0].payment_id, "350.00", "Paid", ""))
    answering.load(run, answer, user=award.finance, now=MAY, version=run.version)
    assert paid_by(award) == {lapsed(award).id: (265_000, 0), later.id: (35_000, 35_000)}


def test_a_run_leaves_out_what_no_line_can_pay(award: Award) -> None:
    in_runs(award)
    in_april(award, 6)
    checked(award)
    with pytest.raises(Refused, match="You can’t approve any payment"):
        approved(award)


@pytest.mark.both_databases
def test_the_year_says_what_is_to_move_and_finance_moves_it(award: Award, sign_in: SignIn) -> None:
    award.worked(date(2027, 1, 6))
    later = carries(award, 300_000)
    with time_machine.travel(MARCH, tick=False):
        found = fund_year(award.bid.fund, 2026)
        assert [(one.bid, one.pence) for one in found.lapsing] == [(award.bid, 265_000)]
        client = sign_in(award.finance)
        page = client.get("/money/years/2026").text
        assert "Committed on lines that lapse, not earned by 31 March 2027: to move or to give back" in page
        address = f"/bids/{award.bid.reference}/money/years/2026/move"
        assert address in page
        form = {"reason": "Minute 14", "version": award.bid.version}
        assert "£2,650.00 of this award" in client.get(address).text
        assert client.post(address, data=form).status_code == 302
    db.session.expire_all()
    assert paid_by(award) == {lapsed(award).id: (35_000, 0), later.id: (265_000, 0)}
    assert fund_year(award.bid.fund, 2026).lapsing == []
    entry = db.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "move_lapsing")).one()
    assert (entry.reason, entry.internal) == ("Minute 14", True)
    in_april(award, 6, 7)
    pay(award, checked(award))  # an accrual of £350.00, and two days of April
    assert paid_by(award) == {lapsed(award).id: (35_000, 35_000), later.id: (265_000, 70_000)}


def test_the_same_click_twice_moves_it_once(award: Award) -> None:
    carries(award, 300_000)
    version, by = award.bid.version, {"user": award.finance, "now": MAY, "reason": "Minute 14"}
    move_lapsing(award.bid, 2026, version=version, **by)
    with pytest.raises(AlreadyTaken):
        move_lapsing(award.bid, 2026, version=version, **by)
    with pytest.raises(Refused, match="Nothing of this award is on lines that lapse with 2026/27"):
        move_lapsing(award.bid, 2026, version=award.bid.version, **by)


def test_nothing_moves_while_an_approved_run_is_to_pay_the_award(award: Award) -> None:
    in_runs(award)
    award.worked(date(2027, 1, 6))
    carries(award, 300_000)
    checked(award)
    run = approved(award)
    by = {"user": award.finance, "now": MAY, "reason": "Minute 14"}
    with pytest.raises(Refused, match=f"is in the payment run {run.reference}. Load its answer first"):
        move_lapsing(award.bid, 2026, version=award.bid.version, **by)
    db.session.rollback()
    runs.cancel(run, reason="x", user=award.finance, now=MAY, version=run.version)
    move_lapsing(award.bid, 2026, version=award.bid.version, **by)


def test_the_reason_for_a_move_holds_no_bank_details(award: Award) -> None:
    carries(award, 300_000)
    with pytest.raises(Refused, match="Bank details are never kept here"):
        move_lapsing(
            award.bid,
            2026,
            reason="To 12-34-56 12345678",
            user=award.finance,
            now=MAY,
            version=award.bid.version,
        )


def test_it_moves_only_where_there_is_room(award: Award) -> None:
    carries(award, 299_999)
    with pytest.raises(Refused, match=r"£3,000\.00 is to move.*have room for £2,999\.99 of it"):
        move_lapsing(
            award.bid, 2026, reason="Minute 14", user=award.finance, now=MAY, version=award.bid.version
        )
    db.session.rollback()
    assert paid_by(award) == {lapsed(award).id: (300_000, 0)}


def test_before_march_it_may_still_be_earned(award: Award) -> None:
    january = datetime(2027, 1, 20, 10, 0, tzinfo=UTC)
    with pytest.raises(Refused, match=r"Money of 2026/27 can be moved from 1 March 2027\."):
        move_lapsing(award.bid, 2026, reason="x", user=award.finance, now=january, version=award.bid.version)


@pytest.mark.parametrize("role", [RoleName.OFFICER, RoleName.AUDITOR, RoleName.IMPACT_OFFICER])
def test_finance_alone_moves_it(award: Award, role: RoleName) -> None:
    user = award.make.staff(role)
    carries(award, 300_000)
    with pytest.raises(Refused, match="finance"):
        move_lapsing(award.bid, 2026, reason="x", user=user, now=MAY, version=award.bid.version)


def test_finance_of_a_school_of_the_bid_does_not_move_it(award: Award) -> None:
    place = Membership(school=award.bid.lead_school, standing=Standing.TEAM, starts_on=date(2020, 1, 1))
    award.finance.memberships.append(place)
    carries(award, 300_000)
    with pytest.raises(Refused, match="You can’t move this money"):
        move_lapsing(award.bid, 2026, reason="x", user=award.finance, now=MAY, version=award.bid.version)


@pytest.mark.parametrize("year", ["1999", "2028", "x"])
def test_a_year_that_is_none_has_nothing_to_move(award: Award, sign_in: SignIn, year: str) -> None:
    address = f"/bids/{award.bid.reference}/money/years/{year}/move"
    assert sign_in(award.finance).get(address).status_code == 404
