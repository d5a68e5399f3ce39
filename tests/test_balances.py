"""Running balances are what the ledger's entries add up to."""

from typing import Any

from sqlalchemy import update

from fundflow import balances, ledger
from fundflow.models.ledger_entry import BidBalance, EntryKind, LineBalance
from fundflow.workflow.application import BidState
from tests.factories import Make


def test_an_entry_and_its_balances_are_one_transaction(make: Make, session: Any) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    session.commit()
    make.entry(bid, EntryKind.PAID, 70_000)
    assert ledger.bid_totals(bid.id).paid == 70_000
    session.rollback()
    assert ledger.bid_totals(bid.id).paid == 0
    assert balances.wrong_balances() == []


def test_a_wrong_balance_is_named_and_made_again(make: Make, session: Any, app: Any) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    session.execute(update(BidBalance).where(BidBalance.kind == EntryKind.AWARDED).values(pence=1))
    session.execute(update(LineBalance).where(LineBalance.kind == EntryKind.ALLOCATED).values(pence=2))
    session.commit()
    run = app.test_cli_runner().invoke
    said = run(args=["funds", "check-balances"])
    assert said.exit_code == 1
    assert f"{bid.reference}, " in said.output
    assert "Awarded: the balance is £0.01, the entries £3,000.00." in said.output
    assert "Allocated to the fund: the balance is £0.02, the entries £199,500.00." in said.output
    assert run(args=["funds", "check-balances", "--rebuild"]).exit_code == 0
    session.expire_all()
    assert balances.wrong_balances() == []
    assert ledger.bid_totals(bid.id).awarded == 300_000
