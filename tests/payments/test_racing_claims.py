"""Real connections side by side: PostgreSQL is the judge, SQLite serialises."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.spent_cost import SpentCost
from fundflow.payments import cost_log, day_log, operations, settling
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.files.samples import pdf
from tests.payments.conftest import A_DAY, LATER, Award, an_award

MAY = datetime(2027, 5, 4, 10, 0, tzinfo=UTC)  # of the next financial year


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


def _two_bids_of_one_provider() -> tuple[Award, Award]:
    make = Make(db.session)
    provider = make.school()
    make.member(provider)
    return an_award(make, provider=provider), an_award(make, provider=provider)


@pytest.mark.parametrize("_round", range(3))
def test_two_bids_that_log_the_same_staff_day_at_once_do_not_both_get_through(
    real_app: Flask, _round: int
) -> None:
    with real_app.app_context():
        drafts = [
            (award.bid.id, day_log.days_of_award(award.bid)[0].id, award.head.id, award.bid.lead_school_id)
            for award in _two_bids_of_one_provider()
        ]

    def log(bid_id: int, line_id: int, user_id: int, where_id: int) -> None:
        day_log.log_day(
            db.session.get_one(Bid, bid_id),
            line_id=line_id,
            day=A_DAY,
            half_days=2,
            activity="x",
            where_id=where_id,
            user=db.session.get_one(User, user_id),
            now=LATER,
            version=None,
        )

    ends = _at_once(real_app, *(lambda d=draft: log(*d) for draft in drafts))
    assert ends == ["Refused", "done"]
    with real_app.app_context():
        assert db.session.query(WorkedDay).count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_two_bids_of_a_school_that_enter_the_same_receipt_at_once_do_not_both_get_through(
    real_app: Flask, _round: int
) -> None:
    with real_app.app_context():
        make = Make(db.session)
        lead = make.school()
        awards = [an_award(make, lead=lead) for _ in range(2)]
        drafts = [(award.bid.id, cost_log.costs_of_award(award.bid)[0].id, award.head.id) for award in awards]

    def spend(bid_id: int, line_id: int, user_id: int) -> None:
        cost_log.add_cost(
            db.session.get_one(Bid, bid_id),
            line_id=line_id,
            spent_on=A_DAY,
            pence=2_000,
            what="Train tickets",
            sent=[FileStorage(io.BytesIO(pdf(b"one")), "ticket.pdf")],
            user=db.session.get_one(User, user_id),
            now=LATER,
        )

    ends = _at_once(real_app, *(lambda d=draft: spend(*d) for draft in drafts))
    assert ends == ["Refused", "done"]
    with real_app.app_context():
        assert db.session.query(SpentCost).count() == 1


def test_a_day_is_confirmed_and_struck_out_at_once_by_one_of_the_two(real_app: Flask) -> None:
    with real_app.app_context():
        award = an_award(Make(db.session))
        entry = award.log()
        ids = award.bid.id, entry.id, award.head.id, award.releasing_head.id, award.bid.version

    def confirm() -> None:
        user = db.session.get_one(User, ids[2])
        bid = db.session.get_one(Bid, ids[0])
        settling.confirm_days(bid, {ids[1]}, user=user, now=LATER, version=ids[4])

    def strike_out() -> None:
        user = db.session.get_one(User, ids[3])
        entry = db.session.get_one(WorkedDay, ids[1])
        settling.strike_out(entry, reason="Ill", user=user, now=LATER, version=ids[4])

    assert _at_once(real_app, confirm, strike_out) == ["Stale", "done"]


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


def test_what_two_heads_ask_for_at_once_is_claimed_once(real_app: Flask) -> None:
    with real_app.app_context():
        make = Make(db.session)
        award = an_award(make)
        award.worked()
        other = make.member(award.bid.lead_school)
        make.session.commit()
        bid_id, version, heads = award.bid.id, award.bid.version, (award.head.id, other.id)

    def ask(user_id: int) -> None:
        bid, user = db.session.get_one(Bid, bid_id), db.session.get_one(User, user_id)
        operations.ask_for_payment(bid, user=user, now=LATER, version=version)

    assert _at_once(real_app, *(lambda h=head: ask(h) for head in heads)) == ["Stale", "done"]
    with real_app.app_context():
        assert [claim.pence for claim in db.session.query(Claim)] == [35_000]


@pytest.mark.parametrize("_round", range(3))
def test_two_payments_that_need_the_same_room_at_once_do_not_both_get_it(
    real_app: Flask, _round: int
) -> None:
    """Two awards of one fund stand on money that lapsed. Another line has room for one of them."""
    with real_app.app_context():
        make = Make(db.session)
        first = an_award(make, advance=100)
        second = an_award(make, advance=100, fund=first.bid.fund)
        fund_id = first.bid.fund_id
        make.allocation(first.bid.fund, 300_000, carries_forward=True)
        claims = [award.certify(award.advance(300_000)).id for award in (first, second)]
        payer = first.finance.id

    def pay(claim_id: int) -> None:
        operations.pay(
            db.session.get_one(Claim, claim_id),
            payment_reference="BACS 1",
            now=MAY,
            version=None,
            user=db.session.get_one(User, payer),
        )

    assert _at_once(real_app, *(lambda c=claim: pay(c) for claim in claims)) == ["Refused", "done"]
    with real_app.app_context():
        for line in ledger.by_line(fund_id).values():
            assert line.free >= 0
            assert line.outstanding >= 0
        assert ledger.totals(fund_id).paid == 300_000
        assert balances.wrong_balances() == []
