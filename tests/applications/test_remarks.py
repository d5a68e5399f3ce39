"""What is unusual about a bid's dates and days is said as it is sent, and allowed with a reason."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import fundflow
from fundflow.applications import correcting, on_behalf, operations
from fundflow.models.bid import Origin
from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.person import RoleName
from fundflow.review.evidence import evidence_for
from fundflow.rules.bid_remarks import early_start, remarks_on
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.applications.helpers import hidden
from tests.factories import NOW, TODAY, Make

pytestmark = pytest.mark.usefixtures("clock")

SATURDAY = date(2027, 1, 9)
DIFFER = "The activities take 7.5 days, the backfill pays for 8.5 days."


def test_a_usual_bid_has_no_remark(make: Make) -> None:
    assert remarks_on(make.bid(), TODAY) == []


def test_dates_and_days_that_may_be_slips_are_remarked_on(make: Make) -> None:
    bid = make.bid()
    bid.start_on = SATURDAY
    assert remarks_on(bid, TODAY) == ["The project starts on 9 January 2027, which is a Saturday."]
    bid.start_on = date(2027, 3, 26)
    assert remarks_on(bid, TODAY) == [
        "The project starts on 26 March 2027, which is a bank holiday (Good Friday)."
    ]
    bid.start_on, bid.activities[0].half_days = date(2026, 11, 16), 15
    assert remarks_on(bid, TODAY) == [
        "The project starts on 16 November 2026, before the fund has decided.",
        DIFFER,
    ]
    bid.state = BidState.OFFERED
    assert early_start(bid, TODAY) is None


@pytest.mark.parametrize("step", ["submit", "resubmit"])
def test_a_bid_with_a_remark_is_sent_with_a_reason(make: Make, sign_in: Any, step: str) -> None:
    bid = make.bid(state=BidState.DRAFT if step == "submit" else BidState.RETURNED)
    bid.activities[0].half_days = 15
    make.session.commit()
    client = sign_in(make.member(bid.lead_school))
    page = client.get(f"/bids/{bid.reference}/form/check").text
    assert DIFFER in page
    data = {"version": hidden(page, "version"), "agreement": "y"}
    path = f"/bids/{bid.reference}/steps/{step}"
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert "Say why, or change the dates or days" in refused.text
    assert client.post(path, data={**data, "why_odd": "x" * 501}).status_code == 422
    assert client.post(path, data={**data, "why_odd": "One day needs no cover."}).status_code == 302
    assert bid.why_odd == "One day needs no cover."
    officer = make.staff(RoleName.OFFICER)
    assert evidence_for(bid, officer, NOW)["dates"][1:] == [
        DIFFER,
        "The school’s reason: One day needs no cover.",
    ]


def test_a_start_in_the_holidays_or_on_a_closure_is_remarked_on(make: Make) -> None:
    bid = make.bid()
    bid.start_on = date(2027, 2, 15)
    for whose, words in (
        (Whose.SCHOOLS, "in the school holidays (Half term)"),
        (Whose.COUNCIL, "a day the council is closed (Half term)"),
    ):
        off = DaysOff(date(2027, 2, 13), date(2027, 2, 19), "Half term", whose)
        bid.fund.days_off = [off.to_store()]
        assert remarks_on(bid, TODAY) == [f"The project starts on 15 February 2027, which is {words}."]
    bid.start_on = date(2027, 2, 22)
    assert remarks_on(bid, TODAY) == []


SENDS = {  # every operation that sends a bid: what it starts from, and who sends it
    "submit": (BidState.DRAFT, "head"),
    "resubmit": (BidState.RETURNED, "head"),
    "send_correction": (BidState.SUBMITTED, "head"),
    "submit_on_behalf": (BidState.DRAFT, "officer"),
}


@pytest.mark.parametrize("name", SENDS)
def test_every_operation_that_sends_a_bid_wants_the_reason(make: Make, name: str) -> None:
    state, who = SENDS[name]
    bid = make.bid(state=state, origin=Origin.ENTERED if who == "officer" else Origin.SCHOOL)
    head, officer = bid.created_by, make.staff(RoleName.OFFICER)
    if name == "send_correction":
        correcting.start_correction(bid, user=head, now=NOW)
    bid.activities[0].half_days = 15
    make.session.flush()
    module = {"send_correction": correcting, "submit_on_behalf": on_behalf}.get(name, operations)
    given: dict[str, Any] = {"user": officer if who == "officer" else head, "now": NOW, "version": None}
    given |= {"agreement": True} if who == "head" else {}
    for reason in ("", "  "):
        with pytest.raises(Refused, match="Say why, or change the dates or days"):
            getattr(module, name)(bid, why_odd=reason, **given)
    assert (bid.state, bid.why_odd) == (state, "")
    getattr(module, name)(bid, why_odd="As planned.", **given)
    assert bid.why_odd == "As planned."


def test_every_version_of_a_bid_is_frozen_where_the_reason_is_asked_for() -> None:
    """The table above is whole: whoever freezes a bid is in it."""
    package = Path(fundflow.__path__[0])
    calls = [path.read_text().count(" freeze(bid, ") for path in package.rglob("*.py")]
    assert sum(calls) == len(SENDS)


def test_a_bid_entered_for_a_school_asks_the_officer(make: Make, sign_in: Any) -> None:
    bid = make.bid(state=BidState.DRAFT, origin=Origin.ENTERED)
    bid.start_on = SATURDAY
    bid.activities[0].starts_on = SATURDAY + timedelta(days=2)
    make.session.commit()
    client = sign_in(make.staff(RoleName.OFFICER))
    page = client.get(f"/bids/{bid.reference}/form/check").text
    assert "9 January 2027, which is a Saturday." in page
    path = f"/bids/{bid.reference}/steps/submit-on-behalf"
    data = {"version": hidden(page, "version")}
    assert client.post(path, data=data).status_code == 422
    assert client.post(path, data={**data, "why_odd": "A Saturday school."}).status_code == 302
    assert bid.why_odd == "A Saturday school."
