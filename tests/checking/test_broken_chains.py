"""One byte changed behind the service is found by the chains and named, and so is a chain written again."""

import re

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from fundflow.chain.linking import add_links, erase_salts, link_rows, written
from fundflow.chain.sealing import begin_and_seal
from fundflow.checking import everything_wrong
from fundflow.checking.chain import broken_chains, seal_of
from fundflow.checking.seal_letters import write_seal_letters
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.bid import Bid
from fundflow.models.chain import ChainHead, ChainLink, Seal, SealedHead
from fundflow.models.files import Attachment
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.letter import Letter
from fundflow.personal.registry import tables
from fundflow.personal.removing import erase_history_words
from tests.checking.breaking import break_with, let_anything_pass
from tests.demo.test_load import BETWEEN_THE_YEARS

pytestmark = [pytest.mark.thorough, pytest.mark.both_databases]

ONE = "(SELECT min(id) FROM {} WHERE {})"
FLIPPED = {
    "history": (
        "UPDATE history_entry SET step = 'take_op' WHERE id = {}",
        "history_entry",
        "step = 'take_up'",
    ),
    "vote": ("UPDATE vote SET by_email = NOT by_email WHERE id = {}", "vote", "1 = 1"),
    "letter": ("UPDATE letter SET body = body || '.' WHERE id = {}", "letter", "bid_id IS NOT NULL"),
    "ledger": ("UPDATE ledger_entry SET pence = pence + 1 WHERE id = {}", "ledger_entry", "kind = 'awarded'"),
    "decision": ("UPDATE decision SET reasons = reasons || ' ' WHERE id = {}", "decision", "1 = 1"),
    "role": ("UPDATE role_grant SET role = 'administrator' WHERE id = {}", "role_grant", "role = 'officer'"),
    "run": (
        "UPDATE payment_run SET pence = pence + 1 WHERE id = {}",
        "payment_run",
        "approved_at IS NOT NULL",
    ),
}
SAID = {
    "history": ("entry {} of the history", "is not what was written"),
    "vote": ("vote {}", "is not what was written"),
    "letter": ("letter {}", "has other words than were written"),
    "ledger": ("entry {} of the ledger", "is not what was written"),
    "decision": ("decision {}", "has other words than were written"),
    "role": ("role {}", "is not what was written"),
    "run": ("payment run {}", "is not what was written"),
}


def found() -> list[str]:
    return [wrong.sentence for wrong in broken_chains(db.session())]


@pytest.mark.parametrize("kind", FLIPPED)
def test_a_row_that_was_changed_is_named(broken: Flask, kind: str) -> None:
    statement, table, which = FLIPPED[kind]
    number = db.session.scalar(text(ONE[1:-1].format(table, which)))
    break_with(statement.format(number))
    (sentence,) = found()
    what, how = SAID[kind]
    assert what.format(number) in sentence
    assert how in sentence
    bid = (
        db.session.scalar(text(f"SELECT bid_id FROM {table} WHERE id = {number}")) if "bid" in which else None
    )
    if bid:
        assert sentence.startswith(db.session.get_one(Bid, bid).reference)


def test_a_file_whose_bytes_were_changed_is_named(broken: Flask) -> None:
    file = db.session.scalars(select(Attachment).order_by(Attachment.id)).first()
    assert file is not None
    path = broken.config["DATA"] / "files" / file.store_key
    kept = path.read_bytes()
    path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
    try:
        said = [wrong.sentence for wrong in everything_wrong(chains=True)]
        assert said == [
            f"{file.bid.reference}: “{file.name}” is not what was stored (stored as {file.store_key})."
        ]
        break_with(
            "UPDATE attachment SET sha256 = :new WHERE id = :id",
            new=files().hash_of(file.store_key),
            id=file.id,
        )
        (sentence,) = found()  # whoever changes the hash too
        assert f"file {file.id} (link" in sentence
    finally:
        path.write_bytes(kept)


def test_a_row_that_is_gone_is_named(broken: Flask) -> None:
    alone = Letter.digest_id.is_(None), Letter.bid_id.is_not(None)
    number = db.session.scalars(select(Letter.id).where(*alone).order_by(Letter.id.desc())).first()
    break_with("DELETE FROM letter WHERE id = :id", id=number)
    (sentence,) = found()
    assert f"letter {number} (link" in sentence
    assert sentence.endswith("is gone.")


def test_a_row_that_was_slipped_in_is_named(broken: Flask) -> None:
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.bid_id.is_not(None))).first()
    assert entry is not None
    columns = [c.name for c in LedgerEntry.__table__.columns if c.name != "id"]
    names, one = ", ".join(columns), entry.id
    break_with(
        f"INSERT INTO ledger_entry (id, {names}) SELECT 999999, {names} FROM ledger_entry WHERE id = {one}"
    )
    assert any("entry 999999 of the ledger was not written by the service" in said for said in found())


def test_a_link_that_was_changed_or_taken_out_is_named(broken: Flask) -> None:
    chain = db.session.scalars(select(ChainLink.chain).where(ChainLink.number == 5)).first()
    break_with("UPDATE chain_link SET digest = hash WHERE chain = :chain AND number = 3", chain=chain)
    assert any("link 3 of its chain" in said and "does not fit" in said for said in found())
    break_with("DELETE FROM chain_link WHERE chain = :chain AND number = 4", chain=chain)
    assert sum("link 3 of its chain" in said for said in found()) >= 1
    break_with("UPDATE chain_head SET number = number + 1 WHERE chain = :chain", chain=chain)
    assert any("are there." in said for said in found())


def test_a_seal_that_was_changed_is_named(broken: Flask) -> None:
    other = "CASE WHEN hash LIKE 'a%' THEN 'b' ELSE 'a' END"
    break_with(f"UPDATE seal SET hash = {other} || substr(hash, 2)")
    assert [said for said in found() if said.startswith("The seal of 29 December 2026 does not fit")]


def test_a_chain_written_again_as_a_whole_is_found_by_the_last_seal(broken: Flask) -> None:
    """Everything fits, but for the seal: that is what it is for."""
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.bid_id.is_not(None))).first()
    assert entry is not None
    chain, reference = f"bid:{entry.bid_id}", db.session.get_one(Bid, entry.bid_id).reference
    break_with("UPDATE ledger_entry SET at = '2020-01-01 00:00:00' WHERE id = :id", id=entry.id)
    _write_again(chain)
    (sentence,) = found()
    assert sentence.startswith(f"{reference}: its chain was written again since the seal of 29 December 2026")


def _write_again(chain: str) -> None:
    from fundflow.chain.canonical import OF_TABLES

    let_anything_pass()
    links = db.session.execute(
        select(ChainLink.row_of, ChainLink.row_id).where(ChainLink.chain == chain).order_by(ChainLink.number)
    ).all()
    sealed = db.session.scalar(select(ChainHead.sealed).where(ChainHead.chain == chain))
    db.session.execute(delete(ChainLink).where(ChainLink.chain == chain))
    db.session.execute(delete(ChainHead).where(ChainHead.chain == chain))
    for table, number in links:
        add_links(db.session(), [written(db.session.get_one(OF_TABLES[table], number))])
    db.session.execute(update(ChainHead).where(ChainHead.chain == chain).values(sealed=sealed))


def test_all_chains_and_seals_written_again_are_found_by_the_seal_of_a_letter(broken: Flask) -> None:
    """Nothing inside the database tells of it: what left the database does."""
    write_seal_letters(BETWEEN_THE_YEARS)
    letter = db.session.scalars(select(Letter).where(Letter.key.like("seal:%"))).first()
    assert letter is not None
    kept = re.search(r"^[0-9a-f]{64}$", letter.body, re.MULTILINE)
    assert kept
    assert seal_of(kept[0]) is not None
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.bid_id.is_not(None))).first()
    assert entry is not None
    break_with("UPDATE ledger_entry SET at = '2020-01-01 00:00:00' WHERE id = :id", id=entry.id)
    assert found()
    for model in (ChainLink, ChainHead, SealedHead, Seal):
        db.session.execute(delete(model))
    begin_and_seal(BETWEEN_THE_YEARS)
    assert found() == []
    assert seal_of(kept[0]) is None


def test_words_that_the_service_erased_leave_the_chain_whole(broken: Flask) -> None:
    letters = Letter.__table__.c.bid_id.is_not(None)
    let_anything_pass()
    erase_salts(db.session(), "letter", letters)
    db.session.execute(update(Letter.__table__).where(letters).values(body="", subject=""))
    link_rows(db.session())
    db.session.expire_all()
    assert found() == []


def test_words_of_the_history_that_somebody_deleted_are_named(broken: Flask) -> None:
    break_with(
        f"DELETE FROM history_words WHERE entry_id = {ONE.format('history_entry', 'bid_id IS NOT NULL')}"
    )
    (sentence,) = found()
    assert re.fullmatch(r"\S+: entry \d+ of the history has lost its words\.", sentence)


def test_words_of_the_history_that_a_removal_erased_leave_the_chain_whole(broken: Flask) -> None:
    let_anything_pass()
    assert erase_history_words(tables()["history_words"].c.reason != "")
    link_rows(db.session())
    db.session.expire_all()
    assert found() == []


def test_a_salt_that_somebody_erased_hides_no_change_of_words(broken: Flask) -> None:
    break_with("UPDATE chain_link SET salt = NULL WHERE row_of = 'letter'")
    break_with("UPDATE letter SET body = '', subject = '' WHERE bid_id IS NOT NULL")
    assert any("has lost the salt of its words" in said for said in found())
