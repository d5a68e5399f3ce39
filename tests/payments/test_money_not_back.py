"""That money came back was recorded by mistake: one finance officer says so, another agrees."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from fundflow import ledger
from fundflow.desk.work import waiting_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.recovery import Recovery
from fundflow.payments import recoveries
from fundflow.rules.award_sums import sum_of
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.recovery import RecoveryState
from tests.payments.conftest import LATER, Award, SignIn
from tests.payments.test_recoveries import asked, letters_to, over  # noqa: F401 (over: a fixture)


def came_back(award: Award) -> Recovery:
    """£228 was asked for and recorded as come back."""
    recovery = asked(award)
    recoveries.receive(
        recovery, payment_reference="IN 7", user=award.finance, now=LATER, version=recovery.version
    )
    return recovery


def doubted(award: Award) -> Recovery:
    recovery = came_back(award)
    recoveries.ask_undo(
        recovery, reason="Another school’s", user=award.finance, now=LATER, version=recovery.version
    )
    return recovery


@pytest.mark.both_databases
def test_it_counts_as_come_back_until_another_person_agrees(over: Award) -> None:  # noqa: F811
    recovery, bid = doubted(over), over.bid
    before = ledger.bid_totals(bid.id)
    assert (before.recovered, sum_of(bid).recovered, sum_of(bid).to_come) == (22_800, 22_800, 0)
    with pytest.raises(Refused, match="another finance officer must agree"):
        recoveries.undo_receive(recovery, user=over.finance, now=LATER, version=recovery.version)
    recoveries.undo_receive(recovery, user=over.other_finance, now=LATER, version=recovery.version)
    assert (recovery.state, recovery.payment_reference, recovery.ended_at) == (
        RecoveryState.ASKED_FOR,
        "",
        None,
    )
    after = ledger.bid_totals(bid.id)
    assert (after.recovered, after.paid, sum_of(bid).to_come) == (0, before.paid + 22_800, 22_800)
    kinds = (EntryKind.RECOVERED, EntryKind.UNRECOVERED)
    entries = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.bid_id == bid.id, LedgerEntry.kind.in_(kinds))
    ).all()
    assert [(entry.kind, entry.pence, entry.reason) for entry in entries] == [
        (kind, 22_800, recovery.reference) for kind in kinds
    ]
    (letter,) = [one for one in letters_to(over, "payee") if "We were wrong" in one.subject]
    assert letter.subject == f"{recovery.reference}: please pay back £228. We were wrong that you had"
    assert "Pay £228.00 back by " in letter.body


def test_it_comes_back_later_like_any_other(over: Award) -> None:  # noqa: F811
    recovery = doubted(over)
    recoveries.undo_receive(recovery, user=over.other_finance, now=LATER, version=recovery.version)
    recoveries.receive(
        recovery, payment_reference="IN 9", user=over.finance, now=LATER, version=recovery.version
    )
    assert ledger.bid_totals(over.bid.id).recovered == 22_800
    recoveries.ask_undo(recovery, reason="No", user=over.finance, now=LATER, version=recovery.version)
    recoveries.undo_receive(recovery, user=over.other_finance, now=LATER, version=recovery.version)
    assert ledger.bid_totals(over.bid.id).recovered == 0


@pytest.mark.both_databases
def test_who_finds_that_it_did_come_back_keeps_it(over: Award) -> None:  # noqa: F811
    recovery = doubted(over)
    recoveries.keep_receipt(
        recovery, reason="It is there", user=over.other_finance, now=LATER, version=recovery.version
    )
    assert (recovery.state, recovery.payment_reference) == (RecoveryState.RECOVERED, "IN 7")
    assert ledger.bid_totals(over.bid.id).recovered == 22_800


def test_it_waits_while_the_bid_is_closed(over: Award) -> None:  # noqa: F811
    recovery = came_back(over)
    db.session.execute(Bid.__table__.update().where(Bid.id == over.bid.id).values(state=BidState.CLOSED))
    db.session.refresh(over.bid)
    with pytest.raises(Refused, match="The bid is closed"):
        recoveries.ask_undo(recovery, reason="No", user=over.finance, now=LATER, version=recovery.version)


@pytest.mark.both_databases
def test_the_database_keeps_two_people_apart(over: Award) -> None:  # noqa: F811
    recovery = doubted(over)
    recovery.undone_by_id = recovery.undo_asked_by_id
    with pytest.raises(DatabaseError):
        db.session.commit()
    db.session.rollback()


def test_the_other_finance_officer_finds_it_on_my_work_and_agrees(over: Award, sign_in: SignIn) -> None:  # noqa: F811
    recovery = doubted(over)
    what = "Say whether money has come back"
    assert what in [line.what for line in waiting_for(over.other_finance, LATER).lines]
    assert what not in [line.what for line in waiting_for(over.finance, LATER).lines]
    path = recovery.path
    assert "must agree" in sign_in(over.finance).get(path).text
    page = sign_in(over.other_finance).get(f"{path}/steps/undo-receive").text
    assert "Agree that it has not come back" in page
