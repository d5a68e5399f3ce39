"""The words of others: a partner's head confirms or declines, an approver signs through a link."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.letters import links
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import LinkPurpose, OneTimeLink, RoleName, Standing
from fundflow.models.review import Submission
from fundflow.papers import latest_submission
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState
from tests.applications.helpers import errors, hidden, send
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bid(make: Any) -> Bid:
    """A submitted bid whose provider has been asked."""
    made: Bid = make.bid(
        state=S.SUBMITTED, lead=make.school("Hazelmere Primary"), provider=make.school("Oakfield Academy")
    )
    return made


@pytest.fixture
def head(make: Any, bid: Bid) -> Any:
    """The provider's head."""
    return make.member(bid.partners[0].school, name="Ola Oak")


def word(bid: Bid, rest: str = "") -> str:
    return f"/bids/{bid.reference}/confirmations/{bid.confirmations[0].id}{rest}"


def recipients(session: Any, bid: Bid) -> list[str]:
    return list(session.scalars(select(Letter.recipient).where(Letter.bid_id == bid.id)))


def test_the_providers_head_reads_the_lines_of_their_school_and_confirms(
    make: Any, bid: Bid, head: Any, sign_in: Any, session: Any
) -> None:
    make.staff(RoleName.OFFICER)
    client = sign_in(head)
    assert client.get(word(bid, "/confirm")).location.endswith(word(bid))
    page = client.get(word(bid)).text
    assert "Can Oakfield Academy release these staff?" in page
    assert "Yes, we can release these staff" in page
    assert "Reading lead (RL1)" in page
    assert "£2,100.00" in page
    version = hidden(page, "version")
    for _ in range(2):
        assert client.post(word(bid, "/confirm"), data={"version": version}).status_code == 302
    session.expire_all()
    asked = bid.confirmations[0]
    assert (asked.state, asked.answered_at, asked.answered_by_id) == (
        ConfirmationState.CONFIRMED,
        NOW,
        head.id,
    )
    assert recipients(session, bid) == ["officer"]
    assert "Ola Oak" in client.get(word(bid)).text
    assert "Confirmed" in client.get(f"/bids/{bid.reference}/application").text


def test_a_head_who_cannot_help_says_why(make: Any, bid: Bid, head: Any, sign_in: Any, session: Any) -> None:
    make.staff(RoleName.OFFICER)
    client = sign_in(head)
    version = hidden(client.get(word(bid)).text, "version")
    empty = client.post(word(bid, "/decline"), data={"version": version, "reason": ""})
    assert empty.status_code == 422
    assert "Enter your reason" in errors(empty)
    answer = client.post(word(bid, "/decline"), data={"version": version, "reason": "Too few staff."})
    assert answer.status_code == 302
    session.expire_all()
    assert bid.confirmations[0].state is ConfirmationState.DECLINED
    assert bid.confirmations[0].reason == "Too few staff."
    assert recipients(session, bid) == ["school", "officer"]


@pytest.mark.parametrize("who", ["team", "lead", "officer"])
def test_only_that_schools_head_can_answer(make: Any, bid: Bid, sign_in: Any, session: Any, who: str) -> None:
    person = {
        "team": lambda: make.member(bid.partners[0].school, Standing.TEAM),
        "lead": lambda: make.member(bid.lead_school),
        "officer": lambda: make.staff(RoleName.OFFICER),
    }[who]()
    client = sign_in(person)
    assert "Yes, we can release" not in client.get(word(bid)).text
    assert client.post(word(bid, "/confirm"), data={"version": "1"}).status_code == 409
    assert client.post(word(bid, "/decline"), data={"version": "1", "reason": "x"}).status_code == 409
    session.expire_all()
    assert bid.confirmations[0].state is ConfirmationState.ASKED


def test_a_stranger_and_another_bids_confirmation_are_not_found(
    make: Any, bid: Bid, head: Any, sign_in: Any
) -> None:
    other = make.bid(state=S.SUBMITTED)
    foreign = f"/bids/{bid.reference}/confirmations/{other.confirmations[0].id}"
    assert sign_in(head).get(foreign).status_code == 404
    assert sign_in(make.member(make.school())).get(word(bid)).status_code == 404


def test_nothing_is_confirmed_for_a_bid_that_ended(make: Any, head: Any, bid: Bid, sign_in: Any) -> None:
    bid.state = S.WITHDRAWN
    answer = sign_in(head).post(word(bid, "/confirm"), data={"version": "1"})
    assert answer.status_code == 409
    assert "no longer being considered" in answer.text


def test_the_lead_school_asks_a_school_that_declined_again(
    make: Any, bid: Bid, head: Any, sign_in: Any, session: Any
) -> None:
    asked = bid.confirmations[0]
    asked.state, asked.answered_at, asked.reason = ConfirmationState.DECLINED, NOW, "Too few staff."
    asked.asked_at = NOW - timedelta(days=1)
    client = sign_in(make.member(bid.lead_school))
    assert "Ask again" in client.get(f"/bids/{bid.reference}/application").text
    assert send(client, word(bid, "/ask-again"), reason="Fewer days now.").status_code == 302
    session.expire_all()
    assert (asked.state, asked.answered_at, asked.reason) == (ConfirmationState.ASKED, None, "")
    assert recipients(session, bid) == ["partner"]


def test_a_school_that_takes_part_cannot_be_left_unasked(
    make: Any, bid: Bid, sign_in: Any, session: Any
) -> None:
    answer = send(sign_in(make.member(bid.lead_school)), word(bid, "/cancel"), reason="Never mind.")
    assert answer.status_code == 409
    assert "Oakfield Academy takes part in the bid, so its answer is needed." in answer.text


# -- the approver's link ------------------------------------------------------------------------------


@pytest.fixture
def approval(make: Make, bid: Bid) -> Approval:
    return make.approval(bid)


@pytest.fixture
def link(approval: Approval, session: Any) -> str:
    token = links.mint_answer(links.AnsweredRecord.of(approval), approval.email, NOW)
    session.commit()
    return f"/approve/{token}"


def signing(client: Any, path: str, **answers: str) -> Any:
    return send(client, path, **{"decision": "sign", "signed_name": "Chris Chair", **answers})


def test_an_approver_reads_the_bid_as_often_as_they_like_and_signs_without_an_account(
    make: Any, approval: Approval, link: str, client: Any, session: Any
) -> None:
    make.staff(RoleName.OFFICER)
    session.commit()
    for _ in range(2):
        page = client.get(link)
        assert "Reading recovery" in page.text
        assert "I approve this bid" in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert signing(client, link).status_code == 302
    session.expire_all()
    assert (approval.state, approval.signed_name, approval.answered_at) == (
        ApprovalState.SIGNED,
        "Chris Chair",
        NOW,
    )
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.process == "approval")).one()
    assert (entry.actor_name, entry.user_id) == ("Chris Chair", None)
    assert recipients(session, approval.bid) == ["officer"]
    after = client.get(link).text
    assert "Chris Chair approved this bid for Hazelmere Primary" in after
    assert "Send my answer" not in after


def test_an_approver_reads_which_pupils_a_bid_is_for_and_not_how_many(
    approval: Approval, link: str, client: Any, session: Any
) -> None:
    sent = latest_submission(approval.bid)
    assert sent is not None
    data = json.loads(sent.answers)
    data["sections"]["pupils"]["rows"]["groups"] = [{"group": "looked_after", "note": "", "count": 31313}]
    again = Submission(
        bid_id=sent.bid_id,
        number=sent.number + 1,
        at=NOW,
        by_id=sent.by_id,
        answers=json.dumps(data),
        sha256="",
    )
    session.add(again)
    session.commit()
    page = client.get(link).text
    assert "Looked-after children" in page
    assert not re.search(r"31.?313", page)


def test_an_approver_refuses_with_a_reason(approval: Approval, link: str, client: Any, session: Any) -> None:
    without = signing(client, link, decision="refuse")
    assert without.status_code == 422
    assert "Enter why you don’t approve it" in errors(without)
    assert signing(client, link, decision="refuse", reason="Too dear.").status_code == 302
    session.expire_all()
    assert (approval.state, approval.reason) == (ApprovalState.REFUSED, "Too dear.")


def test_a_second_click_on_signing_is_no_error_and_no_second_signature(
    approval: Approval, link: str, client: Any, session: Any
) -> None:
    version = hidden(client.get(link).text, "version")
    answers = {"decision": "sign", "signed_name": "Chris Chair", "version": version}
    for _ in range(2):
        assert client.post(link, data=answers).status_code == 302
    changed = client.post(link, data={**answers, "decision": "refuse", "reason": "On reflection."})
    assert changed.status_code == 409
    session.expire_all()
    assert approval.state is ApprovalState.SIGNED
    assert len(session.scalars(select(HistoryEntry)).all()) == 1


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"signed_name": " "}, "Enter your full name"),
        ({"decision": ""}, "Select whether you approve this bid"),
        ({"decision": "maybe"}, "Select one of the answers in the list"),
    ],
)
def test_a_signature_without_name_or_answer_is_refused(
    link: str, client: Any, answers: dict[str, str], sentence: str
) -> None:
    answer = signing(client, link, **answers)
    assert answer.status_code == 422
    assert sentence in errors(answer)


def test_a_wrong_or_expired_link_opens_nothing(link: str, client: Any, session: Any) -> None:
    assert client.get("/approve/guess").status_code == 404
    assert client.post("/approve/guess", data={"decision": "sign"}).status_code == 404
    session.scalars(select(OneTimeLink)).one().expires_at = NOW
    session.commit()
    for answer in (client.get(link), client.post(link, data={"decision": "sign", "signed_name": "C"})):
        assert answer.status_code == 410
        assert "This link has ended" in answer.text


def test_a_link_for_signing_in_signs_no_bid(make: Any, approval: Approval, client: Any, session: Any) -> None:
    token = links.mint(LinkPurpose.SIGN_IN, make.user().id, NOW)
    session.commit()
    assert client.get(f"/approve/{token}").status_code == 404


def test_the_officer_asks_an_approver_again(
    make: Any, approval: Approval, link: str, sign_in: Any, session: Any
) -> None:
    path = f"/bids/{approval.bid.reference}/approvals/{approval.id}/ask-again"
    approval.asked_at = NOW - timedelta(days=1)
    client = sign_in(make.staff(RoleName.OFFICER))
    assert send(client, path, reason="The first letter got lost.").status_code == 302
    letter = session.scalars(select(Letter).where(Letter.asked_id == approval.id)).one()
    assert letter.email == "chair@gov.example"
