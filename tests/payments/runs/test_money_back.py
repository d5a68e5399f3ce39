"""Payments that did not stand, where part of them is to come back off another payment."""

import pytest

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.models.payment import Claim
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.reversal import Reversal
from fundflow.payments import recoveries, reversals
from fundflow.payments.runs.answers import Change
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.recovery import RecoveryState
from tests.payments.conftest import LATER
from tests.payments.runs.conftest import Paying, answers, claim_on


def paid_in_run(paying: Paying) -> Claim:
    """The first claim, paid in a run with the others."""
    run = paying.exported()
    paying.answer(run, answers(*((line.payment_id, "3000.00", "Paid", "") for line in run.lines)))
    return paying.claims[0]


def recovery_of(
    paying: Paying,
    claim: Claim,
    *,
    pence: int = 20_000,
    off: Claim | None = None,
    ground: Ground = Ground.MISUSED,
) -> Recovery:
    """What is to come back of a paid claim: asked for, or to be taken off another payment."""
    found = Recovery(
        bid=claim.bid,
        school=claim.school,
        number=1,
        state=RecoveryState.SET_AGAINST if off else RecoveryState.ASKED_FOR,
        ground=ground,
        pence=pence,
        opened_at=LATER,
        opened_by_id=paying.officer.id,
        approved_at=LATER,
        approved_by_id=paying.other.id,
        claim=off,
    )
    db.session.add(found)
    db.session.commit()
    return found


def next_claim(paying: Paying) -> Claim:
    """A checked claim of another bid of the first claim's school."""
    lead = paying.claims[0].school
    bid = paying.make.bid(state=BidState.IN_DELIVERY, fund=paying.fund, lead=lead)
    claim = claim_on(paying.make, bid, 300_000, paying.officer)
    db.session.commit()
    return claim


def ask(paying: Paying, claim: Claim) -> Reversal:
    return reversals.request(claim, reason="Bounced", user=paying.finance, now=LATER, version=claim.version)


def approve(paying: Paying, reversal: Reversal) -> None:
    reversals.approve(reversal, user=paying.other, now=LATER, version=reversal.version)


def test_a_payment_stays_while_what_comes_back_of_it_is_to_be_taken_off_another(paying: Paying) -> None:
    paid, other = paid_in_run(paying), next_claim(paying)
    reversal = ask(paying, paid)
    back = recovery_of(paying, paid, off=other)
    with pytest.raises(Refused, match=f"Open {back.reference} and don’t take it off that payment first"):
        approve(paying, reversal)
    db.session.rollback()
    run = paying.exported()
    said = f"taken off the payment of {other.reference}. That claim is in {run.reference}. Load that run’s answer first"
    with pytest.raises(Refused, match=said):
        approve(paying, reversal)
    db.session.rollback()
    assert paying.answer(run, answers((run.waiting[0].payment_id, "2800.00", "Paid", ""))) == {Change.PAY: 1}
    assert (back.state, ledger.bid_totals(paid.bid_id).paid) == (RecoveryState.RECOVERED, 280_000)
    assert balances.wrong_balances() == []


def test_nor_is_it_asked_to_be_reversed_meanwhile(paying: Paying) -> None:
    paid, other = paid_in_run(paying), next_claim(paying)
    back = recovery_of(paying, paid, off=other)
    with pytest.raises(Refused, match="don’t take it off that payment first"):
        ask(paying, paid)
    db.session.rollback()
    recoveries.put_back(back, reason="Bounced", user=paying.finance, now=LATER, version=back.version)
    approve(paying, ask(paying, paid))
    assert paid.state is ClaimState.CERTIFIED


def test_what_the_finance_system_says_came_back_is_taken_down_all_the_same(paying: Paying) -> None:
    run = paying.exported()
    paying.answer(run, answers(*((line.payment_id, "3000.00", "Paid", "") for line in run.lines)))
    recovery_of(paying, paying.claims[0], off=next_claim(paying))
    bounced = answers((run.lines[0].payment_id, "3000.00", "Returned", "Account closed"))
    assert paying.answer(run, bounced) == {Change.REVERSE: 1}
