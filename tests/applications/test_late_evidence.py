"""Evidence that comes after a bid was submitted."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.bid import Bid
from fundflow.models.files import Attachment, LateEvidence
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName as R
from fundflow.models.person import Standing, User
from fundflow.models.review import Submission
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import errors
from tests.factories import NOW, Make
from tests.files.kept import Kept, kept, send_form
from tests.files.samples import docx, pdf

__all__ = ["kept"]

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def head(make: Make) -> User:
    return make.member(make.school("Oak"))


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(R.OFFICER, "Olu Officer")


@pytest.fixture
def bid(make: Make, head: User, officer: User) -> Bid:
    return make.bid(state=S.AT_PANEL, lead=head.memberships[0].school, leader=head, officer=officer)


def path(bid: Bid) -> str:
    return f"/bids/{bid.reference}/late-evidence"


def send(
    client: FlaskClient, bid: Bid, text: str = "The May results are in.", **files: tuple[str, bytes]
) -> Any:
    return send_form(client, path(bid), {"text": text, **files})


def count(session: Session, kind: Any) -> int:
    return session.scalar(select(func.count(kind.id))) or 0


def test_it_is_stamped_and_stands_beside_the_frozen_copies_which_it_does_not_change(
    bid: Bid, head: User, officer: User, sign_in: SignIn, session: Session, kept: Kept, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    before = session.scalars(select(Submission.answers)).all()
    answer = send(sign_in(head), bid, first=("may.pdf", pdf()), second=("plan.docx", docx()))
    assert answer.location == f"/bids/{bid.reference}/application#late-evidence"
    html = sign_in(officer).get(f"/bids/{bid.reference}/application").text
    part = html.partition("Received after submission")[2]
    for said in (
        f"Received 18 November 2026 at 10:00, from {head.name}",
        "The May results are in.",
        "may.pdf",
        "plan.docx",
    ):
        assert said in part
    assert session.scalars(select(Submission.answers)).all() == before
    assert bid.files == []
    for file in session.scalars(select(Attachment)):
        with sign_in(officer).get(f"/bids/{bid.reference}/files/{file.id}") as got:
            assert got.status_code == 200


def test_the_officer_is_told_with_the_digest_and_nobody_else(
    bid: Bid, head: User, officer: User, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    make_other_officer = Make(session).staff(R.OFFICER)
    send(sign_in(head), bid, first=("may.pdf", pdf()))
    letter = session.scalars(select(Letter)).one()
    assert (letter.user_id, letter.status) == (officer.id, LetterStatus.IN_DIGEST)
    assert letter.user_id != make_other_officer.id
    assert letter.subject == f"{bid.reference}: evidence came after submission"
    assert "It came with may.pdf." in letter.body
    assert "  The May results are in." in letter.body
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.step == "late_evidence")).one()
    assert (entry.label, entry.user_id) == ("Evidence received after submission", head.id)


def test_a_second_click_sends_nothing_more(
    bid: Bid, head: User, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    client = sign_in(head)
    for _ in range(2):
        assert send(client, bid, first=("may.pdf", pdf())).status_code == 302
    assert (count(session, LateEvidence), count(session, Attachment), count(session, Letter)) == (1, 1, 1)
    assert len(kept.stored()) == 1
    send(client, bid, "And June’s.")
    assert count(session, LateEvidence) == 2


@pytest.mark.parametrize("state", [S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.AT_PANEL, S.DEFERRED])
def test_it_is_taken_until_the_bid_is_decided(
    make: Make, head: User, sign_in: SignIn, session: Session, kept: Kept, state: S
) -> None:
    bid = make.bid(state=state, lead=head.memberships[0].school, leader=head)
    team = make.member(head.memberships[0].school, Standing.TEAM)
    client = sign_in(team)
    assert path(bid) in client.get(f"/bids/{bid.reference}/application").text
    assert client.get(path(bid)).status_code == 200
    assert send(client, bid).status_code == 302


@pytest.mark.parametrize(
    "state", [S.DRAFT, S.OFFERED, S.NOT_FUNDED, S.IN_DELIVERY, S.CLOSED, S.INELIGIBLE, S.WITHDRAWN]
)
def test_before_and_after_that_it_is_refused_with_what_was_typed(
    make: Make, head: User, sign_in: SignIn, session: Session, kept: Kept, state: S
) -> None:
    bid = make.bid(state=state, lead=head.memberships[0].school, leader=head)
    client = sign_in(head)
    assert path(bid) not in client.get(f"/bids/{bid.reference}/application").text
    assert client.get(path(bid)).status_code == 409
    answer = send(client, bid, "Typed with care", first=("may.pdf", pdf()))
    assert answer.status_code == 409
    assert errors(answer) == ["Evidence can be sent from the day a bid is submitted until it is decided."]
    assert "Typed with care" in answer.text
    assert (count(session, LateEvidence), kept.stored()) == (0, [])


def test_only_the_school_that_leads_sends_it(
    bid: Bid, officer: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    for user in (officer, make.member(bid.partners[0].school), make.member(make.school())):
        assert sign_in(user).get(path(bid)).status_code == 404
        assert send(sign_in(user), bid).status_code == 404
    assert count(session, LateEvidence) == 0


def test_what_is_wrong_is_said_beside_it_and_nothing_is_stored(
    bid: Bid, head: User, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    client = sign_in(head)
    good, bad = ("may.pdf", pdf()), ("page.html", b"<html>")
    cases = (
        (send(client, bid, "", first=good), "Enter what you want to add", "#text"),
        (send(client, bid, "x" * 2001), "Your answer must be 2,000 characters or fewer", "#text"),
        (send(client, bid, first=bad, second=good), "A file whose name ends in “.html”", "#first"),
        (send(client, bid, first=good, second=bad), "A file whose name ends in “.html”", "#second"),
        (send(client, bid, first=good, second=("b.pdf", pdf())), "You chose the same file twice", "#first"),
    )
    for answer, said, where in cases:
        assert answer.status_code == 422
        assert errors(answer)[0].startswith(said)
        assert f'href="{where}"' in answer.text
    assert (count(session, LateEvidence), kept.stored()) == (0, [])


def test_the_application_page_asks_no_more_of_the_database_however_much_came(
    bid: Bid, head: User, sign_in: SignIn, make: Make, session: Session, kept: Kept, count_queries: list[str]
) -> None:
    counts = []
    client = sign_in(head)
    for more in (1, 9):
        for n in range(more):
            evidence = make._add(
                LateEvidence(bid_id=bid.id, text=f"{n}", received_at=NOW, received_from_id=head.id)
            )
            kept.file(make, bid, f"{more}-{n}.pdf", late_evidence_id=evidence.id)
        session.commit()
        count_queries.clear()
        assert client.get(f"/bids/{bid.reference}/application").text.count("Received 18 November") in (1, 10)
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
