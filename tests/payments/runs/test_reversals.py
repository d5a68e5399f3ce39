"""A payment that did not stand is taken back by an entry beside it, and its claim is paid again."""

import pytest

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.reversal import Reversal
from fundflow.payments import operations, reversals
from fundflow.rules.award_sums import sum_of
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.reversal import ReversalState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award, url
from tests.scenes import scene


def a_paid_award(make: Make) -> Award:
    """£3,000 is paid as the offer is accepted, marked by hand."""
    award = an_award(make, advance=100)
    award.pay(award.certify(award.advance(300_000)))
    return award


paid = scene(a_paid_award)


def claim_of(award: Award) -> Claim:
    return award.bid.claims[0]


def asked(award: Award, reason: str = "Paid to the wrong school") -> Reversal:
    claim = claim_of(award)
    return reversals.request(claim, reason=reason, user=award.finance, now=LATER, version=claim.version)


def reversed_(award: Award) -> Reversal:
    reversal = asked(award)
    reversals.approve(reversal, user=award.other_finance, now=LATER, version=reversal.version)
    return reversal


def test_a_payment_marked_by_mistake_is_reversed_and_paid_again(paid: Award) -> None:
    claim = claim_of(paid)
    reversed_(paid)
    entries = db.session.query(LedgerEntry).filter_by(claim_id=claim.id).order_by(LedgerEntry.id).all()
    assert [(one.kind, one.pence, one.reason) for one in entries] == [
        (EntryKind.PAID, 300_000, ""),
        (EntryKind.REVERSED, 300_000, "BACS 1"),
    ]
    assert {one.allocation_id for one in entries} == {entries[0].allocation_id}
    assert [one.by_id for one in entries] == [paid.finance.id, paid.other_finance.id]
    found, totals = sum_of(paid.bid), ledger.bid_totals(paid.bid.id)
    assert (found.whole.paid, found.underway, found.outstanding) == (0, 300_000, 300_000)
    assert (totals.paid, totals.outstanding, totals.committed) == (0, 300_000, 300_000)
    fund = ledger.totals(paid.bid.fund_id)
    assert fund.allocated == fund.uncommitted + fund.outstanding + fund.paid
    assert balances.wrong_balances() == []
    paid.pay(claim)
    assert (claim.state, ledger.bid_totals(paid.bid.id).paid) == (ClaimState.PAID, 300_000)


def test_the_school_is_told_why(paid: Award) -> None:
    reversed_(paid)
    letter = db.session.query(Letter).filter_by(recipient="school").order_by(Letter.id.desc()).first()
    assert letter is not None
    assert letter.subject == f"{claim_of(paid).reference}: the payment of £3,000 did not stand"
    assert "Paid to the wrong school" in letter.body
    assert "BACS 1" in letter.body


def test_it_is_asked_for_once_and_decided_by_another(paid: Award) -> None:
    reversal = asked(paid)
    with pytest.raises(AlreadyTaken):  # a double click
        asked(paid)
    db.session.rollback()
    with pytest.raises(Refused, match="waits for another finance officer already"):
        asked(paid, "Paid twice")
    db.session.rollback()
    with pytest.raises(Refused, match="You asked for this reversal"):
        reversals.approve(reversal, user=paid.finance, now=LATER, version=reversal.version)


def test_a_reversal_that_is_refused_leaves_the_payment_and_can_be_asked_for_again(paid: Award) -> None:
    reversal = asked(paid)
    reversals.refuse(
        reversal, reason="It arrived", user=paid.other_finance, now=LATER, version=reversal.version
    )
    assert (reversal.state, claim_of(paid).state) == (ReversalState.REFUSED, ClaimState.PAID)
    assert ledger.bid_totals(paid.bid.id).paid == 300_000
    assert asked(paid).state is ReversalState.REQUESTED


def test_what_is_not_paid_is_not_reversed(paid: Award) -> None:
    reversed_(paid)
    with pytest.raises(Refused, match="This claim is not paid"):
        asked(paid)


def test_bank_details_are_refused_in_the_reason(paid: Award) -> None:
    with pytest.raises(Refused, match="Bank details are never kept here"):
        asked(paid, "Sort code 12-34-56")


def test_a_stale_page_reverses_nothing(paid: Award) -> None:
    claim = claim_of(paid)
    with pytest.raises(Stale):
        reversals.request(claim, reason="Wrong", user=paid.finance, now=LATER, version=claim.version - 1)


def test_it_waits_while_the_bid_is_closed(paid: Award) -> None:
    reversal = asked(paid)
    paid.bid.state = BidState.CLOSED
    db.session.commit()
    with pytest.raises(Refused, match="Ask an administrator to reopen it first"):
        reversals.approve(reversal, user=paid.other_finance, now=LATER, version=reversal.version)


def test_what_was_taken_off_the_payment_is_taken_off_the_next(make: Make) -> None:
    award = an_award(make, advance=100)
    found = award.certify(award.advance(280_000))
    back = Recovery(
        bid=award.bid,
        school=award.bid.lead_school,
        number=1,
        state=RecoveryState.SET_AGAINST,
        ground=Ground.MISUSED,
        pence=20_000,
        opened_at=LATER,
        opened_by_id=award.officer.id,
        approved_at=LATER,
        approved_by_id=award.other_finance.id,
        claim=found,
    )
    db.session.add(back)
    db.session.commit()
    operations.pay(found, payment_reference="BACS 1", user=award.finance, now=LATER, version=found.version)
    reversal = asked(award)
    reversals.approve(reversal, user=award.other_finance, now=LATER, version=reversal.version)
    assert (back.state, back.ended_at) == (RecoveryState.SET_AGAINST, None)
    totals = ledger.bid_totals(award.bid.id)
    assert (totals.paid, totals.recovered, totals.outstanding) == (0, 0, 300_000)
    fund = ledger.totals(award.bid.fund_id)
    assert fund.allocated == fund.uncommitted + fund.outstanding + fund.paid
    assert balances.wrong_balances() == []
    operations.pay(found, payment_reference="BACS 2", user=award.finance, now=LATER, version=found.version)
    totals = ledger.bid_totals(award.bid.id)
    assert (back.state, totals.paid, totals.recovered) == (RecoveryState.RECOVERED, 260_000, 20_000)
    paid_or_back = (EntryKind.PAID, EntryKind.REVERSED, EntryKind.RECOVERED, EntryKind.UNRECOVERED)
    entries = db.session.query(LedgerEntry).where(LedgerEntry.kind.in_(paid_or_back)).order_by(LedgerEntry.id)
    payer, approver = award.finance.id, award.other_finance.id
    assert [one.by_id for one in entries] == [payer, payer, approver, approver, payer, payer]


def test_who_is_barred_from_the_bid_neither_asks_nor_approves(paid: Award) -> None:
    paid.make.belongs(paid.finance, paid.bid.lead_school)
    db.session.commit()
    assert bar_of(paid.bid, paid.finance, LATER) is not None
    with pytest.raises(Refused, match="You can’t reverse this payment"):
        asked(paid)


@pytest.mark.usefixtures("today")
def test_the_school_reads_nothing_of_a_reversal_that_nobody_approved(paid: Award, sign_in: SignIn) -> None:
    asked(paid)
    claim = claim_of(paid)
    assert "Reversal of" not in sign_in(paid.head).get(url(claim)).text
    assert "Reversal of £3,000.00" in sign_in(paid.finance).get(url(claim)).text
