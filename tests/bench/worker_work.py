"""What the worker hands over: a meeting's papers as a PDF, and letters to a mail server that takes any.

Both change the council: they come after everything else that is measured of it.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, select, update

from fundflow.extensions import db
from fundflow.letters.delivery import deliver
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.minutes import Paper
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.pdfs.drawing import draw
from fundflow.workflow.meeting import MeetingState
from tests.bench.browsing import Browser
from tests.bench.visits import GRACE

ITEMS, LETTERS, TRIES = 30, 300, 3


class Handed(NamedTuple):
    """pack     milliseconds of processor that a request for the pack of 30 bids takes, as a PDF that is
             made; None where no PDFs are made here
    letters  that a worker delivers a second, in the best of three tries
    """

    pack: float | None
    letters: float


def handed_over(port: int) -> Handed:
    return Handed(_pack(port), _letters_a_second())


def _pack(port: int) -> float | None:
    path = f"/meetings/{_long_meeting()}/pack.pdf"
    browser = Browser(port)
    browser.sign_in(GRACE)
    browser.get(path)  # orders it
    while draw(datetime.now(UTC)):
        pass
    answers = [browser.get(path) for _ in range(3)]
    return min(answer.cpu for answer in answers) if answers[0].status == 200 else None


def _long_meeting() -> int:
    """A meeting whose papers are out, given items of others until it has thirty."""
    out = Meeting.state == MeetingState.PAPERS_ISSUED
    meeting = db.session.scalars(select(Meeting.id).where(out).order_by(Meeting.id).limit(1)).one()
    there = db.session.scalar(select(func.count()).where(AgendaItem.meeting_id == meeting)) or 0
    issued = select(Paper.id).where(Paper.item_id == AgendaItem.id).exists()
    others = select(AgendaItem.id).join(Meeting).where(out, Meeting.id != meeting, issued)
    for n, item in enumerate(db.session.scalars(others.limit(ITEMS - there)).all(), start=1):
        moved = update(AgendaItem).where(AgendaItem.id == item)
        db.session.execute(moved.values(meeting_id=meeting, position=1_000 + n))
    db.session.commit()
    return meeting


def _letters_a_second() -> float:
    with _mail_server() as port:
        state = current_app.extensions["mail"]
        state.server, state.port = "127.0.0.1", port
        return max(_delivered() for _ in range(TRIES))


def _delivered() -> float:
    """Letters that went before go again: how many a second."""
    now = datetime.now(UTC)
    ids = db.session.scalars(
        select(Letter.id)
        .where(Letter.status == LetterStatus.SENT, Letter.link_purpose.is_(None))
        .order_by(Letter.id.desc())
        .limit(LETTERS)
    ).all()
    db.session.execute(
        update(Letter)
        .where(Letter.id.in_(ids))
        .values(status=LetterStatus.QUEUED, due=now, attempts=0, sent_at=None)
    )
    db.session.commit()
    start, sent = time.perf_counter(), 0
    while taken := deliver(now):
        sent += taken
    assert sent >= LETTERS, f"{sent} of {LETTERS} letters went"
    return sent / (time.perf_counter() - start)


@contextmanager
def _mail_server() -> Iterator[int]:
    """aiosmtpd in a process of its own, as a mail server is; its port."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen([*command, "-l", f"127.0.0.1:{port}"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()
