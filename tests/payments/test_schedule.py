"""Shares of an award raise their own claims; the sum decides what is due."""

from datetime import date

import pytest

from fundflow.impact import operations as impact
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName
from fundflow.payments import operations
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, an_award

STAGED = {"advance": 50, "half_time": 30}
HALF_WAY = date(2027, 1, 1)


def staged(make: Make) -> Award:
    """A £3,000 award at 50/30/20 whose advance is paid, past half-time."""
    award = an_award(make, **STAGED)
    award.pay(award.certify(award.advance(150_000)))
    award.bid.end_on = LATER.date()
    make.session.commit()
    return award


def record_half_time(award: Award) -> Claim:
    operations.record_half_time(award.bid, user=award.officer, now=LATER, version=award.bid.version)
    return award.bid.claims[-1]


def test_half_time_raises_the_claim_for_the_second_share(make: Make) -> None:
    award = staged(make)
    claim = record_half_time(award)
    assert (claim.kind, claim.state, claim.pence) == (ClaimKind.HALF_TIME, ClaimState.SUBMITTED, 90_000)
    letters = make.session.query(Letter).filter(Letter.key.like("step:%")).all()
    told = {letter.recipient: letter.body for letter in letters if "Half of your support" in letter.body}
    assert "the next share of your award. It is £900.00." in told["school"]
    assert any("Check the claim for the second share, £900.00" in letter.body for letter in letters)


def test_half_time_is_recorded_once_and_not_before_the_middle_day(make: Make) -> None:
    award = an_award(make, **STAGED)
    with pytest.raises(Refused, match=r"Half-time is on \d+ \w+ 20\d\d"):
        record_half_time(award)
    award = staged(make)
    record_half_time(award)
    with pytest.raises(Refused, match="Half-time was recorded on 20 January 2027"):
        record_half_time(award)


def test_an_award_without_a_share_at_half_time_has_no_such_step(make: Make) -> None:
    award = an_award(make)
    with pytest.raises(Refused, match="no share that is paid at half-time"):
        record_half_time(award)


def test_what_days_earned_beyond_the_shares_is_not_paid_twice(make: Make) -> None:
    award = staged(make)
    days = [date(2027, 1, day) for day in (4, 5, 6, 7, 8)]
    award.pay(award.certified(*days))  # £1,750 earned: £250 due
    assert record_half_time(award).pence == 90_000 - 25_000


def test_what_was_worked_beyond_the_shares_is_paid_with_the_accepted_report(make: Make) -> None:
    award = staged(make)
    award.pay(award.certify(record_half_time(award)))
    with pytest.raises(Refused, match="The rest is paid once the final report is accepted"):
        award.ask()
    days = [date(2027, 1, day) for day in (4, 5, 6, 7, 8, 11)]
    award.worked(*days)
    award.worked(*days[:2], line=1)
    award.bid.state, report = BidState.IN_MONITORING, award.bid.report
    report.state = ReturnState.SUBMITTED
    make.session.commit()
    officer = make.staff(RoleName.IMPACT_OFFICER)
    impact.accept_report(
        report, rag=Rag.TOO_EARLY, reason="", user=officer, now=LATER, version=report.version
    )
    assert award.bid.claims[-1].kind is ClaimKind.FINAL
    assert award.bid.claims[-1].pence == 277_200 - 240_000


def test_the_accepted_report_raises_the_last_claim(make: Make) -> None:
    award = an_award(make)
    award.certified(date(2027, 1, 4))
    award.bid.state, report = BidState.IN_MONITORING, award.bid.report
    claim = award.bid.claims[0]
    claim.pence = 30_000  # less than its day: the rest is still due
    report.state = ReturnState.SUBMITTED
    make.session.commit()
    officer = make.staff(RoleName.IMPACT_OFFICER)
    impact.accept_report(
        report, rag=Rag.TOO_EARLY, reason="", user=officer, now=LATER, version=report.version
    )
    last = award.bid.claims[-1]
    assert (last.kind, last.state, last.pence) == (ClaimKind.FINAL, ClaimState.SUBMITTED, 5_000)
    letter = make.session.query(Letter).filter(Letter.recipient == "finance").all()[-1]
    assert "Check the claim for the last payment, £50.00" in letter.body
