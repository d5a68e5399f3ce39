"""Every check finds what breaks its promise in the demonstration's data, and nothing in them as they are."""

import pytest
from flask import Flask

from fundflow.checking import CHECKS, everything_wrong
from fundflow.checking.registry import found_by
from fundflow.extensions import db
from tests.checking.breaking import break_with

pytestmark = [pytest.mark.thorough, pytest.mark.both_databases]  # they break what nearly every step left

ONE_LETTER = "id = (SELECT min(id) FROM letter WHERE bid_id IS NOT NULL)"
BREAKS = {
    "balances": "UPDATE bid_balance SET pence = pence + 1",
    "one_fund": "UPDATE ledger_entry SET fund_id = fund_id + 1",
    "one_bid": "UPDATE ledger_entry SET bid_id = bid_id + 1 WHERE history_entry_id IS NOT NULL",
    "not_below_nothing": "UPDATE bid_balance SET pence = -pence WHERE kind = 'paid'",
    "not_overspent": "UPDATE line_balance SET pence = 1 WHERE kind = 'allocated'",
    "reserved_for_offers": "UPDATE offer SET pence = pence + 1",
    "awards_in_the_ledger": "UPDATE bid SET awarded_pence = awarded_pence + 1 WHERE awarded_pence > 0",
    "claims_paid": "UPDATE claim SET pence = pence + 1 WHERE state = 'paid'",
    "recoveries_in_the_ledger": "UPDATE recovery SET pence = pence + 1 WHERE state = 'recovered'",
    "runs_add_up": "UPDATE payment_run SET pence = pence + 1 WHERE approved_at IS NOT NULL",
    "states": "UPDATE bid SET state = 'closed' WHERE state = 'in_delivery'",
    "steps_follow": "UPDATE history_entry SET from_state = 'closed' WHERE step = 'recommend'",
    "steps_of_the_table": "UPDATE history_entry SET step = 'approve' WHERE step = 'take_up'",
    "words_of_history": "UPDATE history_words SET reason = 'Another reason' WHERE reason != ''",
    "letters_of_steps": "UPDATE letter SET history_entry_id = NULL, written_at = '2001-01-01 00:00:00'",
    "letters_of_their_bid": f"UPDATE letter SET bid_id = bid_id + 1 WHERE {ONE_LETTER}",
    "digests_to_their_reader": (
        f"UPDATE letter SET digest_id = (SELECT max(id) FROM letter), email = 'x@y.uk' WHERE {ONE_LETTER}"
    ),
    "sent_versions": "UPDATE submission SET answers = answers || ' '",
    "papers": "UPDATE paper SET report = '{}'",
    "versions_without_gaps": "UPDATE submission SET number = number + 5",
    "run_files": "UPDATE payment_run SET content = CAST('x' AS BLOB) WHERE content IS NOT NULL",
    "seals_named": "UPDATE payment_run SET seal = 'a' WHERE approved_at IS NOT NULL",
    "stored_files": "UPDATE attachment SET store_key = store_key || '0'",
    "payees_confirmed": "UPDATE claim SET payee_name = 'Somebody' WHERE payee_id IS NOT NULL",
    "one_chair": "UPDATE seat SET position = 'chair'",
    "substitutes": "UPDATE seat SET stands_in_for_id = id WHERE stands_in_for_id IS NOT NULL",
    "terms": "UPDATE seat SET ends_on = '2001-01-01'",
    "votes_of_the_panel": "UPDATE meeting SET fund_id = fund_id + 1",
    "keys": "UPDATE claim SET school_id = 999999999",
    "records_of_history": "UPDATE history_entry SET record_id = 999999999 WHERE process = 'claim'",
}


def test_nothing_is_wrong_with_the_demonstration(council: Flask) -> None:
    with council.app_context():
        assert list(everything_wrong(chains=True)) == []
        db.session.remove()


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_what_breaks_its_promise(broken: Flask, name: str) -> None:
    statement = BREAKS[name]
    if db.engine.dialect.name == "postgresql":
        statement = statement.replace("CAST('x' AS BLOB)", "'x'::bytea")
    break_with(statement)
    found = list(found_by(CHECKS[name], db.session()))
    assert found
    assert {wrong.check for wrong in found} == {name}
    assert all(wrong.sentence.endswith(".") for wrong in found)
