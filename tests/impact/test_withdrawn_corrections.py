"""A corrected version asked for by mistake is withdrawn, and a second click says what is so."""

import pytest

from fundflow.impact import corrections, operations
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName
from fundflow.models.unfinished import set_unfinished
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.impact.conftest import LATER, WHOLE, Ended, SignIn, letters_to, path
from tests.impact.test_versions import correct

pytestmark = pytest.mark.usefixtures("today")
WHY = "It was another school’s report."


@pytest.fixture
def accepted(ended: Ended) -> Ended:
    ended.write()
    ended.send()
    ended.accept(Rag.GREEN)
    return ended


def withdraw(ended: Ended) -> None:
    report = ended.report
    corrections.withdraw(report, reason=WHY, user=ended.impact_officer, now=LATER, version=report.version)


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [BidState.IN_MONITORING, BidState.CLOSED])
def test_the_accepted_report_stands_again(accepted: Ended, state: BidState) -> None:
    first = accepted.report
    accepted.bid.state, accepted.bid.due_on = state, None
    second = correct(accepted)
    withdraw(accepted)
    assert second.state is ReturnState.WITHDRAWN
    assert accepted.report is first
    assert accepted.bid.due_on is None
    letter = letters_to(accepted.head)[-1]
    assert letter.subject == f"{accepted.bid.reference}: you need not correct your report"
    assert WHY in letter.body
    third = correct(accepted)  # on purpose, later
    assert (third.number, third.is_editable) == (3, True)


def test_what_the_school_has_begun_is_not_withdrawn(accepted: Ended) -> None:
    correct(accepted)
    accepted.write(value=64)
    with pytest.raises(Refused, match="The school has begun to correct it"):
        withdraw(accepted)


def test_a_correction_that_was_sent_and_returned_is_not_withdrawn(accepted: Ended) -> None:
    correct(accepted)
    accepted.send()
    operations.return_report(
        accepted.report, reason="?", user=accepted.impact_officer, now=LATER, version=accepted.report.version
    )
    with pytest.raises(Refused, match="has begun"):
        withdraw(accepted)


def test_what_was_typed_and_not_kept_counts_as_begun(accepted: Ended) -> None:
    correct(accepted)
    set_unfinished(accepted.bid, "report", {"fields": {"spent": ["many"]}, "wrong": ["Spent"]})
    with pytest.raises(Refused, match="has begun"):
        withdraw(accepted)


def test_a_report_that_corrects_nothing_is_not_withdrawn(ended: Ended) -> None:
    ended.write()
    ended.send()
    operations.return_report(
        ended.report, reason="?", user=ended.impact_officer, now=LATER, version=ended.report.version
    )
    with pytest.raises(Refused, match="not a corrected version"):
        withdraw(ended)


def test_what_was_held_for_a_late_correction_goes_on(accepted: Ended) -> None:
    report = correct(accepted)
    report.held_at = LATER
    withdraw(accepted)
    assert report.held_at is None


def test_only_the_impact_officer_withdraws_it(accepted: Ended, sign_in: SignIn) -> None:
    report = correct(accepted)
    for user in (accepted.head, accepted.officer, accepted.make.staff(RoleName.FINANCE)):
        with pytest.raises(Refused, match="Only the impact officer"):
            corrections.withdraw(report, reason=WHY, user=user, now=LATER, version=report.version)
    page = sign_in(accepted.impact_officer).get(path(accepted, "impact")).text
    assert "Withdraw the correction" in page
    assert "Withdraw the correction" not in sign_in(accepted.head).get(path(accepted, "impact")).text


def test_a_second_click_says_what_the_first_did(accepted: Ended, sign_in: SignIn) -> None:
    client, report = sign_in(accepted.impact_officer), accepted.report
    sent = {"reason": "The days are wrong", "version": report.version}
    for _click in range(2):
        said = client.post(path(accepted, "report/steps/correct"), data=sent, follow_redirects=True)
        assert said.status_code == 200
        assert "A corrected version is asked for." in said.text
    second = accepted.report
    sent = {"reason": WHY, "version": second.version}
    for _click in range(2):
        said = client.post(
            path(accepted, "report/steps/withdraw-correction"), data=sent, follow_redirects=True
        )
        assert said.status_code == 200
        assert "The correction is withdrawn." in said.text
    assert [one.number for one in accepted.bid.returns] == [1, 2]


def test_the_school_reads_no_version_that_was_withdrawn(accepted: Ended, sign_in: SignIn) -> None:
    correct(accepted)
    withdraw(accepted)
    client = sign_in(accepted.head)
    assert client.get(path(accepted, "report/versions/2")).status_code == 404
    page = client.get(path(accepted, "impact")).text
    assert "Rating of version 1" not in page
    assert WHOLE["lessons"] in page


def test_a_school_that_was_writing_it_is_told_that_it_is_withdrawn(accepted: Ended, sign_in: SignIn) -> None:
    correct(accepted)
    client = sign_in(accepted.head)
    version = accepted.report.version
    withdraw(accepted)
    for shown in (version, version + 7):
        said = client.post(path(accepted, "report"), data={"version": shown, "lessons": "Typed"}).text
        assert "The council does not ask for the corrected version any more." in said
        assert "What happened" not in said
        assert "Typed" in said
    assert accepted.report.lessons == WHOLE["lessons"]
