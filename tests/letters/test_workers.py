"""Workers as real processes and threads, on a database of their own with real connections."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from fundflow import worker
from fundflow.extensions import db
from fundflow.letters.delivery import deliver
from fundflow.letters.digest import write_digests
from fundflow.models.letter import Heartbeat, Letter, LetterStatus
from tests.factories import NOW, Make
from tests.letters.conftest import Office, a_letter, free_port
from tests.test_config import GOOD

pytestmark = pytest.mark.postgresql_first

S = LetterStatus
PATIENCE = 90  # seconds


@pytest.fixture
def outbox(real_app: Flask, office: Office) -> Flask:
    """An application with a real database whose mail server is the office."""
    real_app.extensions["mail"].port = office.port  # type: ignore[attr-defined]
    return real_app


def put(app: Flask, count: int) -> None:
    with app.app_context():
        db.session.add_all([a_letter() for _ in range(count)])
        db.session.commit()


def statuses(app: Flask) -> dict[LetterStatus, int]:
    with app.app_context():
        rows = db.session.execute(select(Letter.status, func.count()).group_by(Letter.status))
        return {status: number for status, number in rows}


def at_once(app: Flask, act: Callable[[], object], workers: int = 4) -> list[object]:
    """The same work in parallel, each with connections of its own; errors are raised here."""
    answers: list[object] = []

    def go() -> None:
        with app.app_context():
            try:
                answers.append(act())
            except Exception as error:
                answers.append(error)

    threads = [threading.Thread(target=go) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def test_four_workers_deliver_each_letter_once(outbox: Flask, office: Office) -> None:
    put(outbox, 120)

    def until_empty() -> int:
        total = 0
        while sent := deliver(NOW, limit=7):
            total += sent
        return total

    shares = at_once(outbox, until_empty)
    assert sum(int(str(share)) for share in shares) == 120
    assert Counter(Counter(office.ids).values()) == {1: 120}
    assert statuses(outbox) == {S.SENT: 120}


def test_workers_that_write_digests_at_once_write_one(outbox: Flask) -> None:
    with outbox.app_context():
        user = Make(db.session).user()  # type: ignore[arg-type]
        db.session.add_all([a_letter(user.email, user_id=user.id, status=S.IN_DIGEST) for _ in range(5)])
        db.session.commit()
    written = at_once(outbox, lambda: write_digests(NOW))
    assert sum(int(str(n)) for n in written) == 1
    assert statuses(outbox) == {S.IN_DIGEST: 5, S.QUEUED: 1}


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(outbox: Flask, office: Office, tmp_path: Path) -> Iterator[Start]:
    """Start a real worker process on the application's database; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []
    environ = {
        **os.environ,
        "FUNDFLOW_DATABASE_URL": outbox.config["SQLALCHEMY_DATABASE_URI"],
        **GOOD,
        "FUNDFLOW_MAIL_SERVER": "127.0.0.1",
        "FUNDFLOW_MAIL_PORT": str(office.port),  # type: ignore[attr-defined]
        "FUNDFLOW_DATA": str(tmp_path),
        "FUNDFLOW_DEMO": "0",
    }

    def run(*options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "fundflow", "worker", *options]
        started.append(subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def until(done: Callable[[], bool]) -> None:
    """Wait, patiently: a busy machine starts a process slowly."""
    ends = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < ends, "took too long"
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.thorough)])
def test_a_worker_killed_twice_among_many_letters_loses_none(
    outbox: Flask, office: Office, start: Start, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    put(outbox, count)
    for enough in (count // 4, count * 3 // 5):
        process = start()
        until(lambda enough=enough: len(office.messages) >= enough)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
        lease_runs_out(outbox)
    assert statuses(outbox)[S.QUEUED] > 0
    assert start("--once").wait(PATIENCE) == 0
    assert statuses(outbox) == {S.SENT: count}
    twice = len(office.ids) - count
    assert len(set(office.ids)) == count
    assert twice <= 2  # those in the server's hands at the moments of the kills
    with capsys.disabled():
        print(f"\nkilled twice in {count} letters: all delivered, {twice} twice", end=" ")  # noqa: T201


def lease_runs_out(app: Flask) -> None:
    with app.app_context():
        db.session.execute(
            update(Letter)
            .where(Letter.status == S.QUEUED)
            .values(due=datetime.now(UTC) - timedelta(seconds=1))
        )
        db.session.commit()


@pytest.mark.slow
def test_a_worker_stops_cleanly_when_asked(outbox: Flask, office: Office, start: Start) -> None:
    put(outbox, 3)
    process = start()
    until(lambda: len(office.messages) == 3)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert statuses(outbox) == {S.SENT: 3}
    with outbox.app_context():
        beat = db.session.get_one(Heartbeat, "worker")
        assert datetime.now(UTC) - beat.at < timedelta(seconds=PATIENCE)


def test_the_loop_goes_on_after_the_database_and_the_mail_server_fail(
    outbox: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(outbox, 1)
    calls = iter(["broken"])

    def tick(_now: datetime) -> int:
        if next(calls, None):
            raise OSError("the database is gone")
        return 0

    monkeypatch.setattr(worker.clock, "tick", tick)
    mail = outbox.extensions["mail"]
    there, mail.port = mail.port, free_port()
    worker.run(outbox, once=True, stop=threading.Event())
    assert statuses(outbox) == {S.QUEUED: 1}
    mail.port = there
    lease_runs_out(outbox)
    worker.run(outbox, once=True, stop=threading.Event())
    assert statuses(outbox) == {S.SENT: 1}
    assert len(office.messages) == 1


def test_requests_do_not_wait_for_a_mail_server_that_is_down(outbox: Flask, office: Office) -> None:
    outbox.extensions["mail"].port = free_port()
    with outbox.app_context():
        user = Make(db.session).user()  # type: ignore[arg-type]
        user.each_letter = True
        db.session.commit()
    began = time.monotonic()
    outbox.test_client().post("/sign-in", data={"email": "nobody@x.example"})
    assert time.monotonic() - began < 2


def test_letters_are_delivered_while_a_pdf_is_drawn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, drawing, delivered = threading.Event(), threading.Event(), []

    def draw(_now: datetime) -> int:
        drawing.set()
        stop.wait(10)
        return 0

    def deliver(_now: datetime) -> int:
        delivered.append(drawing.wait(10))
        if len(delivered) == 3:
            stop.set()
        return 1

    for name in ("beat", "write_digests", "order_prints"):
        monkeypatch.setattr(worker, name, lambda _now: 0)
    monkeypatch.setattr(worker.clock, "tick", lambda _now: 0)
    monkeypatch.setattr(worker, "draw", draw)
    monkeypatch.setattr(worker, "deliver", deliver)
    worker.run(app, once=False, stop=stop)
    assert delivered[:3] == [True, True, True]
