"""Figures for Prometheus: closed unless a setting opens them, summed over processes, without names."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fundflow import create_app
from fundflow.config import SettingsWrong, settings
from fundflow.extensions import db
from fundflow.models.letter import Heartbeat, Letter, LetterStatus
from fundflow.web.metrics import forget_the_dead
from tests.conftest import settings_for
from tests.factories import NOW, Make

TOKEN = "0123456789abcdefghijklmnopqrstuv"


@pytest.fixture
def at(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Asks an application whose figures a program on this machine may read."""
    monkeypatch.setitem(app.config, "METRICS", "loopback")
    monkeypatch.setitem(app.config, "DATA", tmp_path)
    return app.test_client()


def test_a_program_on_this_machine_reads_them_and_nobody_who_was_passed_on(at: FlaskClient) -> None:
    assert at.get("/metrics").status_code == 200
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert at.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404, name
    for address in ("10.0.0.7", "", "unix:"):
        assert at.get("/metrics", environ_overrides={"REMOTE_ADDR": address}).status_code == 404, address


def test_a_proxy_in_front_of_us_lets_nobody_in(new_database: Any, template_url: str, tmp_path: Path) -> None:
    changes = {"PROXIES": 1, "METRICS": "loopback", "DATA": tmp_path}
    app = create_app(settings_for(template_url, **changes))
    outside = {"REMOTE_ADDR": "10.0.0.7"}
    lie = {"X-Forwarded-For": "127.0.0.1"}
    client = app.test_client()
    assert client.get("/metrics", headers=lie, environ_overrides=outside).status_code == 404
    assert client.get("/metrics", headers=lie).status_code == 404
    assert client.get("/metrics").status_code == 200
    with app.app_context():
        db.engine.dispose()


def test_with_a_token_from_anywhere_and_without_it_from_nowhere(
    app: Flask, at: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "METRICS", "token")
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    for given in ("", TOKEN, "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", "Bearer é"):
        assert at.get("/metrics", headers={"Authorization": given}).status_code == 404, given
    assert at.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_settings_refuse_a_weak_token() -> None:
    demo = {"FUNDFLOW_DEMO": "1", "FUNDFLOW_METRICS": "token"}
    for token in ("", "short", "a" * 40):
        with pytest.raises(SettingsWrong, match="FUNDFLOW_METRICS_TOKEN"):
            settings(demo | {"FUNDFLOW_METRICS_TOKEN": token})
    assert settings(demo | {"FUNDFLOW_METRICS_TOKEN": TOKEN})["METRICS_TOKEN"] == TOKEN


def test_letters_that_wait_and_signs_of_life_are_figures(
    at: FlaskClient, make: Make, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    for number, status in enumerate((LetterStatus.QUEUED, LetterStatus.QUEUED, LetterStatus.FAILED)):
        make.session.add(letter(number, status))
    make.session.add(Heartbeat(name="clock", at=NOW))
    make.session.flush()
    said = at.get("/metrics").text
    assert 'fundflow_letters{state="queued"} 2.0' in said
    assert 'fundflow_letters{state="held"} 0.0' in said
    assert 'fundflow_letters_oldest_seconds{state="failed"} 0.0' in said
    sign = re.search(r'last_sign_seconds\{of="clock"\} (\S+)', said)
    assert sign
    assert float(sign[1]) == NOW.timestamp()
    assert "fundflow_database_up 1.0" in said
    assert "ann@" not in said


def letter(number: int, status: LetterStatus) -> Letter:
    return Letter(
        key=f"k{number}",
        recipient="school",
        name="Ann",
        email="ann@b.example",
        outside=True,
        subject="s",
        body="b",
        status=status,
        written_at=NOW,
        due=NOW,
    )


# -- two processes --------------------------------------------------------------------------------


class Served:
    """gunicorn with two workers, on a database of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, data: Path) -> None:
        self.process, self.port, self.data = process, port, data

    def get(self, path: str) -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Connection": "close"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())

    def requests(self, route: str) -> float:
        pattern = rf'^fundflow_requests_total{{method="GET",route="{route}",status="200"}} (\S+)$'
        return sum(float(number) for number in re.findall(pattern, self.get("/metrics"), re.M))

    def workers(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]


@pytest.fixture
def served(template_url: str, tmp_path: Path) -> Iterator[Served]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "FUNDFLOW_DEMO": "1",
        "FUNDFLOW_METRICS": "loopback",
        "FUNDFLOW_DATA": str(tmp_path),
        "FUNDFLOW_DATABASE_URL": template_url,
    }
    words = "-c python:fundflow.gunicorn_conf --workers 2 --threads 2 --log-level warning --bind"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *words.split(), f"127.0.0.1:{port}", "fundflow:create_app()"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found = Served(process, port, tmp_path)
    for _ in range(600):
        try:
            found.get("/healthz")
            break
        except OSError:
            time.sleep(0.2)
    yield found
    process.send_signal(signal.SIGQUIT)  # at once; on SIGTERM it waits half a minute for its workers
    process.wait(60)


def until_both_counted(served: Served) -> int:
    """How many requests it took until two processes had counted some."""
    for number in range(1, 2000):
        served.get("/privacy")
        if len([*(served.data / "metrics").glob("counter_*.db")]) >= 2:
            return number
    raise AssertionError("one process answered everything")


@pytest.mark.thorough
@pytest.mark.one_database
def test_two_processes_count_into_one_sum_that_outlives_one_of_them(served: Served) -> None:
    asked = until_both_counted(served)
    assert [served.requests("/privacy") for _ in range(4)] == [asked] * 4  # whichever is asked
    gone = served.workers()[0]
    os.kill(gone, signal.SIGKILL)
    for _ in range(100):
        if len(served.workers()) == 2 and gone not in served.workers():
            break
        time.sleep(0.1)
    served.get("/privacy")
    assert served.requests("/privacy") == asked + 1
    said = served.get("/metrics")
    assert 'fundflow_request_seconds_bucket{le="+Inf",route="/privacy"}' in said
    assert 'fundflow_queries_total{route="/privacy"}' in said


COUNTING = """
import sys
from pathlib import Path
from fundflow import create_app
from fundflow.extensions import db
from tests.conftest import settings_for
from tests.factories import Make
app = create_app(settings_for(sys.argv[1], DATA=Path(sys.argv[2]), METRICS="loopback"))
with app.app_context():
    make = Make(db.session)
    make.history(make.bid())
    db.session.commit()
    make.history(make.bid())
    db.session.rollback()
"""


@pytest.mark.thorough
@pytest.mark.one_database
def test_steps_count_once_they_are_committed(template_url: str, tmp_path: Path, new_database: Any) -> None:
    urls = [new_database(template_url) for _ in range(2)]  # they would make rows of the same names
    words = [sys.executable, "-c", COUNTING]
    both = [subprocess.Popen([*words, url, str(tmp_path)]) for url in urls]
    assert [process.wait(300) for process in both] == [0, 0]
    app = create_app(settings_for(template_url, DATA=tmp_path, METRICS="loopback"))
    said = app.test_client().get("/metrics").text
    assert sum(float(n) for n in re.findall(r"^fundflow_steps_total\{.*\} (\S+)$", said, re.M)) == 2
    forget_the_dead(tmp_path)
    assert "fundflow_steps_total" not in app.test_client().get("/metrics").text
    with app.app_context():
        db.engine.dispose()
