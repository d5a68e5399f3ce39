"""A bid's front page and its history: what each reader is offered and told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fundflow.models.person import RoleName
from fundflow.models.review import ReviewRequest
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make

SignIn = Callable[..., Any]


@pytest.mark.parametrize("state", [S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING])
def test_the_officer_may_ask_to_stop_funding_that_is_under_way(make: Make, sign_in: SignIn, state: S) -> None:
    bid = make.bid(state=state)
    page = sign_in(bid.officer).get(f"/bids/{bid.reference}").text
    assert "Ask to stop the funding" in page
    assert "The panel’s chair or deputy must agree." in page
    bid.termination_asked_at = NOW
    make.session.commit()
    assert "Ask to stop the funding" not in sign_in(bid.officer).get(f"/bids/{bid.reference}").text


@pytest.mark.parametrize(
    ("report", "offered"),
    [(ReturnState.DUE, True), (ReturnState.RETURNED, True), (ReturnState.SUBMITTED, False)],
)
def test_the_report_is_asked_for_only_while_the_school_can_write_in_it(
    make: Make, sign_in: SignIn, report: ReturnState, offered: bool
) -> None:
    bid = make.bid(state=S.IN_MONITORING)
    assert bid.report
    bid.report.state = report
    make.session.commit()
    page = sign_in(make.member(bid.lead_school)).get(f"/bids/{bid.reference}").text
    assert ("The report is one page." in page) is offered


def test_a_school_asks_once_for_a_review_of_one_decision(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=S.NOT_FUNDED, now=datetime.now(UTC))
    head = make.member(bid.lead_school)
    address = f"/bids/{bid.reference}"
    assert "Ask for a review" in sign_in(head).get(address).text
    bid.review_requests = [
        ReviewRequest(
            grounds="x",
            asked_at=bid.state_since,
            asked_by_id=head.id,
            heard_at=bid.state_since,
            heard_by_id=head.id,
            upheld=False,
        )
    ]
    make.session.commit()
    assert "Ask for a review" not in sign_in(head).get(address).text


def entry(process: str, label: str, reason: str, *, internal: bool = False) -> dict[str, Any]:
    return {"process": process, "label": label, "reason": reason, "internal": internal}


ENTRIES = (
    entry("application", "Stopped the funding", "Money was misused."),
    entry("claim", "Asked about the claim", "Where is the invoice?"),
    entry("impact_return", "Asked for more", "Which pupils?"),
    entry("application", "Asked for the funding to be stopped", "Between us.", internal=True),
    entry("letter", "Sent a letter again", "To a@b.example", internal=True),
)


@pytest.mark.parametrize(
    ("reader", "reads", "reads_not"),
    [
        (
            "lead",
            ("Stopped the funding", "Money was misused.", "Where is the invoice?"),
            ("Asked for the funding to be stopped", "Between us.", "Sent a letter again"),
        ),
        (
            "partner",
            ("Stopped the funding",),
            ("Money was misused.", "Asked about the claim", "Asked for more", "Between us."),
        ),
        ("officer", ("Money was misused.", "Where is the invoice?", "Between us."), ()),
    ],
)
def test_history_tells_each_reader_no_more_than_is_theirs(
    make: Make, sign_in: SignIn, reader: str, reads: tuple[str, ...], reads_not: tuple[str, ...]
) -> None:
    bid = make.bid(state=S.TERMINATED)
    for kept in ENTRIES:
        make.history(bid, "x", by="Somebody", **kept)
    people = {
        "lead": lambda: make.member(bid.lead_school),
        "partner": lambda: make.member(bid.partners[0].school),
        "officer": lambda: make.staff(RoleName.OFFICER),
    }
    page = sign_in(people[reader]()).get(f"/bids/{bid.reference}/history").text
    for text in reads:
        assert text in page
    for text in reads_not:
        assert text not in page
