"""`fundflow check` says what is wrong, and by its exit status that something is."""

from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from fundflow import database
from fundflow.chain.sealing import begin_and_seal
from fundflow.checking import CHECKS, everything_wrong
from fundflow.extensions import db
from fundflow.models.ledger_entry import BidBalance, EntryKind
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from tests.factories import NOW, Make


def test_a_check_that_finds_nothing_says_so(make: Make, app: Flask) -> None:
    make.bid(state=BidState.IN_DELIVERY)
    make.session.commit()
    said = app.test_cli_runner().invoke(args=["check"])
    assert (said.exit_code, said.output) == (0, f"Nothing is wrong: {len(CHECKS)} checks.\n")


def test_what_is_wrong_is_named_and_the_status_is_1(make: Make, app: Flask) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    make.session.execute(update(BidBalance).where(BidBalance.kind == EntryKind.AWARDED).values(pence=1))
    make.session.commit()
    said = app.test_cli_runner().invoke(args=["check"])
    assert said.exit_code == 1
    assert f"balances: The balance “Awarded” of bid number {bid.id} on allocation line " in said.output
    assert " is £0.01, and its entries come to £3,000.00.\n" in said.output
    assert "Error: 2 things wrong.\n" in said.output


def test_a_seal_that_somebody_kept_is_looked_for(make: Make, app: Flask) -> None:
    make.bid(state=BidState.IN_DELIVERY)
    make.session.commit()
    made = begin_and_seal(NOW)
    assert made is not None
    kept = f"{made.hash[:32].upper()} {made.hash[32:]}"
    said = app.test_cli_runner().invoke(args=["check", "--chain", "--seal", kept])
    assert said.exit_code == 0
    assert said.output.startswith(f"This is the seal of {day_words(made.day)}.\nNothing is wrong")
    said = app.test_cli_runner().invoke(args=["check", "--seal", "0" * 64])
    assert said.exit_code == 1
    assert said.output.startswith("seal: No seal has this hash.")
    assert "Error: 1 thing wrong." in said.output


def test_a_check_asks_as_many_queries_of_many_bids_as_of_one(make: Make) -> None:
    def asked() -> int:
        make.session.commit()
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert list(everything_wrong()) == []
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    fund = make.bid(state=BidState.IN_DELIVERY).fund
    once = asked()
    for state in (BidState.IN_DELIVERY, BidState.OFFERED, BidState.AT_PANEL):
        make.bid(state=state, fund=fund)
    assert asked() == once


def test_a_check_sees_one_moment_and_writes_nothing(real_app: Flask) -> None:
    with real_app.app_context(), database.snapshot(db.engine) as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
        else:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
            assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
