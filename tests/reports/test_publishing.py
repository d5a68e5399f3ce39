"""One rule a field says what of an award everybody may read: over every public page and file."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.desk.work import waiting_for
from fundflow.models.bid import Bid
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName
from fundflow.models.round import Priority
from fundflow.reports import operations
from fundflow.reports.publishing import RULES, When
from fundflow.reports.queries import Award
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
# What the world below says for each field whose rule is not AWARDED, and cannot say by chance.
SAID = {
    "title": "Zq-title",
    "reasons": "Zq-reasons",
    "summary": "Zq-summary",
    "rating": "Amber",
    "need": "Zq-need",
    "approach": "Zq-approach",
    "outcomes": "Zq-outcome",
    "contact_name": "Zelda Quill",
    "contact_email": "zq@lead.example",
    "contact_phone": "01632 960999",
    "approver_name": "Zed Quark",
    "approver_email": "zq@approves.example",
    "officer": "Zenobia Officer",
    "staff_code": "ZQ7",
    "pupil_groups": "Zq-group",
    "pupils_benefiting": "98431",
    "score": "68.75",
    "votes": "Votes for",
    "tier": "Zq-tier",
    "concern": "Zq-concern",
}
PAGES = ("/register", "/register.csv", "/register/{reference}")
OPENED = {When.READ: ("title", "reasons"), When.SUMMARY_READ: ("summary",), When.RATED: ("rating",)}


@pytest.fixture
def bid(make: Make) -> Bid:
    lead, officer = make.school("Larkfield", phase_code=2), make.staff(RoleName.OFFICER, SAID["officer"])
    bid = make.bid(state=BidState.CLOSED, lead=lead, officer=officer, now=AT)
    for name in ("title", "need", "approach", "contact_name", "contact_email", "contact_phone"):
        setattr(bid, name, SAID[name])
    bid.approver_name, bid.approver_email = SAID["approver_name"], SAID["approver_email"]
    bid.pupils_benefiting = int(SAID["pupils_benefiting"])
    bid.backfill_lines[0].staff_code = SAID["staff_code"]
    bid.outcomes[0].measure = SAID["outcomes"]
    for group in bid.pupil_groups:
        group.note = SAID["pupil_groups"]
    bid.priority = Priority(round=bid.round, title="Zq-priority")
    make.tier(lead, officer, reason=SAID["tier"])
    (report,) = bid.returns
    report.summary, report.rag, report.state = "The school wrote: Zq-draft", Rag.AMBER, ReturnState.ACCEPTED
    make.session.commit()
    return bid


def said_by(client: FlaskClient, bid: Bid) -> dict[str, str]:
    return {page: client.get(page.format(reference=bid.reference)).get_data(as_text=True) for page in PAGES}


def found(client: FlaskClient, bid: Bid) -> dict[str, set[str]]:
    """Which of the fields that aren't published from the start each output tells."""
    return {
        page: {name for name, words in SAID.items() if words in text}
        for page, text in said_by(client, bid).items()
    }


def test_every_field_of_an_award_has_its_rule_and_every_rule_is_tried() -> None:
    assert set(Award._fields) - {"publishes_ratings"} <= set(RULES)
    assert {name for name, when in RULES.items() if when is not When.AWARDED} == set(SAID)


def test_every_output_tells_each_field_from_the_moment_of_its_rule_and_no_sooner(
    client: FlaskClient, bid: Bid
) -> None:
    assert found(client, bid) == {page: set() for page in PAGES}
    officer, told = bid.officer, set[str]()
    given: dict[str, Any] = {"user": officer, "now": NOW}
    operations.publish_reasons(bid, SAID["reasons"], version=bid.version, **given)
    told |= set(OPENED[When.READ])
    listed = {"/register": told, "/register.csv": told, "/register/{reference}": told}
    assert found(client, bid) == listed
    operations.publish_summary(bid, SAID["summary"], version=bid.version, **given)
    told |= set(OPENED[When.SUMMARY_READ])
    assert found(client, bid)["/register/{reference}"] == told
    assert found(client, bid)["/register.csv"] == told
    bid.fund.publishes_ratings = True
    told |= set(OPENED[When.RATED])
    assert found(client, bid)["/register/{reference}"] == told
    for text in said_by(client, bid).values():
        assert "Zq-draft" not in text


def test_the_officer_reads_the_summary_and_a_correction_says_why(
    bid: Bid, sign_in: Callable[..., Any]
) -> None:
    work = "Read the report’s summary for the register of awards"
    assert work in [line.what for line in waiting_for(bid.officer, NOW).lines]
    client, page = sign_in(bid.officer), f"/bids/{bid.reference}/summary"
    assert "Zq-draft" in client.get(page).text
    data = {"version": bid.version, "text": "Reading rose."}
    assert client.post(page, data=data).status_code == 302
    assert "Reading rose." in client.get(f"/register/{bid.reference}").text
    assert work not in [line.what for line in waiting_for(bid.officer, NOW).lines]
    data = {"version": bid.version, "text": "Reading fell."}
    assert client.post(page, data=data).status_code == 422
    assert client.post(page, data={**data, "why": "A slip"}).status_code == 302
    assert "Reading fell." in client.get(f"/register/{bid.reference}").text


@pytest.mark.parametrize(
    "text", ["Zelda Quill led it.", "Ask zq@lead.example.", "ZQ7 coached.", "Mrs Bell did."]
)
def test_a_summary_that_names_somebody_is_refused(bid: Bid, text: str) -> None:
    with pytest.raises(Refused, match="Take out"):
        operations.publish_summary(bid, text, user=bid.officer, now=NOW, version=bid.version)


def test_without_an_accepted_report_or_by_another_there_is_no_summary_to_publish(
    make: Make, bid: Bid
) -> None:
    auditor = make.staff(RoleName.AUDITOR)
    assert "Only" in str(operations.why_not_publish_summary(bid, auditor, NOW))
    bid.returns[0].state = ReturnState.SUBMITTED
    assert "once the final report" in str(operations.why_not_publish_summary(bid, bid.officer, NOW))
