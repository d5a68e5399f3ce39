"""What letters may carry, and to whom they may go."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.recipients import addressees
from fundflow.letters.writing import LINK
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import Membership, Standing, User
from fundflow.models.person import RoleName as R
from fundflow.workflow.application import BidState as S
from tests.factories import LONG_AGO, NOW, Make

SignIn = Callable[[User | None], FlaskClient]


def told(bid: Bid, recipient: str = "officer") -> set[str]:
    return {who.name for who in addressees(recipient, bid, NOW)}


@pytest.mark.parametrize("name", ["title", "reason"])
def test_a_school_cannot_have_the_approvers_link_put_into_its_own_words(
    make: Make, session: Session, name: str
) -> None:
    trap = f"https://evil.example/?take={LINK}"
    bid = make.bid(state=S.IN_REVIEW, **({"title": trap} if name == "title" else {}))
    approval = Approval(
        bid=bid,
        name="Chris",
        email="chair@governors.example",
        role="Chair of governors",
        asked_at=NOW,
        due_on=NOW.date(),
    )
    session.add(approval)
    session.flush()
    letter = write_letter(
        "approval/ask_again.txt",
        "approver",
        Addressee(approval.name, approval.email, asked=approval),
        key="k",
        now=NOW,
        bid=bid,
        context={"record": approval, "reason": trap if name == "reason" else "Please"},
    )
    assert letter.body.count(LINK) == 1, "only where the letter itself puts it"
    assert f"evil.example/?take={LINK}" not in letter.body
    assert f"\n{LINK}\n" in letter.body


def test_an_officer_whose_role_has_ended_gets_no_letters_about_the_bids_they_had(make: Make) -> None:
    gone, here = make.user("Gone"), make.staff(R.OFFICER, "Here")
    make.role(gone, R.OFFICER, ends_on=NOW.date() - timedelta(days=1))
    bid = make.bid(state=S.IN_REVIEW, officer=gone)
    assert told(bid) == {here.name}


def test_an_officer_who_is_barred_gets_no_letters_while_another_can_handle_the_bid(make: Make) -> None:
    lead = make.school()
    barred = make.staff(R.OFFICER, "Barred")
    make.session.add(Membership(user=barred, school=lead, standing=Standing.LEADER, starts_on=LONG_AGO))
    bid = make.bid(state=S.IN_REVIEW, lead=lead, leader=barred, officer=barred)
    make.session.flush()
    assert told(bid) == {"Barred"}, "somebody must be told"
    deputy = make.staff(R.DEPUTY_OFFICER, "Deputy")
    assert told(bid) == {deputy.name}
    officer = make.staff(R.OFFICER, "Officer")
    assert told(bid) == {officer.name}


def test_a_head_who_left_reads_and_gets_nothing_more(make: Make, sign_in: SignIn) -> None:
    lead = make.school()
    old = make.member(lead, name="Old head")
    bid = make.bid(state=S.OFFERED, lead=lead, leader=old)
    new = make.member(lead, name="New head")
    old.memberships[0].ends_on = date(2026, 9, 1)
    make.session.commit()
    assert told(bid, "school") == {new.name}
    client = sign_in(old)
    for tab in ("", "/letters", "/money", "/form", "/steps/accept-offer"):
        assert client.get(f"/bids/{bid.reference}{tab}").status_code == 404
    assert (
        client.post(
            f"/bids/{bid.reference}/steps/accept-offer", data={"version": bid.version, "agreement": "y"}
        ).status_code
        == 404
    )


@pytest.mark.parametrize("role", [R.ADMINISTRATOR, R.AUDITOR])
def test_the_letters_of_another_fund_are_not_for_whoever_looks_after_one(
    make: Make, sign_in: SignIn, role: R
) -> None:
    bid = make.bid(state=S.SUBMITTED)
    user = make.user()
    make.role(user, role, fund=make.fund())
    theirs = _letter(make, "t", bid)
    panel = _letter(make, "p", None)
    client = sign_in(user)
    for letter in (theirs, panel):
        assert letter.subject not in client.get("/letters").text
        assert client.get(f"/letters/{letter.id}").status_code == 404
        client.post(f"/letters/{letter.id}/resend")
        make.session.refresh(letter)
        assert letter.status is LetterStatus.FAILED
    make.role(user, role, fund=bid.fund)
    make.session.commit()
    assert theirs.subject in client.get("/letters").text
    assert client.get(f"/letters/{theirs.id}").status_code == 200
    assert client.get(f"/letters/{panel.id}").status_code == 404


def _letter(make: Make, key: str, bid: Bid | None) -> Letter:
    letter = Letter(
        key=key,
        bid_id=bid.id if bid else None,
        recipient="school",
        name="A",
        email="a@b.example",
        outside=True,
        subject=f"Secret {key}",
        body="b",
        status=LetterStatus.FAILED,
        written_at=NOW,
        due=NOW,
    )
    make.session.add(letter)
    make.session.commit()
    return letter
