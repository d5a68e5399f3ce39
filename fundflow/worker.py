"""`fundflow worker`: delivers letters, and does what the clock does, for as long as it runs.

Any number of workers may run beside one another. Whatever fails (the database, the mail server, a
letter) is logged, and the work goes on.
"""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

from flask import Flask
from sqlalchemy import update

from fundflow import clock
from fundflow.extensions import db
from fundflow.letters.delivery import deliver
from fundflow.letters.digest import write_digests
from fundflow.models.letter import Heartbeat

log = logging.getLogger(__name__)

HEARTBEAT = "worker"
IDLE_SECONDS = 1.0


@dataclass
class Job:
    """Something done at intervals; `work` is given the moment and says how much it did."""

    work: Callable[[datetime], int]
    every: timedelta
    next_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.next_at is None or now >= self.next_at


def main(app: Flask, once: bool = False) -> None:
    """Work until SIGTERM or SIGINT, or (`once`) until nothing is left to do now."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    run(app, once=once, stop=stop)


def run(app: Flask, *, once: bool, stop: threading.Event) -> None:
    """The loop itself; ends soon after `stop` is set."""
    jobs = (
        Job(beat, timedelta(seconds=5)),
        Job(clock.tick, timedelta(seconds=60)),
        Job(write_digests, timedelta(seconds=60)),
    )
    while not stop.is_set():
        now = datetime.now(UTC)
        for job in jobs:
            if job.is_due(now):
                job.next_at = now + job.every
                _attempt(app, job.work, now)
        delivered = _attempt(app, deliver, datetime.now(UTC))
        if not delivered and once:
            return
        if not delivered:
            stop.wait(IDLE_SECONDS)


def beat(now: datetime) -> int:
    """Say that this worker lives, for /readyz."""
    known = db.session.execute(update(Heartbeat).where(Heartbeat.name == HEARTBEAT).values(at=now)).rowcount  # type: ignore[attr-defined]  # an UPDATE's result has one
    if not known:
        db.session.add(Heartbeat(name=HEARTBEAT, at=now))
    db.session.commit()
    return 1


def _attempt(app: Flask, work: Callable[[datetime], int], now: datetime) -> int:
    """One piece of work with a session of its own; an error is logged and counts as nothing done."""
    with app.app_context():
        try:
            return work(now)
        except Exception:
            log.exception("%s failed; it is tried again", work.__name__)
            db.session.rollback()
            return 0
