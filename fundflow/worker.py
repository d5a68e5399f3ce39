"""`fundflow worker`: delivers letters, makes PDFs, and does what the clock does, for as long as it runs.

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
from typing import NamedTuple

from flask import Flask

from fundflow import clock
from fundflow.checking.nightly import check_by_night
from fundflow.extensions import db
from fundflow.letters.delivery import deliver
from fundflow.letters.digest import write_digests
from fundflow.letters.troubles import beat
from fundflow.panel.meetings.prints import order_prints
from fundflow.pdfs.drawing import draw

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
_failing: dict[str, type[Exception]] = {}  # which work fails at the moment, and how


@dataclass
class Job:
    """Something done at intervals; `work` is given the moment and says how much it did."""

    work: Callable[[datetime], int]
    every: timedelta
    next_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.next_at is None or now >= self.next_at


class Line(NamedTuple):
    """Jobs at intervals, and the work that is done at every turn, one after the other."""

    jobs: tuple[Job, ...]
    work: Callable[[datetime], int]


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
    letters = Line(
        (
            Job(beat, timedelta(seconds=5)),
            Job(clock.tick, timedelta(seconds=60)),
            Job(write_digests, timedelta(seconds=60)),
        ),
        deliver,
    )
    prints = Line(
        (Job(order_prints, timedelta(minutes=10)), Job(check_by_night, timedelta(minutes=10))),
        draw,
    )
    if once:
        while _turn(app, letters) + _turn(app, prints) and not stop.is_set():
            pass
        return
    beside = threading.Thread(target=_keep_on, args=(app, prints, stop), daemon=True)
    beside.start()  # a page takes seconds to draw, and a letter is not to wait for it
    _keep_on(app, letters, stop)
    beside.join(timeout=5)


def _keep_on(app: Flask, line: Line, stop: threading.Event) -> None:
    while not stop.is_set():
        if not _turn(app, line):
            stop.wait(IDLE_SECONDS)


def _turn(app: Flask, line: Line) -> int:
    """The jobs that are due, and what is done at every turn; returns how much that was."""
    now = datetime.now(UTC)
    for job in line.jobs:
        if job.is_due(now):
            job.next_at = now + job.every
            _attempt(app, job.work, now)
    return _attempt(app, line.work, datetime.now(UTC))


def _attempt(app: Flask, work: Callable[[datetime], int], now: datetime) -> int:
    """One piece of work with a session of its own; an error counts as nothing done.

    The log hears of an error when it begins and when it ends, not at each try in between.
    """
    with app.app_context():
        try:
            done = work(now)
        except Exception as error:
            if _failing.get(work.__name__) is not type(error):
                log.exception("%s failed; it is tried again until it succeeds", work.__name__)
            _failing[work.__name__] = type(error)
            db.session.rollback()
            return 0
        if _failing.pop(work.__name__, None):
            log.info("%s succeeds again", work.__name__)
        return done
