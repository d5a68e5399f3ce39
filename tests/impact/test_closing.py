import pytest

from fundflow import ledger
from fundflow.impact import operations
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName
from fundflow.rules.awards import sum_of
from fundflow.steps import AlreadyTaken, take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.impact.conftest import LATER, Ended


def close(ended: Ended) -> None:
    operations.close(ended.bid, user=ended.impact_officer, now=LATER, version=ended.bid.version)


@pytest.fixture
def accepted(ended: Ended) -> Ended:
    ended.write()
    ended.send()
    ended.accept()
    return ended


def test_closing_releases_what_was_not_spent_to_the_penny(accepted: Ended) -> None:
    accepted.make.entry(accepted.bid, EntryKind.PAID, 123_456)
    close(accepted)
    totals = ledger.bid_totals(accepted.bid.id)
    assert (totals.released, totals.outstanding) == (300_000 - 123_456, 0)
    assert (accepted.bid.state, accepted.bid.due_on) == (BidState.CLOSED, None)


def test_a_bid_that_spent_everything_closes_without_an_entry(accepted: Ended) -> None:
    accepted.make.entry(accepted.bid, EntryKind.PAID, 300_000)
    close(accepted)
    assert ledger.bid_totals(accepted.bid.id).released == 0


def test_closing_waits_for_the_report(ended: Ended) -> None:
    ended.write()
    ended.send()
    with pytest.raises(Refused, match="report has not been accepted"):
        close(ended)


def test_closing_waits_for_the_supported_school_to_be_asked(accepted: Ended) -> None:
    for feedback in list(accepted.bid.feedback):
        accepted.make.session.delete(feedback)
    accepted.make.session.commit()
    with pytest.raises(Refused, match="not been asked for feedback"):
        close(accepted)


def test_closing_waits_for_open_claims(accepted: Ended) -> None:
    accepted.bid.claims.append(
        Claim(number=1, kind=ClaimKind.ADVANCE, state=ClaimState.SUBMITTED, pence=1, created_at=LATER)
    )
    accepted.make.session.commit()
    with pytest.raises(Refused, match="A claim is still open"):
        close(accepted)


def test_only_the_impact_officer_closes_and_only_an_administrator_reopens(accepted: Ended) -> None:
    administrator = accepted.make.staff(RoleName.ADMINISTRATOR)
    with pytest.raises(Refused, match="Only the impact officer"):
        operations.close(accepted.bid, user=administrator, now=LATER, version=accepted.bid.version)
    close(accepted)
    with pytest.raises(Refused, match="Only an administrator"):
        take_and_commit(
            accepted.bid,
            "reopen",
            given={"reason": "x"},
            user=accepted.impact_officer,
            now=LATER,
            version=accepted.bid.version,
        )
    take_and_commit(
        accepted.bid,
        "reopen",
        given={"reason": "A late invoice"},
        user=administrator,
        now=LATER,
        version=accepted.bid.version,
    )
    assert (accepted.bid.state, accepted.bid.due_on) == (BidState.IN_MONITORING, None)


def test_money_released_at_the_close_cannot_be_claimed_after_reopening(accepted: Ended) -> None:
    close(accepted)
    take_and_commit(
        accepted.bid,
        "reopen",
        given={"reason": "x"},
        now=LATER,
        version=accepted.bid.version,
        user=accepted.make.staff(RoleName.ADMINISTRATOR),
    )
    assert sum_of(accepted.bid).left == 0


def test_closing_twice_from_one_page_is_a_double_click(accepted: Ended) -> None:
    seen = accepted.bid.version
    close(accepted)
    with pytest.raises(AlreadyTaken):
        operations.close(accepted.bid, user=accepted.impact_officer, now=LATER, version=seen)
