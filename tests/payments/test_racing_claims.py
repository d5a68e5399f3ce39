"""Real connections side by side: PostgreSQL is the judge, SQLite serialises."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from fundflow.extensions import db
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import LIVE_CLAIMS, Claim
from fundflow.models.person import User
from fundflow.payments import day_log, operations
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, an_award


def _at_once(app: Flask, *acts: Callable[[], None]) -> list[str]:
    """Run these at the same moment, each in an application context; how each ended."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], None]) -> str:
        with app.app_context():
            barrier.wait()
            try:
                act()
            except (Refused, Stale, AlreadyTaken) as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.mark.parametrize("_round", range(3))
def test_two_bids_that_send_the_same_staff_day_at_once_do_not_both_get_through(
    real_app: Flask, _round: int
) -> None:
    with real_app.app_context():
        make = Make(db.session)
        provider = make.school()
        drafts = []
        for _ in range(2):
            award = an_award(make, provider=provider)
            claim = award.claim()
            award.add(claim)
            drafts.append((claim.id, award.head.id, claim.version))

    def send(claim_id: int, user_id: int, version: int) -> None:
        operations.submit(
            db.session.get_one(Claim, claim_id),
            now=LATER,
            version=version,
            user=db.session.get_one(User, user_id),
        )

    ends = _at_once(real_app, *(lambda d=draft: send(*d) for draft in drafts))
    assert ends == ["Refused", "done"]
    with real_app.app_context():
        assert db.session.query(Claim).filter(Claim.state.in_(LIVE_CLAIMS)).count() == 1


def test_a_day_added_to_one_claim_while_another_is_sent_is_counted_once(real_app: Flask) -> None:
    with real_app.app_context():
        make = Make(db.session)
        provider = make.school()
        first, second = an_award(make, provider=provider), an_award(make, provider=provider)
        sent = first.claim()
        first.add(sent)
        queried = second.sent(A_DAY.replace(day=7))
        operations.query(queried, reason="?", user=second.officer, now=LATER, version=queried.version)
        line = second.bid.backfill_lines[0].id
        ids = sent.id, sent.version, first.head.id, queried.id, queried.version, second.head.id

    def send() -> None:
        operations.submit(
            db.session.get_one(Claim, ids[0]),
            now=LATER,
            version=ids[1],
            user=db.session.get_one(User, ids[2]),
        )

    def add() -> None:
        day_log.add_day(
            db.session.get_one(Claim, ids[3]),
            line_id=line,
            day=A_DAY,
            half_days=2,
            activity="x",
            user=db.session.get_one(User, ids[5]),
            now=LATER,
            version=ids[4],
        )

    assert _at_once(real_app, send, add) == ["Refused", "done"]


def test_a_claim_that_two_people_pay_at_once_is_paid_once(real_app: Flask) -> None:
    with real_app.app_context():
        award = an_award(Make(db.session))
        claim = award.certified()
        ids = claim.id, claim.version
        payers = award.finance.id, award.other_finance.id

    def pay(user_id: int) -> None:
        operations.pay(
            db.session.get_one(Claim, ids[0]),
            payment_reference="BACS 1",
            now=LATER,
            version=ids[1],
            user=db.session.get_one(User, user_id),
        )

    assert _at_once(real_app, *(lambda u=payer: pay(u) for payer in payers)) == ["Stale", "done"]
    with real_app.app_context():
        paid = db.session.query(LedgerEntry).filter_by(kind=EntryKind.PAID).all()
        assert [entry.pence for entry in paid] == [35_000]


def test_a_double_click_on_start_makes_one_draft(real_app: Flask) -> None:
    with real_app.app_context():
        award = an_award(Make(db.session))
        bid_id, user_id = award.bid.id, award.head.id

    def start() -> None:
        operations.start_claim(
            db.session.get_one(type(award.bid), bid_id), now=LATER, user=db.session.get_one(User, user_id)
        )

    assert _at_once(real_app, start, start) == ["done", "done"]
    with real_app.app_context():
        assert db.session.query(Claim).count() == 1
