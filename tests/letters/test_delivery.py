from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow import letters as outbox
from fundflow.letters.addressee import Addressee
from fundflow.letters.delivery import DELAYS, LEASE, deliver, message_id
from fundflow.letters.links import hash_of
from fundflow.letters.writing import write_letter
from fundflow.models.confirmation import Approval
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, OneTimeLink
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.letters.conftest import Office, free_port

Write = Callable[..., Letter]
S = LetterStatus


def deliver_all(now: datetime) -> int:
    total = 0
    while sent := deliver(now):
        total += sent
    return total


def test_a_letter_arrives_as_it_was_written(posted: Office, write: Write) -> None:
    letter = write(
        "head@school.example",
        key="step:812:school:head@school.example",
        subject="LSIF-0031: we can offer you £3,000. Reply by 9 February",
    )
    assert deliver(NOW) == 1
    mail = posted.messages[0]
    assert mail["To"] == "head@school.example"
    assert mail["From"] == "fund@brackenford.example"
    assert mail["Subject"] == "LSIF-0031: we can offer you £3,000. Reply by 9 February"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == message_id(letter.key, 0)
    assert mail["Message-ID"].endswith("@brackenford.example>")
    assert mail.get_content() == "Dear Sam\r\n\r\nIt’s about £3,000.\r\n"
    assert (letter.status, letter.sent_at, letter.attempts) == (S.SENT, NOW, 1)


def test_a_paragraph_of_any_length_and_a_long_subject_arrive(posted: Office, write: Write) -> None:
    long = "Ours is a long story — " * 400
    subject = "LSIF-0031: " + "très long ’ " * 18
    write(body=long, subject=subject.strip())
    assert deliver(NOW) == 1
    assert posted.text().strip() == long.strip()
    assert posted.messages[0]["Subject"] == subject.strip()


def test_nothing_goes_twice_and_nothing_before_it_is_due(posted: Office, write: Write) -> None:
    write()
    write(due=NOW + timedelta(minutes=1))
    write(status=S.IN_DIGEST)
    write(status=S.HELD)
    assert deliver_all(NOW) == 1
    assert deliver_all(NOW) == 0
    assert len(posted.messages) == 1


def test_a_step_that_is_rolled_back_sends_nothing(posted: Office, make: Make, session: Session) -> None:
    bid = make.bid(state=BidState.SUBMITTED)
    session.commit()
    step = bid.workflow.steps[0]
    outbox.write_for_step(bid, step, make.history(bid), {"agreement": True})
    session.flush()
    session.rollback()
    assert deliver_all(NOW) == 0
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_one_bad_address_never_blocks_the_rest(posted: Office, write: Write) -> None:
    posted.refusals = {"gone@school.example": "550 No such person"}
    bad = write("gone@school.example")
    nowhere = write("nobody at all")
    good = [write() for _ in range(3)]
    assert deliver_all(NOW) == 3
    assert [letter.status for letter in good] == [S.SENT] * 3
    assert (bad.status, bad.attempts, bad.last_error) == (S.FAILED, 1, "550 No such person")
    assert (nowhere.status, nowhere.attempts) == (S.FAILED, 1)


def test_a_passing_refusal_is_tried_again_with_growing_delays_for_about_a_day(
    posted: Office, write: Write
) -> None:
    posted.refusals = {"busy@school.example": "451 Try later"}
    letter = write("busy@school.example")
    now, waits = NOW, []
    for _ in DELAYS:
        assert deliver(now) == 0
        assert letter.status is S.QUEUED
        waits.append(letter.due - now)
        assert deliver(letter.due - timedelta(seconds=1)) == 0
        now = letter.due
    assert tuple(waits) == DELAYS
    assert timedelta(hours=20) < now - NOW < timedelta(hours=26)
    deliver(now)
    assert (letter.status, letter.attempts) == (S.FAILED, len(DELAYS) + 1)
    assert letter.last_error == "451 Try later"


def test_a_refused_text_fails_at_once(posted: Office, write: Write) -> None:
    posted.data_answer = "554 We think this is spam"
    letter = write()
    deliver(NOW)
    assert (letter.status, letter.last_error) == (S.FAILED, "554 We think this is spam")


def test_while_the_mail_server_is_down_nothing_is_lost_and_no_attempt_counts(
    posted: Office, app: Any, write: Write
) -> None:
    letters = [write() for _ in range(5)]
    state = app.extensions["mail"]
    there, state.port = state.port, free_port()
    for minutes in range(3 * 24 * 60)[::180]:  # a long weekend
        assert deliver(NOW + timedelta(minutes=minutes)) == 0
    assert {(letter.status, letter.attempts) for letter in letters} == {(S.QUEUED, 0)}
    assert "refused" in letters[0].last_error
    state.port = there
    later = NOW + timedelta(days=4)
    assert deliver_all(later) == 5
    assert {letter.status for letter in letters} == {S.SENT}
    assert letters[0].last_error == ""


def test_a_mail_server_that_hangs_up_half_way_gets_the_rest_after_a_new_call(
    posted: Office, write: Write
) -> None:
    letters = [write() for _ in range(4)]
    answers = iter(["250 OK", "421 Shutting down"])

    def answer() -> None:
        posted.data_answer = next(answers, "250 OK")

    posted.on_message = answer
    assert deliver(NOW) == 3
    waiting = [letter for letter in letters if letter.status is S.QUEUED]
    assert [(letter.attempts, letter.due) for letter in waiting] == [(1, NOW + DELAYS[0])]
    assert deliver(NOW + DELAYS[0]) == 1


def test_a_letter_whose_worker_died_comes_due_again_when_its_lease_ends(
    posted: Office, write: Write, session: Session
) -> None:
    from fundflow.letters.delivery import _claim

    letter = write()
    assert len(_claim(NOW, 10)) == 1  # and then nothing: the worker is gone
    assert deliver(NOW + LEASE - timedelta(seconds=1)) == 0
    assert deliver(NOW + LEASE) == 1
    session.refresh(letter)
    assert (letter.status, letter.attempts) == (S.SENT, 2)


def test_a_letter_that_kills_its_workers_is_given_up(posted: Office, write: Write) -> None:
    letter = write(attempts=len(DELAYS) + 1)
    deliver(NOW)
    assert letter.status is S.FAILED
    assert posted.messages == []


@pytest.mark.parametrize(
    ("purpose", "path", "lasts"),
    [
        (LinkPurpose.SIGN_IN, "/sign-in/link/", timedelta(minutes=15)),
        (LinkPurpose.INVITATION, "/sign-in/link/", timedelta(days=14)),
    ],
)
def test_a_one_time_link_is_minted_at_delivery_and_kept_as_a_hash(
    posted: Office, make: Make, session: Session, purpose: LinkPurpose, path: str, lasts: timedelta
) -> None:
    user = make.user()
    letter = write_letter(
        f"accounts/{purpose.value}.txt",
        "user",
        Addressee(user.name, user.email, user),
        key="k",
        now=NOW,
        link=purpose,
        context={"by": make.user(), "places": []},
    )
    session.commit()
    later = NOW + timedelta(hours=2)
    deliver(later)
    token = posted.text().split(f"http://fund.example{path}")[1].split()[0]
    link = session.scalars(select(OneTimeLink)).one()
    assert link.token_hash == hash_of(token)
    assert (link.purpose, link.user_id, link.expires_at) == (purpose, user.id, later + lasts)
    session.refresh(letter)
    assert token not in letter.body


def test_an_approvers_letter_carries_a_link_for_that_approval(
    posted: Office, make: Make, session: Session
) -> None:
    bid = make.bid(state=BidState.SUBMITTED)
    approval = Approval(
        name="Chris", email="chris@x.example", role="governors", asked_at=NOW, due_on=NOW.date()
    )
    bid.approvals = [approval]
    session.flush()
    step = approval.workflow.find("ask_again", approval.state)
    outbox.write_for_step(approval, step, make.history(bid), {"reason": "Again"})
    session.commit()
    deliver(NOW)
    token = posted.text().split("http://fund.example/approve/")[1].split()[0]
    link = session.scalars(select(OneTimeLink)).one()
    assert (link.asked_process, link.asked_id, link.user_id) == ("approval", approval.id, None)
    assert link.token_hash == hash_of(token)
    assert link.expires_at == NOW + timedelta(days=60)
