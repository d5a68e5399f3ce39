"""Blocks of an award's payments: who puts and lifts them, what they hold, and who is told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.person import RoleName, User
from fundflow.payments import blocks, operations
from fundflow.rules.payment_blocks import why_report_overdue
from fundflow.steps import AlreadyTaken
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.payment_block import BlockState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award, url

pytestmark = pytest.mark.usefixtures("today")

WHY = "Send the interim report first."


def put(award: Award, user: User | None = None, **changes: Any) -> PaymentBlock:
    given = {"kind": BlockKind.REPORT, "reason": WHY, "version": award.bid.version, **changes}
    return blocks.block(award.bid, user=user or award.officer, now=LATER, **given)


def lift(block: PaymentBlock, user: User, reason: str = "The report is here.") -> None:
    blocks.lift(block, reason=reason, user=user, now=LATER, version=block.version)


def told(award: Award, step: str) -> dict[str, Letter]:
    """The letters of a step of the only block, by recipient."""
    of_step = Letter.history_entry_id == HistoryEntry.id, HistoryEntry.step == step
    return {found.recipient: found for found in award.make.session.query(Letter).filter(*of_step)}


@pytest.mark.both_databases
def test_a_block_holds_certifying_and_paying_until_it_is_lifted(award: Award) -> None:
    ready, sent = award.certified(), award.sent(date(2027, 1, 7))
    block = put(award)
    for attempt in (
        lambda: award.pay(ready),
        lambda: operations.certify(sent, user=award.officer, now=LATER, version=sent.version),
    ):
        with pytest.raises(
            Refused, match=r"blocked since 20 January 2027\. A report is overdue\. Send the int"
        ):
            attempt()
    award.worked(date(2027, 1, 8))
    assert award.ask().pence == 35_000  # the school may still ask
    lift(block, award.finance)
    award.certify(sent)
    award.pay(ready)
    assert (block.state, block.lifted_by, block.lift_reason) == (
        BlockState.LIFTED,
        award.finance,
        "The report is here.",
    )


def test_each_block_is_lifted_by_itself(award: Award) -> None:
    ready = award.certified()
    first, second = put(award), put(award, award.finance, kind=BlockKind.OTHER, reason="Ask the auditor.")
    lift(first, award.officer)
    with pytest.raises(Refused, match=r"blocked since 20 January 2027\. Ask the auditor\."):
        award.pay(ready)
    lift(second, award.officer)
    award.pay(ready)


@pytest.mark.parametrize("role", [RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.FINANCE])
def test_officers_deputies_and_finance_put_and_lift(award: Award, role: RoleName) -> None:
    user = award.make.staff(role)
    lift(put(award, user), user)


@pytest.mark.parametrize("role", [RoleName.CLERK, RoleName.IMPACT_OFFICER, RoleName.AUDITOR])
def test_others_neither_put_nor_lift(award: Award, role: RoleName) -> None:
    block, user = put(award), award.make.staff(role)
    for attempt in (lambda: put(award, user), lambda: lift(block, user)):
        with pytest.raises(Refused, match="Only"):
            attempt()


def test_whoever_is_barred_from_the_bid_neither_puts_nor_lifts(award: Award) -> None:
    block = put(award)
    award.make.belongs(award.finance, award.bid.lead_school)
    for attempt in (lambda: put(award, award.finance), lambda: lift(block, award.finance)):
        with pytest.raises(Refused, match="You can’t block payments here or lift a block"):
            attempt()


@pytest.mark.parametrize("state", [BidState.OFFERED, BidState.CLOSED, BidState.NOT_FUNDED])
def test_only_an_award_that_may_be_paid_is_blocked(make: Make, state: BidState) -> None:
    with pytest.raises(Refused, match="from the acceptance of the offer until the bid is closed"):
        put(an_award(make, state))


def test_no_bank_details_are_kept_in_a_block(award: Award) -> None:
    with pytest.raises(Refused, match="Bank details"):
        put(award, reason="The new sort code is 12-34-56.")
    with pytest.raises(Refused, match="Bank details"):
        lift(put(award), award.officer, "Their account number is 12345678.")


def test_school_officer_and_finance_are_told_with_the_reason(award: Award) -> None:
    block = put(award)
    letters = told(award, "put")
    assert set(letters) == {"school", "officer", "finance"}
    assert "A report is overdue. Send the interim report first." in letters["school"].body
    assert "You can still log days and ask for payment." in letters["school"].body
    lift(block, award.finance)
    letters = told(award, "lift")
    assert set(letters) == {"school", "officer", "finance"}
    assert "The report is here." in letters["school"].body


def test_a_double_click_puts_one_block(award: Award) -> None:
    seen = award.bid.version
    put(award)
    with pytest.raises(AlreadyTaken):
        put(award, version=seen)
    assert award.make.session.query(PaymentBlock).count() == 1


@pytest.mark.both_databases
def test_pausing_an_award_is_a_block_that_resuming_lifts(award: Award) -> None:
    award.certified()
    other = put(award, award.finance, kind=BlockKind.OTHER)
    bid, by = award.bid, {"user": award.officer, "now": LATER}
    blocks.suspend(bid, reason="The head is on leave.", version=bid.version, **by)
    paused = award.make.session.query(PaymentBlock).filter_by(kind=BlockKind.PAUSED).one()
    with pytest.raises(Refused, match="resumes payments on the bid’s page"):
        lift(paused, award.officer)
    blocks.resume(bid, reason="A deputy takes over.", version=bid.version, **by)
    assert (paused.lift_reason, paused.lifted_by) == ("A deputy takes over.", award.officer)
    assert other.state is BlockState.STANDING
    assert not told(award, "lift")  # resuming writes its own letters


def test_the_pause_of_an_award_that_was_stopped_is_lifted_by_hand(award: Award) -> None:
    paused = award.make.payment_block(award.bid, kind=BlockKind.PAUSED)
    award.bid.state = BidState.TERMINATED
    lift(paused, award.officer)
    assert paused.state is BlockState.LIFTED


@pytest.mark.both_databases
@pytest.mark.parametrize("values", [{"reason": "Other"}, {"kind": "other"}, {"put_at": LATER}])
def test_what_a_block_says_is_never_changed(award: Award, values: dict[str, Any]) -> None:
    award.make.payment_block(award.bid)
    session = award.make.session
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(update(PaymentBlock).values(values))


@pytest.mark.both_databases
def test_a_block_that_is_lifted_stays_lifted_and_none_is_deleted(award: Award) -> None:
    lift(put(award), award.officer)
    session = award.make.session
    for change in (
        update(PaymentBlock).values(lift_reason="Other"),
        update(PaymentBlock).values(state=BlockState.STANDING, lifted_at=None),
        PaymentBlock.__table__.delete(),
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(change)


# -- reports ------------------------------------------------------------------------------------------


def with_report(award: Award, state: ReturnState, due_on: date) -> Bid:
    bid = award.bid
    bid.state = BidState.IN_MONITORING
    assert bid.report is not None
    bid.report.state, bid.report.due_on, bid.due_on = state, due_on, due_on
    award.make.session.flush()
    return bid


TODAY = LATER.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.both_databases
def test_whoever_checks_a_claim_is_told_of_an_overdue_report_and_may_let_it_pass(
    award: Award, sign_in: SignIn
) -> None:
    claim = award.sent()
    with_report(award, ReturnState.DUE, YESTERDAY)
    page = sign_in(award.officer).get(url(claim, "/steps/certify")).text
    assert "The report on what changed was due on 19 January 2027 and has not been sent." in page
    award.pay(award.certify(claim))


@pytest.mark.parametrize("state", [ReturnState.SCHEDULED, ReturnState.DUE, ReturnState.RETURNED])
def test_a_report_is_overdue_from_the_day_after(award: Award, state: ReturnState) -> None:
    assert why_report_overdue(with_report(award, state, TODAY), TODAY) is None
    words = "The answer about the report" if state is ReturnState.RETURNED else "The report on what changed"
    late = why_report_overdue(award.bid, TODAY + timedelta(days=1))
    assert late == f"{words} was due on 20 January 2027 and has not been sent."


def test_no_report_is_overdue_while_the_support_goes_on(award: Award) -> None:
    with_report(award, ReturnState.SCHEDULED, YESTERDAY)
    award.bid.state = BidState.IN_DELIVERY
    assert why_report_overdue(award.bid, TODAY) is None


# -- pages --------------------------------------------------------------------------------------------


def test_a_block_walks_through_its_pages(award: Award, sign_in: SignIn) -> None:
    claim, money = award.certified(), f"/bids/{award.bid.reference}/money"
    client = sign_in(award.finance)
    form = {"kind": "condition", "reason": "Share the plan first.", "version": award.bid.version}
    page = f"/bids/{award.bid.reference}/blocks/new"
    assert "Block payments" in client.get(money).text
    assert "The award is paused" not in client.get(page).text
    assert client.post(page, data={**form, "kind": "paused"}).status_code == 422
    assert client.post(page, data={**form, "reason": ""}).status_code == 422
    assert client.post(page, data=form).status_code == 302
    assert client.post(page, data=form).status_code == 302  # a second click
    assert "Share the plan first." in client.get(money).text
    for of_claim in (
        client.get(url(claim)).text,
        client.get(url(claim, "/steps/pay"), follow_redirects=True).text,
    ):
        assert "A condition of the award is due. Share the plan first." in of_claim
    assert ">Blocked</strong>" in client.get(f"/money/waiting/{award.bid.fund_id}/held").text
    client = sign_in(award.head)
    for of_school in (client.get(money).text, client.get(url(claim)).text):
        assert "Share the plan first." in of_school
        assert "Lift this block" not in of_school
    assert client.get(page).status_code == 409
    award.bid.officer = award.officer
    award.make.session.commit()
    client = sign_in(award.officer)
    assert "Lift the block on payments" in client.get("/work").text
    (block,) = award.make.session.query(PaymentBlock)
    lifting = f"/bids/{award.bid.reference}/blocks/{block.id}/steps/lift"
    assert "A condition of the award is due. Share the plan first." in client.get(lifting).text
    done = client.post(lifting, data={"reason": "Shared today.", "version": 2}, follow_redirects=True).text
    assert "Blocks that were lifted" in done
    assert "Shared today." in done
    assert "Lift the block on payments" not in client.get("/work").text


def test_finance_sees_what_claims_wait_for(make: Make, sign_in: SignIn) -> None:
    award = an_award(make)
    award.certified()
    make.condition(award.bid, due_on=YESTERDAY)
    client, held = sign_in(award.finance), f"/money/waiting/{award.bid.fund_id}/held"
    shown: Callable[[], str] = lambda: client.get(held).text  # noqa: E731 (asked twice)
    assert "Condition due" in shown()
    assert "Report overdue" not in shown()
    with_report(award, ReturnState.DUE, YESTERDAY)
    assert "Report overdue" in shown()


def test_another_schools_block_does_not_exist(award: Award, sign_in: SignIn) -> None:
    other, block = an_award(award.make), award.make.payment_block(award.bid)
    client = sign_in(other.head)
    assert client.get(f"/bids/{award.bid.reference}/blocks/{block.id}/steps/lift").status_code == 404
    assert client.get(f"/bids/{other.bid.reference}/blocks/{block.id}/steps/lift").status_code == 404
