from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from fundflow import ledger
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Rag
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.payee import Route
from fundflow.models.person import RoleName, SeatPosition, Standing
from fundflow.payments import operations, settling
from fundflow.rules.award_sums import sum_of
from fundflow.steps import AlreadyTaken, Stale, take_and_commit
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


def test_the_head_asks_for_payment_and_the_team_does_not(award: Award) -> None:
    clerk = award.make.member(award.bid.lead_school, Standing.TEAM)
    award.worked()
    with pytest.raises(Refused, match="Only the head"):
        award.ask(user=clerk)
    award.make.session.rollback()
    claim = award.ask()
    assert (claim.state, claim.pence, len(claim.days)) == (ClaimState.SUBMITTED, 35_000, 1)


def test_somebody_of_a_school_in_the_bid_cannot_handle_its_claim(award: Award) -> None:
    inside = award.make.member(award.bid.providers[0])
    award.make.role(inside, RoleName.FINANCE)
    claim = award.sent()
    with pytest.raises(Refused, match="your school"):
        operations.certify(claim, user=inside, now=LATER, version=claim.version)


def test_what_no_head_has_confirmed_is_not_asked_for(award: Award) -> None:
    award.log()
    with pytest.raises(Refused, match="No days are confirmed yet"):
        award.ask()
    award.confirm(*settling.days_to_confirm(award.bid, award.head, LATER))
    assert award.ask().pence == 35_000
    award.log(date(2027, 1, 7))
    with pytest.raises(Refused, match="is asked for already"):
        award.ask()


def test_a_claim_is_not_paid_beyond_what_is_due(make: Make) -> None:
    award = an_award(make, advance=100)
    claim = award.advance(300_000)
    award.bid.report.state = ReturnState.ACCEPTED
    award.bid.report.rag = Rag.GREEN
    award.make.session.commit()
    with pytest.raises(Refused, match=r"The claim is £3,000.00; £0.00 of the award is due now"):
        operations.certify(claim, user=award.officer, now=LATER, version=claim.version)


def test_a_claim_is_not_paid_a_penny_beyond_what_is_due(make: Make) -> None:
    award = an_award(make, advance=0)
    award.worked(date(2027, 1, 6))
    claim = award.ask()
    claim.pence += 1
    award.make.session.commit()
    with pytest.raises(Refused, match=r"The claim is £350.01; £350.00 of the award is due now"):
        operations.certify(claim, user=award.officer, now=LATER, version=claim.version)


def test_days_that_the_advance_covers_are_not_paid_again(make: Make) -> None:
    award = an_award(make, advance=50, half_time=30)
    award.pay(award.certify(award.advance(150_000)))
    award.worked(*(date(2027, 1, day) for day in range(4, 8)))
    with pytest.raises(Refused, match=r"£1,500.00 is paid already and covers the days .* £1,400.00"):
        award.ask()
    award.worked(date(2027, 1, 8))
    assert award.ask().pence == 5 * 35_000 - 150_000


def test_what_is_kept_for_the_report_is_not_claimed_before(make: Make) -> None:
    award = an_award(make, advance=50, half_time=30)
    award.pay(award.certify(award.advance(150_000)))
    days = [date(2027, 1, day) for day in (4, 5, 6, 7, 8, 11)]
    award.worked(*days)
    award.worked(*days[:2], line=1)
    award.worked(days[2], line=1, half_days=1)
    assert award.ask().pence == 240_000 - 150_000  # of £2,940 earned, £600 is kept
    with pytest.raises(Refused, match=r"All but £600.00 .* once the final report is accepted"):
        award.ask()


def test_an_advance_needs_nobodys_word_about_days(make: Make) -> None:
    award = an_award(make, advance=100)
    claim = award.advance(300_000)
    operations.certify(claim, user=award.officer, now=LATER, version=claim.version)
    award.pay(claim)
    assert ledger.bid_totals(award.bid.id).outstanding == 0


def test_nothing_is_sent_checked_or_paid_while_payments_are_paused(award: Award) -> None:
    ready, sent = award.certified(), award.sent(date(2027, 1, 7))
    award.worked(date(2027, 1, 8))
    award.bid.state = BidState.SUSPENDED
    award.make.session.commit()
    for attempt in (
        lambda: award.pay(ready),
        lambda: operations.certify(sent, user=award.officer, now=LATER, version=sent.version),
        award.ask,
    ):
        with pytest.raises(Refused, match="Payments on this bid are paused"):
            attempt()


def test_a_day_that_is_not_confirmed_holds_its_claim_back(award: Award) -> None:
    """As in claims that were sent before days had a log of their own."""
    claim, entry = award.sent(A_DAY, date(2027, 1, 7)), award.log(date(2027, 1, 8))
    entry.claim = claim
    award.make.session.commit()
    with pytest.raises(Refused, match=r"Waiting for the head of .* to confirm the days"):
        award.certify(claim)
    award.strike_out(entry, award.head)
    award.certify(claim)


def test_an_answer_deletes_nothing_and_works_the_amount_out_again(award: Award) -> None:
    claim = award.sent(A_DAY, date(2027, 1, 7))
    operations.query(claim, reason="Was she in?", user=award.officer, now=LATER, version=claim.version)
    award.strike_out(claim.days[0], award.head, "She was ill")
    operations.answer(claim, answer="Not on the 6th", user=award.head, now=LATER, version=claim.version)
    assert (claim.state, claim.answer) == (ClaimState.SUBMITTED, "Not on the 6th")
    assert (claim.pence, len(claim.days)) == (35_000, 2)
    asked = award.make.session.query(HistoryEntry).filter_by(process="claim", step="submit").one()
    assert asked.given["pence"] == 70_000


def test_disputed_days_wait_in_a_claim_of_their_own_and_the_rest_goes_on(award: Award) -> None:
    claim = award.sent(A_DAY, date(2027, 1, 7), date(2027, 1, 8))
    first, *rest = claim.days
    asked = {"reason": "Which class?", "user": award.officer, "now": LATER}
    operations.dispute(claim, days={first.id}, version=claim.version, **asked)
    (parted,) = claim.parted
    assert (claim.state, claim.pence, list(claim.days)) == (ClaimState.SUBMITTED, 70_000, rest)
    assert (parted.state, parted.pence, list(parted.days)) == (ClaimState.QUERIED, 35_000, [first])
    assert (parted.split_from, parted.question) == (claim, "Which class?")
    letter = award.make.session.query(Letter).filter(Letter.subject.contains("question about part")).one()
    assert "The rest of your claim, £700.00, goes on." in letter.body
    award.pay(award.certify(claim))
    operations.answer(parted, answer="Year 2", user=award.head, now=LATER, version=parted.version)
    award.pay(award.certify(parted))
    assert ledger.bid_totals(award.bid.id).paid == 105_000


def test_a_disputed_day_that_is_struck_out_is_not_paid(award: Award) -> None:
    claim = award.sent(A_DAY, date(2027, 1, 7))
    asked = {"reason": "Which class?", "user": award.officer, "now": LATER}
    operations.dispute(claim, days={claim.days[0].id}, version=claim.version, **asked)
    (parted,) = claim.parted
    award.strike_out(parted.days[0], award.head, "She was ill")
    assert (parted.pence, claim.pence) == (0, 35_000)
    operations.answer(parted, answer="Struck out", user=award.head, now=LATER, version=parted.version)
    with pytest.raises(Refused, match="Nothing of this claim is due any more"):
        award.certify(parted)
    award.pay(award.certify(claim))


def test_all_days_or_the_only_one_are_not_parted_from_a_claim(award: Award) -> None:
    claim = award.sent(A_DAY, date(2027, 1, 7))
    asked = {"reason": "Which class?", "user": award.officer, "now": LATER}
    for days in (set(), {day.id for day in claim.days}):
        with pytest.raises(Refused, match="Select a part of the claim"):
            operations.dispute(claim, days=days, version=claim.version, **asked)
    award.strike_out(claim.days[0], award.officer)
    with pytest.raises(Refused, match="This claim has fewer than two days"):
        operations.dispute(claim, days={claim.days[1].id}, version=claim.version, **asked)


def test_a_refused_claims_days_are_asked_for_again(award: Award) -> None:
    claim = award.sent()
    refusal = {"given": {"reason": "No invoice"}, "user": award.officer, "now": LATER}
    take_and_commit(claim, "refuse", version=claim.version, **refusal)
    again = award.ask()
    assert (again.pence, len(again.days), again.number) == (35_000, 1, 2)


def test_an_invoice_reference_is_used_once_by_a_school(award: Award) -> None:
    award.worked()
    award.ask(invoice="INV 7")
    award.worked(date(2027, 1, 7))
    with pytest.raises(Refused, match="inv 7 before"):
        award.ask(invoice="inv 7")
    assert award.ask(invoice="INV 8").invoice_reference == "INV 8"


def test_another_school_may_use_the_same_invoice_reference(make: Make) -> None:
    for award in (an_award(make), an_award(make)):
        award.worked()
        assert award.ask(invoice="INV 7").invoice_reference == "INV 7"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (BidState.SUSPENDED, "paused"),
        (BidState.CLOSED, "no longer"),
        (BidState.OFFERED, "no longer"),
    ],
)
def test_payment_is_asked_for_only_while_the_award_can_be_claimed_on(
    make: Make, state: BidState, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        an_award(make, state).ask()


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
