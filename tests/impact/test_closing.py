import pytest

from fundflow import ledger
from fundflow.impact import operations
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName
from fundflow.rules.award_sums import sum_of
from fundflow.rules.closing import is_last_to_do
from fundflow.rules.recoveries import recoveries_of
from fundflow.steps import AlreadyTaken, take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.recovery import RecoveryState
from tests.factories import Make
from tests.impact.conftest import LATER, Ended, SignIn, an_ended_bid, letters_to, path


def close(ended: Ended) -> None:
    operations.close(ended.bid, user=ended.impact_officer, now=LATER, version=ended.bid.version)


@pytest.fixture
def accepted(ended: Ended) -> Ended:
    ended.write()
    ended.send()
    ended.accept()
    return ended


def test_the_accepted_report_releases_what_was_not_earned(accepted: Ended) -> None:
    totals = ledger.bid_totals(accepted.bid.id)
    assert (totals.released, totals.outstanding) == (300_000, 0)  # no day was logged, nothing was paid
    close(accepted)
    assert (accepted.bid.state, accepted.bid.due_on) == (BidState.CLOSED, None)


def test_what_was_paid_and_not_earned_stands_as_a_recovery_when_the_bid_closes(ended: Ended) -> None:
    ended.bid.claims = [paid(ended, 123_456)]
    ended.make.entry(ended.bid, EntryKind.PAID, 123_456)
    ended.make.session.commit()
    ended.write()
    ended.send()
    ended.accept()
    totals = ledger.bid_totals(ended.bid.id)
    assert (totals.released, totals.outstanding) == (300_000 - 123_456, 0)
    (recovery,) = recoveries_of(ended.bid)
    assert (recovery.pence, recovery.state) == (123_456, RecoveryState.REQUESTED)
    close(ended)
    assert ended.bid.state is BidState.CLOSED


def test_closing_waits_until_what_is_earned_is_paid_or_what_is_not_stands(accepted: Ended) -> None:
    accepted.bid.claims = [paid(accepted, 50_000)]  # entered by hand after the report
    accepted.make.session.commit()
    with pytest.raises(Refused, match=r"Ask back £500.00 that .* was paid and did not earn"):
        close(accepted)


def paid(ended: Ended, pence: int) -> Claim:
    return Claim(
        school=ended.bid.lead_school,
        number=1,
        kind=ClaimKind.ADVANCE,
        state=ClaimState.PAID,
        pence=pence,
        created_at=LATER,
        paid_at=LATER,
        paid_by_id=ended.officer.id,
    )


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
        Claim(
            school=accepted.bid.lead_school,
            number=1,
            kind=ClaimKind.ADVANCE,
            state=ClaimState.SUBMITTED,
            pence=1,
            created_at=LATER,
        )
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


def test_a_report_is_accepted_and_its_bid_closed_in_one_act_with_one_letter(ended: Ended) -> None:
    ended.write()
    ended.send()
    ended.accept(closes=True)
    assert ended.bid.state is BidState.CLOSED
    steps = [entry.step for entry in ended.make.session.query(HistoryEntry).order_by(HistoryEntry.id)]
    assert steps[-2:] == ["accept", "close"]
    told = letters_to(ended.head)
    assert [letter.subject for letter in told][-1:] == [f"{ended.bid.reference}: your bid is complete"]
    assert "We have accepted your report" in told[-1].body
    assert "Our rating is green" in told[-1].body
    assert not [letter for letter in told if "accepted your" in letter.subject]


def test_nothing_is_accepted_where_the_bid_cannot_be_closed_in_the_same_act(make: Make) -> None:
    ended = an_ended_bid(make, supported=True)
    ended.write()
    ended.send()
    assert not is_last_to_do(ended.report, LATER)
    with pytest.raises(Refused, match="Feedback is outstanding from Hazelmere Primary"):
        ended.accept(closes=True)
    make.session.rollback()
    assert not ended.bid.has_accepted_report()


def test_closing_is_not_offered_where_money_is_to_come_back(ended: Ended) -> None:
    ended.write()
    ended.send()
    assert is_last_to_do(ended.report, LATER)
    ended.bid.claims = [paid(ended, 123_456)]
    ended.make.session.commit()
    assert not is_last_to_do(ended.report, LATER)


def test_closing_is_not_offered_with_a_corrected_report(ended: Ended) -> None:
    ended.write()
    ended.send()
    ended.report.number = 2
    assert not is_last_to_do(ended.report, LATER)


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("ticked", [True, False])
def test_the_pages_offer_to_close_where_nothing_else_is_open(
    ended: Ended, sign_in: SignIn, ticked: bool
) -> None:
    ended.write()
    ended.send()
    officer, page = sign_in(ended.impact_officer), path(ended, "report/steps/accept")
    assert 'name="closes"' in officer.get(page).text
    assert 'name="closes"' in officer.get(path(ended, "report/review")).text
    sent = {"version": ended.report.version, "rag": "green", "reason": "So it is"}
    officer.post(page, data=sent | ({"closes": "y"} if ticked else {}))
    ended.make.session.expire_all()
    assert ended.bid.state is (BidState.CLOSED if ticked else BidState.IN_MONITORING)


@pytest.mark.usefixtures("today")
def test_the_page_does_not_offer_to_close_where_something_is_open(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    ended.write()
    ended.send()
    page = sign_in(ended.impact_officer).get(path(ended, "report/steps/accept")).text
    assert "Your rating" in page
    assert 'name="closes"' not in page
