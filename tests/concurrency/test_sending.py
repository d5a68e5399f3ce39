"""Letters leave with the step that writes them, and never in a request."""

import smtplib
import socket
from datetime import timedelta
from typing import Any

import pytest

from fundflow import letters
from fundflow.extensions import db
from fundflow.letters import delivery
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.panel.operations import decisions
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.concurrency.hall import Hall, Post, a_fund, decision, right_now, steps_of, voted_on
from tests.factories import Make


def a_decision(make: Make) -> tuple[int, int, str, Post]:
    """A bid's id, its chair's id, its reference, and the form that funds it."""
    fund = a_fund(make)
    chair = make.panel(fund)[0].user
    bid = voted_on(make, fund)
    post = Post(chair.get_id(), steps_of(bid, "approve"), decision(bid, "Clear."))
    return bid.id, chair.id, bid.reference, post


def check_nothing_happened(hall: Hall, bid_id: int) -> None:
    for kind in (Letter, LedgerEntry, HistoryEntry):
        assert hall.count(kind, kind.bid_id == bid_id) == 0
    assert hall.ask(lambda: db.session.get_one(Bid, bid_id).state) is S.AT_PANEL


class Sent:
    """A mail server that only notes to whom."""

    def __init__(self) -> None:
        self.to: list[str] = []

    def __call__(self, _mail: Any) -> "Sent":
        return self

    def __enter__(self) -> "Sent":
        return self

    def __exit__(self, *_error: object) -> None: ...

    def send(self, message: Any) -> None:
        self.to += message.recipients

    def reopen(self) -> None: ...


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent = Sent()
    monkeypatch.setattr(delivery, "Post", sent)
    return sent


def deliver(hall: Hall) -> int:
    with hall.app.app_context():
        return delivery.deliver(right_now() + timedelta(minutes=1))


def test_a_step_refused_after_its_letters_were_written_sends_none(
    quiet_hall: Hall, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid_id, _, _, post = quiet_hall.set_up(a_decision)
    written = []

    def then_refuse(*args: Any, **named: Any) -> None:
        written.extend(write(*args, **named))
        raise Refused("Not after all.")

    write = letters.write_for_step
    monkeypatch.setattr(letters, "write_for_step", then_refuse)
    answer = quiet_hall.post(post)
    assert (answer.status, len(written) > 0) == (409, True)
    assert "Not after all." in answer.page
    assert "Clear." in answer.page
    check_nothing_happened(quiet_hall, bid_id)
    assert (deliver(quiet_hall), sent.to) == (0, [])


def test_a_step_that_breaks_sends_none(quiet_hall: Hall, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    bid_id, _, _, post = quiet_hall.set_up(a_decision)
    quiet_hall.app.testing = False  # as it is in earnest: a page, not an exception
    quiet_hall.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("fundflow.panel.operations.decisions._end", broken)
    try:
        answer = quiet_hall.post(post)
    finally:
        quiet_hall.app.testing = True
        quiet_hall.app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status == 500
    assert "Sorry, there is a problem with the service" in answer.page
    check_nothing_happened(quiet_hall, bid_id)
    assert (deliver(quiet_hall), sent.to) == (0, [])


def test_a_worker_sees_no_letter_of_a_step_that_is_not_done_yet(quiet_hall: Hall, sent: Sent) -> None:
    """The step waits, its letters written; on SQLite the worker would wait with it."""
    bid_id, chair_id, _, _ = quiet_hall.set_up(a_decision)
    with quiet_hall.app.app_context():
        original, db.session.commit = db.session.commit, db.session.flush  # type: ignore[method-assign]
        try:
            from fundflow.models.person import User

            decisions.approve(
                db.session.get_one(Bid, bid_id),
                300_000,
                reasons="Clear.",
                equality_note="None.",
                departure="The need is plain.",
                user=db.session.get_one(User, chair_id),
                now=right_now(),
            )
        finally:
            db.session.commit = original  # type: ignore[method-assign]
        assert db.session.query(Letter).filter_by(bid_id=bid_id).count() > 0
        if db.engine.dialect.name == "postgresql":
            assert (quiet_hall.at_once(lambda: deliver(quiet_hall)), sent.to) == ([0], [])
        db.session.rollback()
    check_nothing_happened(quiet_hall, bid_id)
    assert (deliver(quiet_hall), sent.to) == (0, [])


@pytest.fixture
def no_mail_server(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whoever speaks to a mail server is noted."""
    spoken: list[str] = []

    def speak(*_args: Any, **_options: Any) -> None:
        spoken.append("a mail server was asked")
        raise TimeoutError

    monkeypatch.setattr(smtplib.SMTP, "connect", speak)
    monkeypatch.setattr(smtplib.SMTP, "sendmail", speak)
    monkeypatch.setattr(delivery, "Post", speak)
    monkeypatch.setattr(socket, "create_connection", speak)
    return spoken


def test_no_request_speaks_to_a_mail_server(quiet_hall: Hall, no_mail_server: list[str]) -> None:
    """Everything that tells somebody something writes a letter, and waits for no mail server."""

    def set_up(make: Make) -> tuple[str, list[Post]]:
        fund = a_fund(make)
        chair, bid = make.panel(fund)[0].user, voted_on(make, fund)
        lead = make.school()
        head, officer = make.member(lead), make.staff(RoleName.OFFICER)
        administrator = make.staff(RoleName.ADMINISTRATOR)
        draft, new, offered = (
            make.bid(state=state, fund=fund, lead=lead, leader=head, now=right_now())
            for state in (S.DRAFT, S.SUBMITTED, S.OFFERED)
        )
        return fund.prefix, [
            Post(chair.get_id(), steps_of(bid, "approve"), decision(bid, "Clear.")),
            Post(head.get_id(), steps_of(draft, "submit"), {"version": 1, "agreement": "y"}),
            Post(officer.get_id(), steps_of(new, "take-up"), {"version": 1}),
            Post(head.get_id(), steps_of(offered, "accept-offer"), {"version": 1, "agreement": "y"}),
            Post(administrator.get_id(), f"/people/{officer.id}/invite", {}),
            Post(None, "/sign-in", {"email": head.email}),
        ]

    _, posts = quiet_hall.set_up(set_up)
    before = quiet_hall.count(Letter)
    for post in posts:
        assert quiet_hall.post(post).status in (200, 302)
    assert no_mail_server == []
    assert quiet_hall.count(Letter) - before >= len(posts)
