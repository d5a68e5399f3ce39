"""Payments that did not stand, where part of them is to come back off another payment."""

import pytest

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim
from fundflow.models.payment_run import PaymentRun
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.reversal import Reversal
from fundflow.payments import recoveries, reversals
from fundflow.payments.runs.answers import Change
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Money, Refused
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.reversal import ReversalState
from tests.payments.conftest import LATER, SignIn
from tests.payments.runs.conftest import Exported, Paying, answers, claim_on


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
    said = f"off the payment of {other.reference}. That claim is in {run.reference}. Load that run’s answer"
    with pytest.raises(Refused, match=said):
        approve(paying, reversal)
    db.session.rollback()
    assert paying.answer(run, answers((run.waiting[0].payment_id, "2800.00", "Paid", ""))) == {Change.PAY: 1}
    assert (back.state, ledger.bid_totals(paid.bid_id).paid) == (RecoveryState.RECOVERED, 280_000)
    assert balances.wrong_balances() == []


@pytest.mark.usefixtures("today")
def test_a_run_says_what_is_taken_off_a_payment(paying: Paying, sign_in: SignIn) -> None:
    paid = paid_in_run(paying)
    recovery_of(paying, paid, pence=14_000, off=next_claim(paying))
    client, said = sign_in(paying.finance), "£3,000.00, less what comes back"
    assert said in client.get(f"/money/runs/gather/{paying.fund.id}").text
    run = paying.gather()
    page = client.get(run.path).text
    assert said in page
    assert "£2,860.00" in page
    first = db.session.query(PaymentRun).order_by(PaymentRun.id).first()
    assert first is not None
    assert said not in client.get(first.path).text


def test_nor_is_it_asked_to_be_reversed_meanwhile(paying: Paying) -> None:
    paid, other = paid_in_run(paying), next_claim(paying)
    back = recovery_of(paying, paid, off=other)
    with pytest.raises(Refused, match="don’t take it off that payment first"):
        ask(paying, paid)
    db.session.rollback()
    recoveries.put_back(back, reason="Bounced", user=paying.finance, now=LATER, version=back.version)
    approve(paying, ask(paying, paid))
    assert paid.state is ClaimState.CERTIFIED


def test_what_the_finance_system_says_came_back_is_taken_down_all_the_same(exported: Exported) -> None:
    run = exported.run
    exported.answer(run, answers(*((line.payment_id, "3000.00", "Paid", "") for line in run.lines)))
    recovery_of(exported, exported.claims[0], off=next_claim(exported))
    bounced = answers((run.lines[0].payment_id, "3000.00", "Returned", "Account closed"))
    assert exported.answer(run, bounced) == {Change.REVERSE: 1}


def cancel(paying: Paying, back: Recovery) -> None:
    recoveries.cancel(back, reason="Never arrived", user=paying.finance, now=LATER, version=back.version)


def letter_to(recipient: str) -> str:
    found = db.session.query(Letter).filter_by(recipient=recipient).order_by(Letter.id.desc()).first()
    assert found is not None
    return found.body


def test_what_is_asked_back_of_a_payment_that_did_not_stand_is_cancelled(paying: Paying) -> None:
    paid = paid_in_run(paying)
    back = recovery_of(paying, paid)
    with pytest.raises(Refused, match=r"200\.00 was paid and not spent as agreed\. Ask for it, or have"):
        cancel(paying, back)
    db.session.rollback()
    approve(paying, ask(paying, paid))
    assert paid.pence == 280_000  # what was not spent as agreed leaves the award
    assert "£2,800.00 of it is still due. We will pay that" in letter_to("school")
    assert "£2,800.00 of the claim" in letter_to("finance")
    cancel(paying, back)
    assert back.state is RecoveryState.CANCELLED
    assert "you don’t need to pay it" in letter_to("payee")
    paying.answer(paying.exported(), answers((f"{paying.fund.prefix}-RUN-2-001", "2800.00", "Paid", "")))
    assert (paid.state, ledger.bid_totals(paid.bid_id).paid) == (ClaimState.PAID, 280_000)


def test_a_claim_of_which_nothing_is_due_any_more_ends_with_its_payment(paying: Paying) -> None:
    paid = paid_in_run(paying)
    reversal = ask(paying, paid)
    paid.bid.state = BidState.TERMINATED
    db.session.commit()
    approve(paying, reversal)
    assert (paid.state, reversal.state) == (ClaimState.REFUSED, ReversalState.REVERSED)
    for recipient in ("school", "officer"):
        assert "is closed" in letter_to(recipient)
        assert "can be paid again" not in letter_to(recipient)
    assert ledger.bid_totals(paid.bid_id).outstanding == 0


def test_what_no_longer_fits_into_the_claim_is_asked_for_again(paying: Paying) -> None:
    claim, other = paying.claims[0], next_claim(paying)
    back = recovery_of(paying, other, off=claim, ground=Ground.MISUSED)
    other.state, other.paid_by_id, other.paid_at = ClaimState.PAID, paying.finance.id, LATER
    entry = paying.make.history(other, "pay")
    ledger.move(Money.PAY, other, entry, paying.finance)
    db.session.commit()
    run = paying.exported()
    paying.answer(
        run, answers(*((line.payment_id, str(line.pence / 100), "Paid", "") for line in run.waiting))
    )
    assert back.state is RecoveryState.RECOVERED
    reversal = ask(paying, claim)
    claim.bid.state = BidState.TERMINATED
    db.session.commit()
    approve(paying, reversal)
    assert (claim.state, back.state, back.claim_id) == (ClaimState.REFUSED, RecoveryState.ASKED_FOR, None)
    assert balances.wrong_balances() == []


def test_a_payment_reversed_after_its_school_converted_goes_to_the_successor(paying: Paying) -> None:
    paid = paid_in_run(paying)
    old, new = paid.school, paying.make.school("School 1 Academy")
    paying.make.payee(new)
    reversal = ask(paying, paid)
    old.succeeded_by_id = new.id
    db.session.commit()
    approve(paying, reversal)
    assert paid.school is new
    line = next(line for line in paying.approve(paying.gather()).waiting if line.claim is paid)
    assert sum(part[2] for part in line.parts) == line.pence == 300_000


def test_a_payment_of_which_money_came_back_arrived(paying: Paying) -> None:
    claim = paid_in_run(paying)
    recovery = recovery_of(paying, claim, pence=14_000)
    recoveries.receive(
        recovery, payment_reference="IN 1", user=paying.other, now=LATER, version=recovery.version
    )
    with pytest.raises(Refused, match=r"would have paid back £140\.00 more than it was paid"):
        reversals.request(claim, reason="Not made", user=paying.finance, now=LATER, version=claim.version)
    assert ledger.bid_totals(claim.bid_id).paid == 286_000
