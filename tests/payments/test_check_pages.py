"""Before an award is stopped or changed a page says what becomes of its money; the step does just that."""

import html
from datetime import date

import pytest

from fundflow import ledger
from fundflow.models.money import pounds
from fundflow.models.recovery import Recovery
from fundflow.payments import about_to
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from tests.factories import Make
from tests.panel.test_check_page import sent_along
from tests.payments.conftest import LATER, SignIn, an_award
from tests.payments.test_changes import agreed_by_all, ask, decider

pytestmark = pytest.mark.usefixtures("today")


@pytest.mark.parametrize(
    ("advance", "said"),
    [
        (
            80,
            [
                "£3,000.00 is awarded. £700.00 of it is earned so far, and £2,400.00 is paid.",
                "£1,350.00 was paid and must come back.",
                "£600.00 goes back to the fund.",
                "£350.00 more is earned if the days that wait are confirmed.",
            ],
        ),
        (
            0,
            [
                "£3,000.00 is awarded. £700.00 of it is earned so far, and £0.00 is paid.",
                "£700.00 is still due and will be paid.",
                "£1,950.00 goes back to the fund.",
                "£350.00 more is earned if the days that wait are confirmed.",
            ],
        ),
    ],
)
def test_stopping_says_what_is_earned_paid_due_and_comes_back(
    make: Make, sign_in: SignIn, advance: int, said: list[str]
) -> None:
    award = an_award(make, advance=advance)
    if advance:
        award.pay(award.certify(award.advance(advance * 3_000)))
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    award.log(date(2027, 1, 8))
    bid, chair = award.bid, decider(award)
    bid.termination_asked_at, bid.termination_reason = LATER, "The provider stopped."
    make.session.commit()
    client, path = sign_in(chair), f"/bids/{bid.reference}/steps/terminate"
    assert 'name="check"' in client.get(path).text
    typed = {"reason": "It can’t go on.", "version": bid.version, "check": "yes"}
    asked = client.post(path, data=typed)
    assert asked.status_code == 200
    assert "You are about to stop the funding of" in asked.text
    assert about_to.stop(bid)[1:] == said
    assert [words for words in said if words not in html.unescape(asked.text)] == []
    assert bid.state is BidState.IN_DELIVERY
    assert client.post(path, data=sent_along(asked.text)).status_code == 302
    assert bid.state is BidState.TERMINATED
    assert f"{pounds(ledger.bid_totals(bid.id).released)} goes back to the fund." in said
    back = [f"{pounds(one.pence)} was paid and must come back." for one in make.session.query(Recovery)]
    assert back == [words for words in said if "come back" in words]


@pytest.mark.parametrize(
    ("pence", "said"),
    [
        (
            200_000,
            [
                "You are about to reduce the award of {name} from £3,000.00 to £2,000.00",
                "£600.00 goes back to the fund.",
                "£400.00 was paid and must come back.",
            ],
        ),
        (
            300_000,
            [
                "You are about to change the award of {name}",
                "The award stays £3,000.00.",
                "No money moves.",
            ],
        ),
    ],
)
def test_agreeing_to_a_change_says_what_becomes_of_the_money(
    make: Make, sign_in: SignIn, pence: int, said: list[str]
) -> None:
    award = an_award(make, advance=80)
    award.pay(award.certify(award.advance(240_000)))
    said = [words.format(name=award.bid.lead_school.name) for words in said]
    if pence < 300_000:
        change, who = ask(award, award.officer, "reduce", pence=pence), decider(award)
    else:
        change, who = ask(award, end_on=date(2027, 7, 9)), award.officer
        agreed_by_all(award, change)
    client, path = sign_in(who), f"{change.path}/steps/agree"
    assert 'name="check"' in client.get(path).text
    asked = client.post(path, data={"version": change.version, "check": "yes"})
    assert [words for words in said if words not in html.unescape(asked.text)] == []
    assert about_to.change(change, LATER) == said
    assert change.decided_at is None
    assert client.post(path, data=sent_along(asked.text)).status_code == 302
    assert change.state is ChangeState.AGREED
    again = client.post(path, data={"version": change.version, "check": "yes"})
    assert again.status_code == 409
    assert "You are about to" not in again.text
