"""What was earned before an award was entered: corrected by one finance officer, confirmed by another."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from fundflow import ledger
from fundflow.desk.work import waiting_for
from fundflow.extensions import db
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, User
from fundflow.openings import correcting
from fundflow.payments import operations as payments
from fundflow.payments.own_staff import own_staff
from fundflow.payments.year_end import fund_year
from fundflow.rules.award_sums import sum_of
from fundflow.rules.openings import earned_before
from fundflow.rules.recoveries import recoveries_of
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.earned_correction import EarnedCorrectionState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.openings.conftest import Council
from tests.payments import test_recoveries
from tests.payments.conftest import LATER, Award

pytestmark = pytest.mark.usefixtures("today")


def days_of(bid: Bid) -> AwardLine:
    assert bid.award is not None
    return next(line for line in bid.award.lines if line.is_days)


def travel_of(bid: Bid) -> AwardLine:
    assert bid.award is not None
    return next(line for line in bid.award.lines if not line.is_days)


def ask(council: Council, line: AwardLine, right: int, **changes: Any) -> EarnedCorrection:
    said = {"reason": "Misread", "user": council.owen, "now": LATER, "version": line.award.bid.version}
    return correcting.propose(line, right=right, **{**said, **changes})


def correct(council: Council, line: AwardLine, right: int) -> EarnedCorrection:
    found = ask(council, line, right)
    correcting.confirm(found, user=council.fatima, now=LATER, version=found.version)
    return found


def claimed(council: Council, bid: Bid) -> Claim:
    """The head asks for the £60 that is due."""
    payments.ask_for_payment(bid, user=council.head, now=LATER, version=bid.version)
    return bid.claims[-1]


@pytest.mark.both_databases
def test_what_was_entered_counts_until_another_person_confirms(council: Council) -> None:
    bid = council.entered()
    asked = ask(council, days_of(bid), 4)
    assert sum_of(bid).whole.earned == 93_500
    with pytest.raises(Refused, match="another finance officer must confirm"):
        correcting.confirm(asked, user=council.owen, now=LATER, version=asked.version)
    correcting.confirm(asked, user=council.fatima, now=LATER, version=asked.version)
    assert sum_of(bid).whole.earned == 76_000  # 2 days at £350 and £60
    assert [(row.was, row.half_days, row.state) for row in correcting.corrections_of([bid.id])] == [
        (5, -1, EarnedCorrectionState.CONFIRMED)
    ]


@pytest.mark.both_databases
def test_every_reader_of_what_was_earned_reads_the_correction(council: Council) -> None:
    bid = council.entered()
    line, travel = days_of(bid), travel_of(bid)
    correct(council, line, 8)
    correct(council, travel, 0)
    assert earned_before(bid) == {line.id: 8, travel.id: 0}
    (own,) = own_staff(council.provider_head, LATER)
    assert (own.confirmed, own.earned) == (8, 140_000)
    (year,) = fund_year(council.fund, 2026).payees
    assert (year.earned, year.paid, year.accrued) == (140_000, 87_500, 52_500)
    correct(council, line, 9)
    assert sum_of(bid).whole.earned == 157_500


@pytest.mark.both_databases
def test_a_refused_correction_changes_nothing(council: Council) -> None:
    bid = council.entered()
    asked = ask(council, days_of(bid), 4)
    correcting.refuse(asked, reason="It is right", user=council.fatima, now=LATER, version=asked.version)
    assert sum_of(bid).whole.earned == 93_500
    assert ask(council, days_of(bid), 4).state is EarnedCorrectionState.PROPOSED


@pytest.mark.parametrize(
    ("right", "words"),
    [(5, "stands here already"), (14, r"At most 6.5 days can be earned, 110% of this line")],
)
def test_no_other_amount_was_earned(council: Council, right: int, words: str) -> None:
    bid = council.entered()
    with pytest.raises(Refused, match=words):
        ask(council, days_of(bid), right)


def test_one_correction_of_a_line_waits_at_a_time(council: Council) -> None:
    bid = council.entered()
    version = bid.version
    ask(council, days_of(bid), 4, version=version)
    with pytest.raises(AlreadyTaken):
        ask(council, days_of(bid), 4, version=version)
    with pytest.raises(Refused, match="waits for another finance officer"):
        ask(council, days_of(bid), 3)
    with pytest.raises(Stale):
        ask(council, travel_of(bid), 0, version=version)


def test_only_what_was_earned_before_can_be_corrected(council: Council) -> None:
    bid = council.make.bid(state=BidState.IN_DELIVERY, fund=council.fund)
    why = "This award was not entered as one already running, so there is nothing to correct."
    assert correcting.why_no_correction(bid, council.owen, LATER) == why
    with pytest.raises(Refused):
        ask(council, bid.award.lines[0], 1)


def test_a_closed_bid_keeps_what_was_earned(council: Council) -> None:
    bid = council.entered()
    asked = ask(council, days_of(bid), 4)
    db.session.execute(Bid.__table__.update().where(Bid.id == bid.id).values(state=BidState.CLOSED))
    db.session.refresh(bid)
    with pytest.raises(Refused, match="The bid is closed"):
        correcting.confirm(asked, user=council.fatima, now=LATER, version=asked.version)


def test_a_claim_that_nobody_checked_comes_down_with_it(council: Council) -> None:
    bid = council.entered()
    claim = claimed(council, bid)
    assert (claim.state, claim.pence) == (ClaimState.SUBMITTED, 6_000)
    correct(council, travel_of(bid), 2_000)
    assert (claim.state, claim.pence) == (ClaimState.SUBMITTED, 2_000)


def test_less_waits_for_a_claim_that_is_about_to_be_paid(council: Council) -> None:
    bid = council.entered()
    claim = claimed(council, bid)
    less, more = ask(council, travel_of(bid), 2_000), ask(council, days_of(bid), 6)
    claim.state, claim.certified_by_id = ClaimState.CERTIFIED, council.officer.id
    council.make.session.commit()
    with pytest.raises(Refused, match="about to be paid"):
        correcting.confirm(less, user=council.fatima, now=LATER, version=less.version)
    correcting.confirm(more, user=council.fatima, now=LATER, version=more.version)


def test_once_the_funding_stopped_what_was_paid_and_not_earned_comes_back(council: Council) -> None:
    bid = council.entered()
    db.session.execute(Bid.__table__.update().where(Bid.id == bid.id).values(state=BidState.TERMINATED))
    db.session.refresh(bid)
    correct(council, days_of(bid), 2)
    # £875 is paid; £350 and £60 are earned
    assert [(r.school, r.pence) for r in recoveries_of(bid)] == [(council.school, 46_500)]


def terminate(bid: Bid, council: Council, make: Make) -> None:
    officer = make.staff(RoleName.OFFICER)
    award = SimpleNamespace(bid=bid, make=make, officer=officer, head=council.head, finance=council.owen)
    test_recoveries.terminate(cast(Award, award))


def test_more_earned_on_a_settled_award_is_awarded_again(council: Council, make: Make) -> None:
    bid = council.entered()
    terminate(bid, council, make)
    before = sum_of(bid)
    assert (before.whole.earned, before.outstanding) == (93_500, 6_000)
    correct(council, days_of(bid), 12)
    found = sum_of(bid)
    assert found.whole.earned == 216_000
    assert found.awarded - found.released == 216_000
    assert (found.outstanding, found.underway, found.due) == (128_500, 128_500, 0)
    assert recoveries_of(bid) == []


def test_more_earned_on_a_settled_award_needs_room_in_the_fund(council: Council, make: Make) -> None:
    bid = council.entered()
    terminate(bid, council, make)
    (line,) = bid.fund.allocations
    ledger.cut(
        line, ledger.by_line(bid.fund_id)[line.id].free - 100, user=council.owen, now=LATER, minute="Minute 9"
    )
    make.session.commit()
    found = ask(council, days_of(bid), 12)
    with pytest.raises(Refused, match=r"^The fund can still offer £1\.00"):
        correcting.confirm(found, user=council.fatima, now=LATER, version=found.version)
    make.session.rollback()
    assert found.state is EarnedCorrectionState.PROPOSED


def test_the_school_is_told_once_it_is_confirmed(council: Council) -> None:
    bid = council.entered()
    correct(council, days_of(bid), 4)
    letter = council.make.session.scalars(
        select(Letter).where(Letter.subject == f"{bid.reference}: what was earned before is put right")
    ).one()
    assert letter.email == council.head.email
    assert "Our records said that 2.5 days of “Assistant head” had been earned on this award" in letter.body
    assert (
        """The right figure is 2 days, and that is what counts now.

Why
  Misread

Earned so far: £760.00
Paid so far: £875.00
Due now: £0.00

What you need to do
Check these figures. If they are wrong, tell us now. You don’t need to pay anything back unless we ask.
"""
        in letter.body
    )


def test_it_waits_on_the_other_finance_officers_work(council: Council) -> None:
    bid = council.entered()
    asked = ask(council, days_of(bid), 4)
    what = "Confirm what was earned before"

    def path_of(user: User) -> list[str]:
        return [line.path for line in waiting_for(user, LATER).lines if line.what == what]

    assert path_of(council.fatima) == [f"/money/openings/corrections/{asked.id}/steps/confirm"]
    assert path_of(council.owen) == []


@pytest.mark.both_databases
@pytest.mark.parametrize("column", ["was", "half_days", "reason"])
def test_the_database_keeps_what_was_asked(council: Council, column: str) -> None:
    asked = ask(council, days_of(council.entered()), 4)
    setattr(asked, column, "Other" if column == "reason" else 1)
    with pytest.raises(DatabaseError, match="append-only"):
        council.make.session.commit()
    council.make.session.rollback()
