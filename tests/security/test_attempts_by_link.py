"""Attempts with links that were emailed: to answer for others, twice, too late, or about another bid."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from fundflow.letters.links import AnsweredRecord, mint, mint_answer
from fundflow.models.bid import Bid
from fundflow.models.person import LinkPurpose, OneTimeLink
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bid(make: Make) -> Bid:
    made = make.bid(state=S.SUBMITTED)
    make.approval(made)
    make.session.commit()
    return made


def _token(bid: Bid, kind: str, email: str = "x@y.example") -> str:
    asked = bid.approvals[0] if kind == "approve" else bid.confirmations[0]
    return mint_answer(AnsweredRecord.of(asked), email, NOW)


# How the link came to be, and what a POST of an answer to it is answered with.
WAYS: dict[str, tuple[Callable[[Make, Bid, str], str], int]] = {
    "a guess": (lambda m, b, k: "guess", 404),
    "an empty one": (lambda m, b, k: "%20", 404),
    "a very long one": (lambda m, b, k: "a" * 5_000, 404),
    "one with a NUL": (lambda m, b, k: "a%00b", 404),
    "one of the other kind": (lambda m, b, k: _token(b, "confirm" if k == "approve" else "approve"), 404),
    "one to sign in with": (lambda m, b, k: mint(LinkPurpose.SIGN_IN, m.user().id, NOW), 404),
    "an invitation": (lambda m, b, k: mint(LinkPurpose.INVITATION, m.user().id, NOW), 404),
}


def states(bid: Bid) -> tuple[ApprovalState, ConfirmationState]:
    return bid.approvals[0].state, bid.confirmations[0].state


def sent(client: FlaskClient, kind: str, token: str, **answers: str) -> int:
    decision = "sign" if kind == "approve" else "confirm"
    data = {"decision": decision, "signed_name": "Eve", "version": "1", **answers}
    return client.post(f"/{kind}/{token}", data=data).status_code


@pytest.mark.parametrize("kind", ["approve", "confirm"])
@pytest.mark.parametrize("way", WAYS)
def test_a_link_that_is_not_for_it_answers_nothing(
    make: Make, bid: Bid, client: FlaskClient, way: str, kind: str
) -> None:
    made, status = WAYS[way]
    token = made(make, bid, kind)
    make.session.commit()
    assert client.get(f"/{kind}/{token}").status_code == status
    assert sent(client, kind, token) == status
    make.session.expire_all()
    assert states(bid) == (ApprovalState.ASKED, ConfirmationState.ASKED)


@pytest.mark.parametrize("kind", ["approve", "confirm"])
@pytest.mark.parametrize("late", [timedelta(days=60), timedelta(days=400)])
def test_a_link_that_has_ended_answers_nothing(
    make: Make, bid: Bid, client: FlaskClient, kind: str, late: timedelta
) -> None:
    token = _token(bid, kind)
    make.session.commit()
    with time_machine.travel(NOW + late, tick=False):
        assert client.get(f"/{kind}/{token}").status_code == 410
        assert sent(client, kind, token) in (409, 410)
    make.session.expire_all()
    assert states(bid) == (ApprovalState.ASKED, ConfirmationState.ASKED)


ANSWERS = [
    {"decision": "refuse"},
    {"decision": "decline"},
    {"decision": "cancel", "reason": "x"},
    {"decision": "ask_again", "reason": "x"},
    {"decision": "agree_approver", "reason": "x"},
    {"decision": "approve"},
    {"signed_name": ""},
    {"signed_name": "\u200b \u00a0"},
    {"signed_name": "E" * 121},
]


@pytest.mark.parametrize("kind", ["approve", "confirm"])
@pytest.mark.parametrize("answers", ANSWERS, ids=str)
def test_an_answer_that_is_none_is_refused_and_spends_no_link(
    make: Make, bid: Bid, client: FlaskClient, kind: str, answers: dict[str, str]
) -> None:
    token = _token(bid, kind)
    make.session.commit()
    assert sent(client, kind, token, **answers) == 422
    make.session.expire_all()
    assert states(bid) == (ApprovalState.ASKED, ConfirmationState.ASKED)
    assert make.session.query(OneTimeLink).filter(OneTimeLink.used_at.is_not(None)).count() == 0


@pytest.mark.parametrize("kind", ["approve", "confirm"])
def test_who_answered_can_not_answer_otherwise_with_another_link(
    make: Make, bid: Bid, client: FlaskClient, kind: str
) -> None:
    first, second = _token(bid, kind), _token(bid, kind)
    make.session.commit()
    assert sent(client, kind, first) == 302
    other = "refuse" if kind == "approve" else "decline"
    assert sent(client, kind, second, decision=other, reason="No.", version="2") == 409
    make.session.expire_all()
    assert states(bid) in (
        (ApprovalState.SIGNED, ConfirmationState.ASKED),
        (ApprovalState.ASKED, ConfirmationState.CONFIRMED),
    )


@pytest.mark.parametrize("kind", ["approve", "confirm"])
def test_fields_that_the_form_has_not_change_nothing(
    make: Make, bid: Bid, client: FlaskClient, kind: str
) -> None:
    token, before = _token(bid, kind), bid.requested_pence
    make.session.commit()
    extra = {
        "requested_pence": "1",
        "agreed_at": "2026-01-01",
        "wants_account": "1",
        "link_email": "e@e.example",
    }
    assert sent(client, kind, token, **extra) == 302
    make.session.expire_all()
    assert bid.requested_pence == before
    assert bid.approvals[0].agreed_at is None
    assert (bid.confirmations[0].wants_account, bid.confirmations[0].link_email) in (
        (False, ""),
        (False, "x@y.example"),
    )


def test_hostile_names_are_words_wherever_an_answer_is_read(
    make: Make, bid: Bid, client: FlaskClient, sign_in: Any
) -> None:
    token = _token(bid, "confirm", email="<b>@y.example")
    make.session.commit()
    assert sent(client, "confirm", token, signed_name="<script>alert(1)</script>") == 302
    page = sign_in(make.member(bid.lead_school)).get(f"/bids/{bid.reference}/application").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
