"""Days that a report says and the log lacks: nobody makes an advance a debt without being told."""

import re

import pytest

from fundflow.impact import operations
from fundflow.models.person import RoleName
from fundflow.models.recovery import Recovery
from fundflow.rules.report_log import report_and_log
from fundflow.steps import why_no_step
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.impact.conftest import LATER, Ended, SignIn, path
from tests.payments.conftest import an_award

pytestmark = pytest.mark.usefixtures("today")
SHORT = "The report says 8.5 days, the log holds none."


def send(ended: Ended, reason: str) -> None:
    ended.rate()
    operations.submit_report(
        ended.report, reason=reason, user=ended.head, now=LATER, version=ended.report.version
    )


@pytest.mark.both_databases
def test_a_report_of_days_the_log_lacks_is_not_sent_without_a_word(ended: Ended) -> None:
    ended.write()
    with pytest.raises(Refused, match=rf"{SHORT} Only days in the log are earned"):
        send(ended, "")
    ended.make.session.rollback()
    send(ended, "The days were logged on paper")
    assert ended.report.state is ReturnState.SUBMITTED


@pytest.mark.both_databases
def test_a_report_sent_without_its_days_waits(ended: Ended) -> None:
    """As one that was sent before the school was asked why."""
    ended.write(half_days_delivered=0)
    send(ended, "")
    ended.report.half_days_delivered = 17
    ended.make.session.commit()
    assert why_no_step(ended.report, "accept", ended.impact_officer, LATER) == (
        f"{SHORT} Ask the school to log them, or to say why not."
    )
    ended.report.half_days_delivered = 0
    ended.make.session.commit()
    assert why_no_step(ended.report, "accept", ended.impact_officer, LATER) is None


def test_every_page_of_the_report_shows_what_the_log_holds(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.rate()
    shown = {"report": ended.head, "report/steps/submit": ended.head}
    for page, user in shown.items():
        text = words(sign_in(user).get(path(ended, page)).text)
        assert "8.5 days of the report are not in it" in text, page
        assert "Days in the log 0" in text, page
    send(ended, "On paper")
    shown = {"impact": ended.head, "report/steps/accept": ended.impact_officer}
    for page, user in shown.items():
        text = words(sign_in(user).get(path(ended, page)).text)
        assert "as the school says On paper" in text, page


@pytest.fixture
def advanced(make: Make) -> Ended:
    """£3,000 paid in advance, and no day in the log."""
    award = an_award(make, advance=100)
    award.pay(award.certify(award.advance(300_000)))
    award.bid.state = BidState.IN_MONITORING
    make.session.commit()
    return Ended(make, award.bid, award.head, make.staff(RoleName.IMPACT_OFFICER), award.officer)


def test_accepting_says_what_it_asks_back(advanced: Ended, sign_in: SignIn) -> None:
    advanced.write()
    send(advanced, "On paper")
    text = words(sign_in(advanced.impact_officer).get(path(advanced, "report/steps/accept")).text)
    assert "earned £0.00 of £3,000.00 paid: £3,000.00 will be asked back" in text
    said = report_and_log(advanced.report).to_ask
    advanced.accept()
    assert [one.pence for one in advanced.make.session.query(Recovery)] == [said] == [300_000]


def test_before_anything_is_entered_the_school_reads_why_money_could_be_asked_back(
    advanced: Ended, sign_in: SignIn
) -> None:
    text = words(sign_in(advanced.head).get(path(advanced, "report")).text)
    assert "not in the log by then is asked back. The log is still empty, and £3,000.00 is paid." in text
    assert "£3,000.00 will be asked back" not in text


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
