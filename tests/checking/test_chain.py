"""Rows are linked as they are written, whatever else goes on."""

from threading import Thread

from flask import Flask
from sqlalchemy import delete, select

from fundflow.chain.sealing import begin_and_seal, last_seal, link_what_is_there
from fundflow.checking.chain import broken_chains
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.chain import ChainHead, ChainLink
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState
from tests.checking.breaking import let_anything_pass
from tests.factories import NOW, Make

WRITERS, ACTS = 4, 5


def links(chain: str) -> list[ChainLink]:
    query = select(ChainLink).where(ChainLink.chain == chain).order_by(ChainLink.number)
    return list(db.session.scalars(query))


def test_what_a_transaction_wrote_is_linked_as_it_ends(make: Make) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    make.session.commit()
    found = links(f"bid:{bid.id}")
    assert [link.number for link in found] == list(range(1, len(found) + 1))
    assert {"ledger_entry", "award"} <= {link.row_of for link in found}
    assert make.session.get_one(ChainHead, f"bid:{bid.id}").number == len(found)
    assert list(broken_chains(make.session)) == []


def test_rows_are_linked_in_a_statement_a_chain_and_one_for_all_links(
    make: Make, count_queries: list[str]
) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    make.session.commit()
    for record in (bid, bid, bid, bid.officer or make.user()):
        record_event(record, "do", "Done", user=None, now=NOW)
    make.session.flush()
    count_queries.clear()
    make.session.commit()
    of_chains = [sql.split(" (")[0] for sql in count_queries if "chain_" in sql]
    assert of_chains == ["INSERT INTO chain_head"] * 2 + ["INSERT INTO chain_link"]
    assert list(broken_chains(make.session)) == []


def test_what_was_rolled_back_is_not_linked(make: Make) -> None:
    user = make.user()
    make.session.commit()
    before = len(links("council"))
    record_event(user, "try", "Tried", user=user, now=NOW)
    make.session.flush()
    make.session.rollback()
    nested = make.session.begin_nested()
    record_event(user, "try", "Tried again", user=user, now=NOW)
    make.session.flush()
    nested.rollback()
    record_event(user, "do", "Done", user=user, now=NOW)
    make.session.commit()
    assert len(links("council")) == before + 1
    assert list(broken_chains(make.session)) == []


def test_a_row_is_linked_again_where_it_says_something_else_alone(make: Make) -> None:
    bid = make.bid()
    letter = Letter(
        **{name: "a" for name in ("key", "recipient", "name", "email", "subject", "body")},
        bid_id=bid.id,
        outside=True,
        status=LetterStatus.HELD,
        written_at=NOW,
        due=NOW,
    )
    make.session.add(letter)
    make.session.commit()
    before = len(links(f"bid:{bid.id}"))
    letter.attempts = 2
    make.session.commit()
    assert len(links(f"bid:{bid.id}")) == before
    letter.body = "b"
    make.session.commit()
    assert len(links(f"bid:{bid.id}")) == before + 1
    assert list(broken_chains(make.session)) == []


def test_what_was_there_before_the_chains_is_linked_once(make: Make) -> None:
    make.bid(state=BidState.IN_DELIVERY)
    make.session.commit()
    let_anything_pass()
    make.session.execute(delete(ChainLink))
    make.session.execute(delete(ChainHead))
    make.session.commit()
    first, *_ = broken_chains(make.session)
    assert "was not written by the service" in first.sentence
    seal = begin_and_seal(NOW)
    assert seal is not None
    assert list(broken_chains(make.session)) == []
    assert link_what_is_there() == 0
    assert begin_and_seal(NOW) is None
    assert last_seal() == seal


def test_many_who_add_to_one_chain_at_once_leave_it_whole(real_app: Flask) -> None:
    with real_app.app_context():
        Make(db.session).staff(RoleName.OFFICER)  # type: ignore[arg-type]
        db.session.commit()
        before = len(links("council"))

    def act() -> None:
        with real_app.app_context():
            user = db.session.scalars(select(User)).first()
            assert user is not None
            for _ in range(ACTS):
                record_event(user, "do", "Done", user=user, now=NOW)
                db.session.commit()
            db.session.remove()

    writers = [Thread(target=act) for _ in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    with real_app.app_context():
        assert len(links("council")) == before + WRITERS * ACTS
        assert list(broken_chains(db.session())) == []
