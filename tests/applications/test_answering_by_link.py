"""The head of a partner school answers through an emailed link, without an account."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import answering, correcting, operations
from fundflow.letters.links import AnsweredRecord, mint_answer
from fundflow.letters.resending import resend
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, OneTimeLink, RoleName
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState as C
from tests.applications.helpers import errors, hidden, send
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bid(make: Make) -> Bid:
    """A submitted bid whose provider's head has no account."""
    return make.bid(
        state=S.SUBMITTED, lead=make.school("Hazelmere Primary"), provider=make.school("Oakfield Academy")
    )


@pytest.fixture
def link(make: Make, bid: Bid) -> str:
    token = mint_answer(AnsweredRecord.of(bid.confirmations[0]), "head@provider.example", NOW)
    make.session.commit()
    return f"/confirm/{token}"


def answering_with(client: Any, path: str, **answers: str) -> Any:
    return send(client, path, **{"decision": "confirm", "signed_name": "Nora New", **answers})


def test_a_head_without_an_account_reads_the_bid_and_confirms(
    make: Make, bid: Bid, link: str, client: Any, sign_in: Any
) -> None:
    officer = make.staff(RoleName.OFFICER)
    make.session.commit()
    for _ in range(2):  # a mail scanner's look changes nothing
        page = client.get(link)
        assert "Can Oakfield Academy release these staff?" in page.text
        assert "Reading recovery" in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert answering_with(client, link).status_code == 302
    asked = bid.confirmations[0]
    make.session.expire_all()
    assert (asked.state, asked.signed_name, asked.link_email, asked.answered_by_id) == (
        C.CONFIRMED,
        "Nora New",
        "head@provider.example",
        None,
    )
    letter = make.session.scalars(select(Letter).where(Letter.recipient == "officer")).one()
    assert "answered through the link sent to head@provider.example" in letter.body
    after = client.get(link).text
    assert "Nora New confirmed for Oakfield Academy" in after
    assert "Reading recovery" not in after
    shown = sign_in(officer).get(f"/bids/{bid.reference}/application").text
    assert "By the link sent to head@provider.example" in shown


def test_a_head_without_an_account_declines_with_a_reason(
    make: Make, bid: Bid, link: str, client: Any
) -> None:
    without = answering_with(client, link, decision="decline")
    assert without.status_code == 422
    assert "Enter your reason" in errors(without)
    assert answering_with(client, link, decision="decline", reason="Too few staff.").status_code == 302
    make.session.expire_all()
    assert (bid.confirmations[0].state, bid.confirmations[0].reason) == (C.DECLINED, "Too few staff.")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"signed_name": " "}, "Enter your full name"),
        ({"decision": ""}, "Select your answer"),
        ({"decision": "sign"}, "Select one of the answers in the list"),
    ],
)
def test_an_answer_without_a_name_or_of_another_kind_is_refused(
    link: str, client: Any, answers: dict[str, str], sentence: str
) -> None:
    answer = answering_with(client, link, **answers)
    assert answer.status_code == 422
    assert sentence in errors(answer)


def test_a_double_click_is_one_answer_and_another_answer_is_none(
    make: Make, bid: Bid, link: str, client: Any
) -> None:
    version = hidden(client.get(link).text, "version")
    answers = {"decision": "confirm", "signed_name": "Nora New", "version": version}
    for _ in range(2):
        assert client.post(link, data=answers).status_code == 302
    assert client.post(link, data={**answers, "decision": "decline", "reason": "No."}).status_code == 409
    make.session.expire_all()
    assert bid.confirmations[0].state is C.CONFIRMED


def test_whoever_answered_may_ask_for_an_account(make: Make, bid: Bid, link: str, client: Any) -> None:
    token = link.rpartition("/")[2]
    before = client.post(f"/confirm/{token}/account")
    make.session.expire_all()
    assert (before.status_code, bid.confirmations[0].wants_account) == (302, False)
    answering_with(client, link)
    assert "Ask for an account" in client.get(link).text
    client.post(f"/confirm/{token}/account")
    make.session.expire_all()
    assert bid.confirmations[0].wants_account
    assert "You asked for an account." in client.get(link).text


LOOKED_AT = {"approval": "/approve/", "confirmation": "/confirm/"}


@pytest.mark.parametrize("kind", LOOKED_AT)
@pytest.mark.parametrize("state", [S.WITHDRAWN, S.INELIGIBLE, S.NOT_FUNDED, S.IN_DELIVERY])
def test_a_link_opens_nothing_of_a_bid_that_is_no_longer_considered(
    make: Make, bid: Bid, client: Any, kind: str, state: S
) -> None:
    asked = make.approval(bid) if kind == "approval" else bid.confirmations[0]
    token = mint_answer(AnsweredRecord.of(asked), "a@b.example", NOW)
    bid.state = state
    make.session.commit()
    page = client.get(f"{LOOKED_AT[kind]}{token}")
    assert page.status_code == 200
    assert "Nothing is needed from you" in page.text
    for secret in ("Reading recovery", "£3,000", "Reading lead"):
        assert secret not in page.text
    answers = {"decision": "sign" if kind == "approval" else "confirm", "signed_name": "X", "version": "1"}
    for answer in (answers, {}):  # the page was open when the bid ended
        sent = client.post(f"{LOOKED_AT[kind]}{token}", data=answer)
        assert sent.status_code in (409, 422)
        assert "Nothing is needed from you" in sent.text
        for secret in ("Reading recovery", "£3,000", "Reading lead"):
            assert secret not in sent.text


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_a_link_shows_the_groups_of_pupils_without_their_counts(
    make: Make, client: Any, sign_in: Any, kind: str
) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.SUBMITTED)
    asked = make.approval(bid) if kind == "approval" else bid.confirmations[0]
    token = mint_answer(AnsweredRecord.of(asked), "a@b.example", NOW)
    make.session.commit()
    page = client.get(f"{LOOKED_AT[kind]}{token}").text
    assert "Disadvantaged pupils" in page
    assert "How many pupils of this group?" not in page
    named = r"(School|Liaison officer|Fund) \d+"  # numbers of the test's own
    assert not re.search(r"\b61\b", re.sub(rf"<[^>]*>|/[^ ]*|{named}", " ", page))
    staff = sign_in(officer).get(f"/bids/{bid.reference}/application").text
    assert "How many pupils of this group?" in staff


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_a_link_of_one_kind_opens_no_other(make: Make, bid: Bid, client: Any, kind: str) -> None:
    asked = make.approval(bid) if kind == "approval" else bid.confirmations[0]
    token = mint_answer(AnsweredRecord.of(asked), "a@b.example", NOW)
    make.session.commit()
    other = next(path for name, path in LOOKED_AT.items() if name != kind)
    answer = client.get(f"{other}{token}")
    assert (answer.status_code, "This link is not whole" in answer.text) == (404, True)
    assert client.get(f"/sign-in/link/{token}").status_code == 410


def test_links_of_earlier_letters_end_once_it_is_asked_again(
    make: Make, bid: Bid, link: str, client: Any
) -> None:
    asked = bid.confirmations[0]
    answering_with(client, link, decision="decline", reason="Not now.")
    asked.asked_at = NOW - timedelta(days=1)
    answering.ask_school_again(
        asked, reason="Fewer days.", user=make.staff(RoleName.OFFICER), now=NOW, version=None
    )
    assert client.get(link).status_code == 410
    make.session.expire_all()
    assert (asked.state, asked.signed_name) == (C.ASKED, "")


def test_links_of_earlier_copies_end_once_a_letter_is_sent_again(
    make: Make, bid: Bid, link: str, client: Any
) -> None:
    asked = bid.confirmations[0]
    letter = Letter(
        key="k",
        bid_id=bid.id,
        recipient="provider",
        name="Nora New",
        email="head@provider.example",
        outside=True,
        subject="s",
        body="[one-time link]",
        link_purpose=LinkPurpose.ANSWER,
        asked_process="confirmation",
        asked_id=asked.id,
        status=LetterStatus.FAILED,
        written_at=NOW,
        due=NOW,
    )
    make.session.add(letter)
    make.session.commit()
    resend(letter, user=make.staff(RoleName.ADMINISTRATOR), now=NOW)
    assert client.get(link).status_code == 410


def test_an_address_with_another_part_in_the_bid_gets_no_link(make: Make) -> None:
    """The lead school can't confirm for its partner by giving an address of its own."""
    bid = make.bid(lead=make.school("Hazelmere Primary"), provider=make.school("Oakfield Academy"))
    bid.partners[0].contact_email = bid.created_by.email
    make.session.commit()
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    letter = make.session.scalars(select(Letter).where(Letter.recipient == "provider")).one()
    assert letter.asked_id is None
    assert "To open this page you need an account." in letter.body


def test_whoever_came_to_another_part_since_can_not_answer_by_their_link(
    make: Make, bid: Bid, link: str, client: Any
) -> None:
    make.member(bid.lead_school, email="head@provider.example")
    make.session.commit()
    answer = answering_with(client, link)
    assert answer.status_code == 409
    assert "has an account at the school that leads the bid" in answer.text
    make.session.expire_all()
    assert bid.confirmations[0].state is C.ASKED


def test_an_approver_whose_request_was_cancelled_can_not_sign(make: Make, bid: Bid, client: Any) -> None:
    approval = make.approval(bid)
    token = mint_answer(AnsweredRecord.of(approval), approval.email, NOW)
    approval.state = ApprovalState.CANCELLED
    make.session.commit()
    assert "Your signature is no longer needed" in client.get(f"/approve/{token}").text
    link = make.session.scalars(select(OneTimeLink)).one()
    assert link.used_at is None


def test_the_head_at_an_address_that_was_put_right_is_asked_and_the_old_link_ends(
    make: Make, client: Any
) -> None:
    bid = make.bid(lead=make.school("Hazelmere Primary"), provider=make.school("Oakfield Academy"))
    make.session.commit()
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    old = mint_answer(AnsweredRecord.of(bid.confirmations[0]), "head@provider.example", NOW)
    make.session.commit()
    for email in ("right@provider.example", "head@provider.example", "right@provider.example"):
        correcting.start_correction(bid, user=bid.created_by, now=NOW)
        bid.partners[0].contact_email = email
        correcting.send_correction(bid, agreement=False, user=bid.created_by, now=NOW, version=None)
    letters = make.session.scalars(select(Letter).where(Letter.asked_id.is_not(None)).order_by(Letter.id))
    assert [letter.email for letter in letters] == 2 * ["head@provider.example", "right@provider.example"]
    assert client.get(f"/confirm/{old}").status_code == 410


def test_the_council_does_not_agree_for_the_head_whose_bid_it_entered(make: Make, client: Any) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.SUBMITTED, lead=make.school("Hazelmere Primary"))
    asked = bid.confirmations[0]
    asked.for_lead, asked.school, bid.contact_email = True, bid.lead_school, officer.email
    token = mint_answer(AnsweredRecord.of(asked), officer.email, NOW)
    make.session.commit()
    answer = answering_with(client, f"/confirm/{token}")
    assert answer.status_code == 409
    assert "works for the council on this fund" in answer.text


def test_the_officer_sees_an_answer_in_another_name_than_the_heads(
    make: Make, bid: Bid, link: str, client: Any, sign_in: Any
) -> None:
    answering_with(client, link, signed_name="Somebody Else")
    page = sign_in(make.staff(RoleName.OFFICER)).get(f"/bids/{bid.reference}/review").text
    assert "Somebody Else answered for Oakfield Academy by the link sent to head@provider.example" in page
    entry = make.session.scalars(select(HistoryEntry).where(HistoryEntry.process == "confirmation")).one()
    assert entry.actor == "Somebody Else, through an emailed link"
