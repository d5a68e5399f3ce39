"""An answer is loaded as a whole or not at all, and the same file again changes nothing."""

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.impact import Rag
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.payment_run import Outcome
from fundflow.models.reversal import Reversal
from fundflow.payments import reversals, statements
from fundflow.payments.payees import operations as payees
from fundflow.payments.runs import answering
from fundflow.payments.runs.answers import Change
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.steps import Stale
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.reversal import ReversalState
from tests.payments.conftest import LATER
from tests.payments.runs.conftest import Exported, Paying, answers


def letters_of(paying: Paying, recipient: str) -> list[Letter]:
    return paying.make.session.query(Letter).filter_by(recipient=recipient).order_by(Letter.id).all()


def test_what_was_paid_goes_into_the_ledger_and_each_school_is_told(exported: Exported) -> None:
    run = exported.run
    first, second, *_ = run.lines
    changed = exported.answer(
        run, answers((first.payment_id, "3000.00", "Paid", ""), (second.payment_id, "3000", "paid", ""))
    )
    assert changed == {Change.PAY: 2}
    claim = first.claim
    assert (claim.state, claim.paid_by_id) == (ClaimState.PAID, exported.other.id)  # who approved the run
    assert (claim.payment_reference, claim.payee_name) == (first.payment_id, "School 1")
    assert ledger.bid_totals(claim.bid_id).paid == 300_000
    entered = db.session.query(LedgerEntry).filter_by(claim_id=claim.id).one()
    assert entered.by_id == exported.other.id
    assert run.state is RunState.ANSWERED
    told = letters_of(exported, "school")
    assert [letter.subject for letter in told] == [
        f"{one.claim.reference}: we have paid £3,000" for one in (first, second)
    ]
    assert f"Our payment reference is {first.payment_id}." in told[0].body


def test_a_rejected_payment_of_a_settled_award_leaves_no_more_committed_than_was_earned(
    exported: Exported,
) -> None:
    line = exported.run.lines[0]
    bid = line.claim.bid
    assert bid.report is not None
    bid.report.state, bid.report.rag = ReturnState.ACCEPTED, Rag.GREEN
    exported.make.session.commit()
    assert ledger.bid_totals(bid.id).outstanding == 300_000  # the run may have paid it
    exported.answer(exported.run, answers((line.payment_id, "3000.00", "Rejected", "Account closed")))
    assert ledger.bid_totals(bid.id).outstanding == 0  # nobody logged a day


def test_a_run_is_settled_once_every_payment_is_answered(exported: Exported) -> None:
    run = exported.run
    exported.answer(run, answers(*((line.payment_id, "3000.00", "PAID", "") for line in run.lines)))
    assert run.state is RunState.SETTLED
    assert letters_of(exported, "finance")[-1].subject == f"{run.reference}: settled"


def test_a_rejection_puts_the_claim_back_and_holds_its_payee(exported: Exported) -> None:
    run = exported.run
    line = run.lines[0]
    exported.answer(run, answers((line.payment_id, "3000.00", "Rejected", "Supplier is on hold")))
    claim = line.claim
    assert (line.outcome, claim.state) == (Outcome.REJECTED, ClaimState.CERTIFIED)
    assert ledger.bid_totals(claim.bid_id).paid == 0
    why = (
        "Payments to School 1 have been held since 20 January 2027. "
        f"{line.payment_id} was rejected: Supplier is on hold"
    )
    assert why_no_payee(claim.school, LATER.date()) == why
    told = [letter for letter in letters_of(exported, "finance") if "rejected" in letter.subject]
    assert f"- {line.payment_id}, School 1: Supplier is on hold" in told[0].body
    payee = payee_on(claim.school, LATER.date())
    assert payee is not None
    with pytest.raises(Refused, match="No claim can be paid in a run now"):
        exported.gather()
    payees.lift(payee, reason="They lifted it", user=exported.finance, now=LATER, version=payee.version)
    again = exported.gather()
    assert [one.claim for one in again.lines if one.outcome is Outcome.WAITING] == [claim]


def test_the_same_file_again_changes_nothing(exported: Exported) -> None:
    run = exported.run
    first, second, *_ = run.lines
    text = answers(
        (first.payment_id, "3000.00", "Paid", ""), (second.payment_id, "3000.00", "Rejected", "No")
    )
    assert exported.answer(run, text) == {Change.PAY: 1, Change.REJECT: 1}
    before, version = len(letters_of(exported, "school")), run.version
    assert exported.answer(run, text) == {}
    assert (len(letters_of(exported, "school")), run.version) == (before, version)


def test_nothing_is_loaded_where_one_row_is_wrong(exported: Exported) -> None:
    run = exported.run
    first, second, *_ = run.lines
    with pytest.raises(Refused, match="Some rows are wrong, so nothing was loaded"):
        exported.answer(
            run,
            answers((first.payment_id, "3000.00", "Paid", ""), (second.payment_id, "2999.99", "Paid", "")),
        )
    db.session.rollback()
    assert first.claim.state is ClaimState.CERTIFIED


def test_an_answer_is_not_loaded_from_a_stale_page(exported: Exported) -> None:
    run = exported.run
    run.version += 1
    db.session.commit()
    with pytest.raises(Stale):
        answering.load(run, "", user=exported.finance, now=LATER, version=run.version - 1)


def test_what_comes_back_later_is_reversed_and_never_edited(exported: Exported) -> None:
    run = exported.run
    line = run.lines[0]
    claim, reference = line.claim, line.payment_id
    exported.answer(run, answers(*((one.payment_id, "3000.00", "Paid", "") for one in run.lines)))
    bounced = answers((reference, "3000.00", "Returned", "Account closed"))
    assert exported.answer(run, bounced) == {Change.REVERSE: 1}
    (reversal,) = db.session.query(Reversal).all()
    assert (reversal.state, claim.state) == (ReversalState.REQUESTED, ClaimState.PAID)
    assert exported.answer(run, bounced) == {}
    with pytest.raises(Refused, match="You asked for this reversal"):
        reversals.approve(reversal, user=exported.finance, now=LATER, version=reversal.version)
    reversals.approve(reversal, user=exported.other, now=LATER, version=reversal.version)
    assert (line.outcome, claim.state, claim.paid_at) == (Outcome.RETURNED, ClaimState.CERTIFIED, None)
    totals = ledger.bid_totals(claim.bid_id)
    assert (totals.paid, totals.outstanding, totals.committed) == (0, 300_000, 300_000)
    assert exported.answer(run, bounced) == {}
    told, *_ = [one for one in letters_of(exported, "finance") if "came back" in one.subject]
    assert f"- {reference}, School 1: Account closed" in told.body
    payee = payee_on(claim.school, LATER.date())
    assert payee is not None
    assert payee.hold_reason == f"{reference} came back: Account closed"
    assert "payments are held" in " ".join(letter.subject for letter in letters_of(exported, "finance"))
    told = letters_of(exported, "school")[-1]
    assert told.subject == f"{claim.reference}: the payment of £3,000 did not stand"
    assert "Account closed" in told.body


def test_the_ledger_shows_each_payment_as_it_was_made(exported: Exported) -> None:
    run = exported.run
    line = run.lines[0]
    exported.answer(run, answers(*((one.payment_id, "3000.00", "Paid", "") for one in run.lines)))
    exported.answer(run, answers((line.payment_id, "3000.00", "Returned", "Account closed")))
    (reversal,) = db.session.query(Reversal).all()
    reversals.approve(reversal, user=exported.other, now=LATER, version=reversal.version)
    payee = payee_on(line.claim.school, LATER.date())
    assert payee is not None
    payees.lift(payee, reason="They lifted it", user=exported.finance, now=LATER, version=payee.version)
    again = exported.exported()
    (second,) = again.waiting
    exported.answer(again, answers((second.payment_id, "3000.00", "Paid", "")))
    rows = [
        (
            found.entry.kind.words,
            found.pence,
            found.entry.payment_reference,
            found.entry.paid_to,
            found.entry.reason,
        )
        for found in statements.of_bid(line.claim.bid, exported.finance, LATER, statements.Asked()).lines()
        if found.entry.claim_number
    ]
    assert rows == [
        ("Paid", 300_000, line.payment_id, "School 1", ""),
        ("Payment reversed", -300_000, None, None, line.payment_id),
        ("Paid", 300_000, second.payment_id, "School 1", ""),
    ]
    assert ledger.bid_totals(line.claim.bid_id).paid == 300_000
