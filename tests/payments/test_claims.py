from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from fundflow import ledger
from fundflow.models.bid_parts import Part
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Rag
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payee import Route
from fundflow.models.person import RoleName, SeatPosition, Standing
from fundflow.payments import operations
from fundflow.rules.awards import sum_of
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, Award, an_award


def test_a_claim_goes_from_the_school_through_two_people_into_the_ledger(award: Award) -> None:
    claim = award.certified(A_DAY, date(2027, 1, 7))
    award.pay(claim)
    assert claim.state is ClaimState.PAID
    assert (claim.certified_by, claim.paid_by) == (award.officer, award.finance)
    assert (claim.paid_at, claim.route, claim.payment_reference) == (LATER, Route.JOURNAL, "BACS 1")
    entry = award.make.session.query(LedgerEntry).filter_by(kind=EntryKind.PAID).one()
    assert (entry.pence, entry.claim_id, entry.bid_id) == (70_000, claim.id, award.bid.id)
    totals = ledger.totals(award.bid.fund_id)
    assert (totals.committed, totals.paid, totals.outstanding) == (300_000, 70_000, 230_000)
    assert totals.allocated == totals.uncommitted + totals.outstanding + totals.paid


def test_whoever_checked_a_claim_cannot_pay_it(award: Award) -> None:
    claim = award.sent()
    operations.certify(claim, user=award.finance, now=LATER, version=claim.version)
    with pytest.raises(Refused, match="another finance officer must pay it"):
        award.pay(claim)
    award.make.session.rollback()
    assert (claim.state, claim.paid_by_id) == (ClaimState.CERTIFIED, None)
    operations.pay(claim, payment_reference="J 1", user=award.other_finance, now=LATER, version=claim.version)
    assert claim.state is ClaimState.PAID


def test_the_database_itself_refuses_one_person_twice(award: Award) -> None:
    claim = award.certified()
    claim.paid_by_id = claim.certified_by_id
    with pytest.raises(IntegrityError):
        award.make.session.flush()
    award.make.session.rollback()


def test_an_officer_cannot_pay_and_a_school_cannot_check(award: Award) -> None:
    claim = award.sent()
    with pytest.raises(Refused, match="Only the liaison officer or a finance officer"):
        operations.certify(claim, user=award.head, now=LATER, version=claim.version)
    operations.certify(claim, user=award.finance, now=LATER, version=claim.version)
    with pytest.raises(Refused, match="Only a finance officer"):
        operations.pay(claim, payment_reference="x", user=award.officer, now=LATER, version=claim.version)


def test_the_team_prepares_a_claim_and_the_head_sends_it(award: Award) -> None:
    clerk = award.make.member(award.bid.lead_school, Standing.TEAM)
    claim = operations.start_claim(award.bid, user=clerk, now=LATER)
    award.add(claim, user=clerk)
    with pytest.raises(Refused, match="Only the head"):
        operations.submit(claim, user=clerk, now=LATER, version=claim.version)
    operations.submit(claim, user=award.head, now=LATER, version=claim.version)
    assert claim.state is ClaimState.SUBMITTED


def test_somebody_of_a_school_in_the_bid_cannot_handle_its_claim(award: Award) -> None:
    inside = award.make.member(award.bid.providers[0])
    award.make.role(inside, RoleName.FINANCE)
    claim = award.sent()
    with pytest.raises(Refused, match="your school"):
        operations.certify(claim, user=inside, now=LATER, version=claim.version)


def test_an_empty_claim_cannot_be_sent(award: Award) -> None:
    claim = award.claim()
    with pytest.raises(Refused, match="Add the days"):
        operations.submit(claim, user=award.head, now=LATER, version=claim.version)


def test_a_claim_is_not_paid_beyond_what_is_due(make: Make) -> None:
    award = an_award(make, advance=100)
    claim = award.advance(300_000)
    award.bid.report.state = ReturnState.ACCEPTED
    award.bid.report.rag = Rag.GREEN
    award.make.session.commit()
    with pytest.raises(Refused, match=r"The claim is £3,000.00; £0.00 of the award is due now"):
        operations.certify(claim, user=award.officer, now=LATER, version=claim.version)


def test_days_that_the_advance_covers_are_not_paid_again(make: Make) -> None:
    award = an_award(make, advance=50, half_time=30)
    award.pay(award.certify(award.advance(150_000)))
    claim = award.claim()
    for day in range(4, 8):
        award.add(claim, date(2027, 1, day))
    assert claim.pence == 0
    with pytest.raises(Refused, match=r"£1,500.00 is paid already and covers the days .* £1,400.00"):
        operations.submit(claim, user=award.head, now=LATER, version=claim.version)
    award.add(claim, date(2027, 1, 8))
    operations.submit(claim, user=award.head, now=LATER, version=claim.version)
    assert claim.pence == 5 * 35_000 - 150_000


def test_what_is_kept_for_the_report_is_not_claimed_before(make: Make) -> None:
    award = an_award(make, advance=50, half_time=30)
    award.pay(award.certify(award.advance(150_000)))
    days = [date(2027, 1, day) for day in (4, 5, 6, 7, 8, 11)]
    claim = award.claim()
    for day in days:
        award.add(claim, day)
    for day in days[:2]:
        award.add(claim, day, line=1)
    award.add(claim, days[2], line=1, half_days=1)
    assert claim.pence == 240_000 - 150_000  # of £2,940 earned, £600 is kept
    operations.submit(claim, user=award.head, now=LATER, version=claim.version)
    with pytest.raises(Refused, match=r"All but £600.00 .* once the final report is accepted"):
        award.claim()


def test_an_advance_needs_nobodys_word_about_days(make: Make) -> None:
    award = an_award(make, advance=100)
    claim = award.advance(300_000)
    operations.certify(claim, user=award.officer, now=LATER, version=claim.version)
    award.pay(claim)
    assert ledger.bid_totals(award.bid.id).outstanding == 0


def test_nothing_is_sent_checked_or_paid_while_payments_are_paused(award: Award) -> None:
    ready, sent = award.certified(), award.sent(date(2027, 1, 7))
    draft = award.claim()
    award.add(draft, date(2027, 1, 8))
    award.bid.state = BidState.SUSPENDED
    award.make.session.commit()
    for attempt in (
        lambda: award.pay(ready),
        lambda: operations.certify(sent, user=award.officer, now=LATER, version=sent.version),
        lambda: operations.submit(draft, user=award.head, now=LATER, version=draft.version),
    ):
        with pytest.raises(Refused, match="Payments on this bid are paused"):
            attempt()


def test_days_at_the_claiming_school_itself_need_no_second_word(award: Award) -> None:
    claim = award.sent()
    assert (claim.days_confirmed_at, claim.days_confirmed_by_id) == (LATER, award.head.id)


def test_days_at_another_school_wait_for_its_head(make: Make) -> None:
    award = an_award(make, supported=True)
    claim = award.sent()
    with pytest.raises(Refused, match="head of Hazelmere Primary to confirm"):
        operations.certify(claim, user=award.officer, now=LATER, version=claim.version)
    operations.confirm_days(claim, user=award.supported_head, now=LATER, version=claim.version)
    operations.certify(claim, user=award.officer, now=LATER, version=claim.version)
    entry = make.session.query(HistoryEntry).filter_by(step="confirm_days").one()
    assert entry.actor_name == award.supported_head.name


def test_only_the_supported_schools_head_confirms_days(make: Make) -> None:
    award = an_award(make, supported=True)
    claim = award.sent()
    school = next(p.school for p in award.bid.partners if p.part is Part.SUPPORTED)
    for user in (award.head, award.officer, make.member(school, Standing.TEAM)):
        with pytest.raises(Refused, match="Only the head of a school that received"):
            operations.confirm_days(claim, user=user, now=LATER, version=claim.version)


def test_a_log_that_changed_after_a_question_is_confirmed_again(make: Make) -> None:
    award = an_award(make, supported=True)
    claim = award.sent()
    operations.confirm_days(claim, user=award.supported_head, now=LATER, version=claim.version)
    operations.query(
        claim, reason="Was the 6th a whole day?", user=award.officer, now=LATER, version=claim.version
    )
    assert claim.question == "Was the 6th a whole day?"
    award.add(claim, date(2027, 1, 7))
    operations.answer(claim, answer="Yes, and the 7th too", user=award.head, now=LATER, version=claim.version)
    assert (claim.state, claim.answer) == (ClaimState.SUBMITTED, "Yes, and the 7th too")
    assert claim.days_confirmed_at is None


def test_the_log_is_kept_as_it_was_sent(award: Award) -> None:
    claim = award.sent()
    entry = award.make.session.query(HistoryEntry).filter_by(process="claim", step="submit").one()
    assert entry.given["days"] == ["2027-01-06 RL1 2/2 Observed phonics"]
    assert entry.given["pence"] == claim.pence == 35_000


def test_a_double_click_is_told_from_a_stale_page(award: Award) -> None:
    claim = award.sent()
    seen = claim.version
    operations.certify(claim, user=award.officer, now=LATER, version=seen)
    with pytest.raises(AlreadyTaken):
        operations.certify(claim, user=award.officer, now=LATER, version=seen)
    with pytest.raises(Stale):
        operations.certify(claim, user=award.finance, now=LATER, version=seen)


def test_stopping_the_funding_releases_what_is_unpaid_to_the_penny(award: Award) -> None:
    award.pay(award.certified())
    chair = award.make.seat(award.bid.fund, position=SeatPosition.CHAIR).user
    award.bid.termination_asked_at = LATER
    award.bid.due_on = A_DAY
    award.make.session.commit()
    operations.terminate(
        award.bid,
        reason="The provider closed",
        user=chair,
        now=LATER + timedelta(days=1),
        version=award.bid.version,
    )
    totals = ledger.bid_totals(award.bid.id)
    assert (totals.released, totals.paid, totals.outstanding) == (265_000, 35_000, 0)
    assert award.bid.due_on is None
    assert sum_of(award.bid).left == 0


def test_funding_is_not_stopped_over_an_open_claim(award: Award) -> None:
    award.sent()
    chair = award.make.seat(award.bid.fund, position=SeatPosition.CHAIR).user
    award.bid.termination_asked_at = LATER
    award.make.session.commit()
    with pytest.raises(Refused, match="A claim is still open"):
        operations.terminate(award.bid, reason="x", user=chair, now=LATER, version=award.bid.version)
