"""No public page or file tells a small count of pupils, a name, a bid that is no award or a tier."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from fundflow.models.impact import Rag
from fundflow.models.person import RoleName
from fundflow.reports import operations
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make
from tests.reports.crawling import counts_of_one_bid, public_pages, told_too_much

pytestmark = pytest.mark.usefixtures("clock")


def test_the_public_reads_awards_alone_and_of_nobody(make: Make, client: FlaskClient) -> None:
    officer, fund = make.staff(RoleName.OFFICER, "Olive Oakes"), make.fund(allocated=99_000_000)
    fund.org_identifier, fund.grants_prefix = "GB-LAE-BRA", "brackenford"
    at = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
    for state in BidState:
        bid = make.bid(fund=fund, state=state, officer=officer, title=f"Quiet words of {state.value}", now=at)
        bid.need = "3 pupils of concern"
        make.tier(bid.lead_school, officer, reason="3 children fell behind")
    bid = make.bid(fund=fund, state=BidState.CLOSED, officer=officer, title="Reading aloud", now=at)
    report = bid.returns[0]
    report.state, report.rag, report.summary = (
        ReturnState.ACCEPTED,
        Rag.RED,
        "4 boys gained",
    )
    make.session.commit()
    given = {"user": officer, "now": NOW}
    operations.publish_reasons(bid, "A clear need.", version=bid.version, **given)
    operations.publish_summary(bid, "Reading rose.", version=bid.version, **given)
    named = make.bid(state=BidState.IN_DELIVERY, fund=fund, title="Reading with Sam Okafor", now=at)
    make.session.commit()
    with pytest.raises(Refused, match="Sam Okafor"):
        operations.publish_reasons(named, "A need.", version=named.version, **given)
    make.session.rollback()
    operations.publish_reasons(named, "A need.", title="Reading together", version=named.version, **given)
    said = public_pages(client)
    files = {f"/fund/{fund.id}/360giving.{form}" for form in ("json", "csv")} | {"/transparency.csv"}
    assert {"/register", "/register.csv", f"/register/{bid.reference}", f"/fund/{fund.id}", *files} <= set(
        said
    )
    assert told_too_much(said) == []
    assert "Reading together" in said["/register"]
    assert counts_of_one_bid(said) == []
    for words in ("Olive Oakes", "Quiet words of draft", "2 looked-after children", "Tier 3", report.summary):
        assert told_too_much({"/": words}), words
