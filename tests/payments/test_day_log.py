from datetime import date, timedelta

import pytest

from fundflow.models.payment import ClaimDay
from fundflow.payments import day_log, operations
from fundflow.steps import Stale, take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, Award, an_award


def test_a_claim_is_the_sum_of_its_days(award: Award) -> None:
    claim = award.claim()
    award.add(claim)
    award.add(claim, line=1, half_days=1)
    assert claim.pence == 35_000 + 16_800  # £350, and half of £240 with 40 %


def test_a_day_taken_out_of_the_log_is_not_claimed(award: Award) -> None:
    claim = award.claim()
    award.add(claim)
    award.add(claim, date(2027, 1, 7))
    day_log.remove_day(claim, claim.days[0].id, user=award.head, now=LATER, version=claim.version)
    assert [d.day for d in claim.days] == [date(2027, 1, 7)]
    assert claim.pence == 35_000


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 1, 21), "in the future"),
        (date(2026, 12, 17), "in the time of the bid"),
    ],
)
def test_days_lie_inside_the_project_and_not_in_the_future(award: Award, day: date, words: str) -> None:
    with pytest.raises(Refused, match=words):
        award.add(award.claim(), day)


def test_the_last_day_of_the_support_can_be_claimed(award: Award) -> None:
    claim = award.claim()
    end = award.bid.end_on
    day_log.add_day(
        claim,
        line_id=award.bid.backfill_lines[0].id,
        day=end,
        half_days=2,
        activity="Handed over",
        user=award.head,
        now=LATER + timedelta(days=365),
        version=claim.version,
    )
    assert claim.days[0].day == end


def test_two_halves_of_a_day_can_be_claimed_but_no_third(award: Award) -> None:
    claim = award.claim()
    award.add(claim, half_days=1)
    award.add(claim, half_days=1)
    with pytest.raises(Refused, match="RL1 is claimed for already on 6 January 2027"):
        award.add(claim, half_days=1)


def test_a_day_claimed_in_one_bid_cannot_be_claimed_in_another(make: Make) -> None:
    provider = make.school()
    first, second = an_award(make, provider=provider), an_award(make, provider=provider)
    first.sent()
    with pytest.raises(Refused, match="another bid"):
        second.add(second.claim())


def test_a_code_written_in_small_letters_is_the_same_person(make: Make) -> None:
    provider = make.school()
    first, second = an_award(make, provider=provider), an_award(make, provider=provider)
    second.bid.backfill_lines[0].staff_code = " rl1"
    first.sent()
    with pytest.raises(Refused, match="claimed for already"):
        second.add(second.claim())


def test_the_same_code_at_another_school_is_another_person(make: Make) -> None:
    an_award(make).sent()
    assert an_award(make).sent().pence == 35_000


def test_a_draft_elsewhere_holds_nobody_up_and_is_refused_when_it_is_sent_later(
    make: Make,
) -> None:
    provider = make.school()
    first, second = an_award(make, provider=provider), an_award(make, provider=provider)
    draft = first.claim()
    first.add(draft)
    second.sent()
    with pytest.raises(Refused, match="claimed for already"):
        operations.submit(draft, user=first.head, now=LATER, version=draft.version)


def test_a_refused_claim_frees_its_days(make: Make) -> None:
    provider = make.school()
    first, second = an_award(make, provider=provider), an_award(make, provider=provider)
    claim = first.sent()
    take_and_commit(
        claim,
        "refuse",
        given={"reason": "Not in the plan"},
        user=first.officer,
        now=LATER,
        version=claim.version,
    )
    assert second.sent().pence == 35_000


def test_more_days_than_the_bid_has_for_a_line_are_refused_over_all_claims(award: Award) -> None:
    days = [date(2027, 1, 4) + timedelta(days=n) for n in range(7)]
    award.sent(*days[:2])
    claim = award.claim()
    for day in days[2:6]:
        award.add(claim, day)
    with pytest.raises(Refused, match=r"has 6 days for Reading lead \(RL1\); with this one 7"):
        award.add(claim, days[6])


def test_a_line_of_another_bid_cannot_be_claimed(make: Make) -> None:
    award, other = an_award(make), an_award(make)
    claim = award.claim()
    with pytest.raises(Refused, match="whose release the bid pays for"):
        day_log.add_day(
            claim,
            line_id=other.bid.backfill_lines[0].id,
            day=A_DAY,
            half_days=2,
            activity="x",
            user=award.head,
            now=LATER,
            version=claim.version,
        )


def test_only_the_lead_school_writes_the_log(award: Award) -> None:
    stranger = award.make.member(award.make.school())
    claim = award.claim()
    for user in (stranger, award.officer, award.finance):
        with pytest.raises(Refused, match="Only people of the school"):
            award.add(claim, user=user)


def test_a_claim_that_was_sent_keeps_its_log(award: Award) -> None:
    claim = award.sent()
    with pytest.raises(Refused, match="can no longer be changed"):
        award.add(claim, date(2027, 1, 7))
    with pytest.raises(Refused, match="can no longer be changed"):
        day_log.remove_day(claim, claim.days[0].id, user=award.head, now=LATER, version=claim.version)


def test_a_stale_page_changes_nothing(award: Award) -> None:
    claim = award.claim()
    seen = claim.version
    award.add(claim)
    with pytest.raises(Stale):
        day_log.add_day(
            claim,
            line_id=award.bid.backfill_lines[0].id,
            day=date(2027, 1, 7),
            half_days=2,
            activity="x",
            user=award.head,
            now=LATER,
            version=seen,
        )
    assert award.make.session.query(ClaimDay).count() == 1


def test_an_invoice_reference_is_used_once_by_a_school(award: Award) -> None:
    first = award.claim()
    day_log.set_invoice(first, reference="INV 7", user=award.head, now=LATER, version=first.version)
    award.add(first)
    operations.submit(first, user=award.head, now=LATER, version=first.version)
    second = award.claim()
    with pytest.raises(Refused, match="inv 7 before"):
        day_log.set_invoice(second, reference="inv 7", user=award.head, now=LATER, version=second.version)


def test_another_school_may_use_the_same_invoice_reference(make: Make) -> None:
    for award in (an_award(make), an_award(make)):
        claim = award.claim()
        day_log.set_invoice(claim, reference="INV 7", user=award.head, now=LATER, version=claim.version)
        assert claim.invoice_reference == "INV 7"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (BidState.SUSPENDED, "paused"),
        (BidState.CLOSED, "no longer"),
        (BidState.OFFERED, "no longer"),
    ],
)
def test_a_claim_starts_only_while_the_award_can_be_claimed_on(
    make: Make, state: BidState, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        an_award(make, state).claim()


def test_a_second_click_opens_the_same_draft(award: Award) -> None:
    assert award.claim() is award.claim()
    assert [claim.number for claim in award.bid.claims] == [1]
