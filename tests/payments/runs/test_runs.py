"""A run is gathered by one finance officer, approved by another, and exported once its file is fixed."""

import hashlib

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.impact import operations as impact
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter
from fundflow.models.payment_run import Outcome, PaymentRun
from fundflow.models.person import RoleName
from fundflow.payments import operations as claims
from fundflow.payments.payees import operations as payees
from fundflow.payments.runs import operations
from fundflow.rules.award_sums import sum_of
from fundflow.rules.payees import payee_on
from fundflow.steps import why_no_step
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.payment_run import RunState
from tests.payments.conftest import LATER, SignIn
from tests.payments.runs.conftest import Exported, Paying

WAITING, LEFT_OUT = Outcome.WAITING, Outcome.LEFT_OUT


def outcomes(run: PaymentRun) -> list[Outcome]:
    return [line.outcome for line in run.lines]


def test_a_run_gathers_every_claim_that_can_be_paid_now(paying: Paying) -> None:
    run = paying.gather()
    prefix = paying.fund.prefix
    assert (run.reference, run.state) == (f"{prefix}-RUN-1", RunState.GATHERED)
    assert outcomes(run) == [WAITING] * 6
    assert run.lines[1].payment_id == f"{prefix}-RUN-1-002"
    told = paying.make.session.query(Letter).filter_by(recipient="finance").all()
    assert {letter.subject for letter in told} == {f"{prefix}-RUN-1: please approve the payment run"}


def test_a_run_says_what_it_leaves_out_and_why(paying: Paying) -> None:
    blocked, unpaid = paying.claims[0], paying.claims[1]
    paying.make.payment_block(blocked.bid, reason="We wait for the report.")
    payees.end(
        payee_on(unpaid.school, LATER.date()), reason="Closed", user=paying.finance, now=LATER, version=1
    )
    left = [line for line in paying.gather().lines if line.outcome is LEFT_OUT]
    assert [line.claim for line in left] == [blocked, unpaid]
    assert "We wait for the report." in left[0].why
    assert left[1].why == "Nobody has confirmed who is paid for School 2."


def test_a_claim_is_in_one_run_at_a_time(paying: Paying) -> None:
    paying.gather()
    with pytest.raises(Refused, match="No claim can be paid in a run now"):
        paying.gather(paying.other)


def test_whoever_gathered_a_run_does_not_approve_it(paying: Paying) -> None:
    run = paying.gather()
    with pytest.raises(Refused, match="You gathered this run, so another finance officer must approve it"):
        paying.approve(run, paying.finance)


def test_what_its_approver_checked_is_left_out_and_says_so(paying: Paying) -> None:
    paying.claims[2].certified_by_id = paying.other.id
    paying.make.staff(RoleName.FINANCE)  # who could approve it
    db.session.commit()
    run = paying.approve(paying.gather())
    line = run.lines[2]
    assert line.outcome is LEFT_OUT
    assert line.why == (
        "The person who approved this run checked this claim. Another person must approve its payment."
    )
    assert (run.size, run.pence) == (5, 1_500_000)


def test_a_run_of_which_the_approver_checked_everything_is_not_approved(paying: Paying) -> None:
    for claim in paying.claims:
        claim.certified_by_id = paying.other.id
    third = paying.make.staff(RoleName.FINANCE)
    db.session.commit()
    run = paying.gather()
    with pytest.raises(Refused, match="You can approve no payment of this run"):
        paying.approve(run)
    db.session.rollback()
    assert (run.state, outcomes(run)) == (RunState.GATHERED, [WAITING] * 6)
    assert why_no_step(run, "approve", paying.other, LATER) is not None  # so its button says why
    assert why_no_step(run, "approve", third, LATER) is None


def test_a_claim_that_nobody_else_could_approve_is_not_gathered(paying: Paying) -> None:
    paying.claims[2].certified_by_id = paying.other.id
    retired = paying.make.staff(RoleName.FINANCE)
    retired.active = False
    db.session.commit()
    run = paying.gather()
    assert outcomes(run) == [WAITING, WAITING, LEFT_OUT, WAITING, WAITING, WAITING]
    assert "every other finance officer checked this claim" in run.lines[2].why
    paying.approve(run)
    own = paying.gather(paying.other)  # whoever checked it gathers it, and another approves
    assert (outcomes(own), paying.approve(own, paying.finance).size) == ([WAITING], 1)


def test_what_can_no_longer_be_paid_is_left_out_as_it_is_approved(paying: Paying) -> None:
    run = paying.gather()
    paying.make.payment_block(paying.claims[0].bid)
    db.session.commit()
    paying.approve(run)
    assert outcomes(run) == [LEFT_OUT, *[WAITING] * 5]


def test_approving_fixes_the_file_and_its_totals(exported: Exported) -> None:
    run = exported.run
    content = run.content or b""
    assert run.sha256 == hashlib.sha256(content).hexdigest()
    assert (run.size, run.pence) == (6, 1_800_000)
    assert content.decode("utf-8-sig").splitlines()[1].startswith(f"{run.reference},{run.reference}-001,")
    exported.claims[0].school.name = "Renamed"
    db.session.commit()
    assert operations.download(run, user=exported.other, now=LATER) == content


def test_a_run_that_is_not_exported_has_no_file_to_download(paying: Paying) -> None:
    run = paying.approve(paying.gather())
    with pytest.raises(Refused, match="This run is not exported"):
        operations.download(run, user=paying.finance, now=LATER)


def test_a_cancelled_run_gives_its_claims_back(paying: Paying) -> None:
    run = paying.approve(paying.gather())
    operations.cancel(run, reason="Wrong layout", user=paying.finance, now=LATER, version=run.version)
    assert outcomes(run) == [Outcome.CANCELLED] * 6
    assert outcomes(paying.gather()) == [WAITING] * 6


def test_an_exported_run_is_not_cancelled(exported: Exported) -> None:
    run = exported.run
    with pytest.raises(Refused, match="the payment run is now “Waiting for the answer”"):
        operations.cancel(run, reason="Late", user=exported.finance, now=LATER, version=run.version)


def test_claims_are_not_marked_as_paid_one_by_one_meanwhile(paying: Paying) -> None:
    claim = paying.claims[0]
    with pytest.raises(Refused, match="This fund pays its claims in payment runs"):
        claims.pay(claim, payment_reference="BACS 1", user=paying.finance, now=LATER, version=claim.version)


def test_a_claim_in_a_run_is_neither_refused_nor_paid(paying: Paying) -> None:
    run, claim = paying.gather(), paying.claims[0]
    paying.fund.pays_in_runs = False
    db.session.commit()
    said = f"This claim is in the payment run {run.reference}."
    with pytest.raises(Refused, match=said):
        claims.refuse(claim, reason="No", user=paying.finance, now=LATER, version=claim.version)
    with pytest.raises(Refused, match=said):
        claims.pay(claim, payment_reference="BACS 1", user=paying.finance, now=LATER, version=claim.version)


def test_only_finance_of_the_fund_gathers_a_run(paying: Paying) -> None:
    stranger = paying.make.user()
    paying.make.role(stranger, RoleName.FINANCE, fund=paying.make.fund())
    with pytest.raises(Refused, match="Only a finance officer can do this"):
        paying.gather(stranger)


def test_an_award_settled_meanwhile_keeps_what_an_approved_run_pays(exported: Exported) -> None:
    run, claim = exported.run, exported.claims[0]
    bid, report = claim.bid, claim.bid.report
    assert report is not None
    bid.state, report.state = BidState.IN_MONITORING, ReturnState.SUBMITTED
    db.session.commit()
    impact.accept_report(
        report,
        rag=Rag.GREEN,
        reason="The figures came late.",
        user=exported.make.staff(RoleName.IMPACT_OFFICER),
        now=LATER,
        version=report.version,
    )
    assert ledger.bid_totals(bid.id).released == 0
    assert sum_of(bid).payees[0].in_run == 300_000
    exported.answer(run, f"payment_id,gross,status,reason\n{run.lines[0].payment_id},3000,Paid,\n")
    assert claim.state is ClaimState.PAID
    assert sum_of(bid).to_come == 300_000  # a recovery of what was paid and not earned


def test_a_payment_whose_cost_lines_come_to_another_amount_is_left_out(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, whole = paying.gather(), operations.cost_lines
    odd = run.lines[1].claim
    monkeypatch.setattr(
        operations, "cost_lines", lambda claim, *more: whole(claim, *more) if claim is not odd else []
    )
    paying.approve(run)
    assert run.size == 5
    line = run.lines[1]
    assert (line.outcome, line.why) == (LEFT_OUT, "Its cost lines don’t come to the £3,000.00 that it pays.")


def test_a_run_is_not_exported_once_a_payment_of_it_could_not_be_made(paying: Paying) -> None:
    run = paying.approve(paying.gather())
    blocked, held = run.lines[0], run.lines[1]
    paying.make.payment_block(blocked.claim.bid, reason="We wait for the report.")
    payee = payee_on(held.claim.school, LATER.date())
    payees.hold(payee, reason="A call came", user=paying.finance, now=LATER, version=payee.version)
    with pytest.raises(Refused) as refused:
        paying.export(run)
    said = str(refused.value)
    assert f"{blocked.payment_id}, School 1: " in said
    assert "We wait for the report." in said
    assert f"{held.payment_id}, School 2: Payments to School 2 have been held since" in said
    assert said.endswith("Cancel this run and gather again.")
    assert run.lines[2].payment_id not in said
    db.session.rollback()
    operations.cancel(run, reason="Held", user=paying.finance, now=LATER, version=run.version)
    assert paying.exported().size == 4


def test_nor_once_another_is_paid_for_a_school(paying: Paying) -> None:
    run = paying.approve(paying.gather())
    run.lines[0].payee = run.lines[1].payee
    db.session.commit()
    with pytest.raises(Refused, match="School 1: who is paid has changed since"):
        paying.export(run)


def test_only_finance_of_its_fund_downloads_the_file(exported: Exported) -> None:
    run = exported.run
    stranger = exported.make.user()
    exported.make.role(stranger, RoleName.FINANCE, fund=exported.make.fund())
    exported.make.role(stranger, RoleName.AUDITOR, fund=exported.fund)
    with pytest.raises(Refused, match="Only a finance officer can do this"):
        operations.download(run, user=stranger, now=LATER)


def test_the_bids_money_says_which_run_a_claim_is_in(paying: Paying, sign_in: SignIn) -> None:
    bid = paying.claims[0].bid
    client, page = sign_in(paying.finance), f"/bids/{bid.reference}/money"
    assert "In the payment run" not in client.get(page).text
    run = paying.gather()
    text = client.get(page).text
    assert f"In the payment run {run.reference}." in text
    assert "Mark as paid" not in text
