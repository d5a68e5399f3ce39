"""What holds letters up is noted, read, and logged once when it begins and once when it ends."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from fundflow import worker
from fundflow.letters import troubles as module
from fundflow.letters.delivery import SERVER_DOWN, deliver
from fundflow.letters.troubles import MAIL, SILENT, WORKER, TroubleKind, beat, troubles
from fundflow.models.letter import Heartbeat, Letter
from tests.factories import NOW
from tests.letters.conftest import Office, free_port

Write = Callable[..., Letter]
K = TroubleKind


@pytest.fixture(autouse=True)
def _nothing_logged_yet() -> Iterator[None]:
    module._logged.clear()
    worker._failing.clear()
    yield
    module._logged.clear()
    worker._failing.clear()


def kinds(now: datetime) -> list[TroubleKind]:
    return [trouble.kind for trouble in troubles(now)]


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= level]


def test_a_worker_is_missed_after_a_minute_and_from_the_beginning(session: Session) -> None:
    assert [(t.kind, t.since) for t in troubles(NOW)] == [(K.WORKER, None)]
    beat(NOW)
    assert troubles(NOW + SILENT - timedelta(seconds=1)) == []
    assert [(t.kind, t.since) for t in troubles(NOW + SILENT)] == [(K.WORKER, NOW)]
    beat(NOW + SILENT)
    assert troubles(NOW + SILENT) == []


def test_a_queue_is_old_when_a_letter_is_due_for_ten_minutes(session: Session, write: Write) -> None:
    beat(NOW)
    letter = write(due=NOW)
    assert kinds(NOW + timedelta(minutes=10)) == [K.WORKER]
    beat(NOW + timedelta(minutes=11))
    assert kinds(NOW + timedelta(minutes=11)) == [K.QUEUE]
    letter.due = NOW + timedelta(hours=3)  # it is tried again later
    session.commit()
    assert kinds(NOW + timedelta(minutes=11)) == []


def test_a_mail_server_that_is_down_for_hours_is_logged_once_and_once_when_it_is_back(
    app: Flask, office: Office, write: Write, caplog: pytest.LogCaptureFixture, session: Session
) -> None:
    caplog.set_level(logging.INFO, "fundflow")
    mail = app.extensions["mail"]
    there, mail.port = mail.port, free_port()
    write()
    for minute in range(180):
        deliver(NOW + minute * SERVER_DOWN)
    (said,) = lines(caplog)
    assert said.startswith("The mail server can’t be reached: ConnectionRefusedError")
    found = session.get_one(Heartbeat, MAIL)
    assert (found.since, found.at) == (NOW, NOW + 179 * SERVER_DOWN)
    later = NOW + 180 * SERVER_DOWN
    beat(later)
    (trouble,) = troubles(later)
    assert (trouble.kind, trouble.since) == (K.MAIL, NOW)
    mail.port = office.port  # type: ignore[attr-defined]
    try:
        assert deliver(later) == 1
    finally:
        mail.port = there
    assert troubles(later) == []
    assert lines(caplog)[-2:] == [
        "The mail server takes letters again.",
        "Letters are no longer held up: mail",
    ]


def test_a_server_that_takes_the_connection_and_refuses_the_sender_counts_too(
    posted: Office, write: Write, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handle_MAIL(*_its: object) -> str:
        return "550 5.7.1 Sender not allowed"

    monkeypatch.setattr(Office, "handle_MAIL", handle_MAIL, raising=False)
    beat(NOW)
    write(), write()
    for minute in range(3):
        deliver(NOW + minute * timedelta(hours=1))
    assert [(t.kind, t.said) for t in troubles(NOW)] == [(K.MAIL, "550 5.7.1 Sender not allowed")]
    assert len([line for line in lines(caplog) if "can’t be reached" in line]) == 1


def test_an_address_that_is_refused_is_no_trouble_of_the_server(posted: Office, write: Write) -> None:
    beat(NOW)
    posted.refusals["gone@school.example"] = "550 No such mailbox"
    write("gone@school.example")
    assert deliver(NOW) == 0
    assert troubles(NOW) == []


def test_a_silent_worker_is_logged_once_by_whoever_asks(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fundflow")
    for second in range(100):
        troubles(NOW + timedelta(seconds=second))
    assert lines(caplog) == ["Letters are held up: worker, since the start"]
    beat(NOW + timedelta(seconds=100))
    troubles(NOW + timedelta(seconds=100))
    assert lines(caplog)[1:] == ["Letters are no longer held up: worker"]
    assert session.get_one(Heartbeat, WORKER).trouble == ""


def test_work_that_fails_all_the_time_is_logged_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fundflow")
    stop, calls = threading.Event(), []

    def broken(_now: datetime) -> int:
        calls.append(1)
        if len(calls) == 50:
            stop.set()
        if len(calls) < 50:
            raise OSError(f"the database is gone, {len(calls)}")
        return 0

    monkeypatch.setattr(worker, "deliver", broken)
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0)
    for name in ("beat", "write_digests"):
        monkeypatch.setattr(worker, name, lambda _now: 0)
    monkeypatch.setattr(worker.clock, "tick", lambda _now: 0)
    worker.run(app, once=False, stop=stop)
    assert lines(caplog) == ["broken failed; it is tried again until it succeeds", "broken succeeds again"]
