"""Everybody at once, at random, over a handful of bids: nothing breaks and the books are right.

No page may answer 500, no transaction may be ended by the database as a deadlock, nothing may be
logged as an error; after the storm ledger, states, history and letters are checked.
"""

import logging
import os
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from fundflow.extensions import db
from fundflow.letters import delivery
from fundflow.models.letter import Letter, LetterStatus
from tests.concurrency.books import check_everything
from tests.concurrency.hall import Hall, Post
from tests.concurrency.town import Town

CROWD = 8  # threads
FINE = {200, 302, 404, 409, 410, 422, 429}

_sent: list[str] = []


class NoPost:
    """A mail server that takes everything and forgets most of it."""

    def __init__(self, _mail: Any) -> None: ...

    def __enter__(self) -> "NoPost":
        return self

    def __exit__(self, *_error: object) -> None: ...

    def send(self, message: Any) -> None:
        _sent.append(message.msgId)

    def reopen(self) -> None: ...


def blow(hall: Hall, town: Town, moves: int, seed: int) -> Counter[tuple[str, int]]:
    """The crowd at work, each with so many moves; how often each page gave each answer."""
    seen = Counter[tuple[str, int]]()

    def one(number: int) -> None:
        dice = random.Random(f"{seed}/{number}")
        for _ in range(moves):
            move = hall.look(lambda: town.move(dice))
            if isinstance(move, Post):
                answer = hall.post(move)
                assert answer.status in FINE, (move, answer)
                seen[move.path.rsplit("/", 1)[-1], answer.status] += 1
            else:
                with hall.app.app_context():
                    move()

    hall.at_once(*[lambda n=n: one(n) for n in range(CROWD)])
    return seen


LONG = int(os.environ.get("STORM", "12"))  # moves of each; a storm of an hour is an environment variable away
SEED = int(os.environ.get("SEED", "2026"))


@pytest.mark.parametrize("moves", [3, pytest.param(LONG, marks=pytest.mark.thorough)])
def test_in_a_storm_nothing_breaks_and_the_books_are_right(
    quiet_hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, moves: int
) -> None:
    monkeypatch.setattr(delivery, "Post", NoPost)
    _sent.clear()
    caplog.set_level(logging.WARNING)
    collisions: list[OperationalError] = []

    def note(context: ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, OperationalError):
            collisions.append(context.sqlalchemy_exception)

    with quiet_hall.app.app_context():
        event.listen(db.engine, "handle_error", note)
    seen = blow(quiet_hall, quiet_hall.set_up(Town), moves, seed=SEED)
    done = Counter[str]()
    for (name, status), number in seen.items():
        done[name] += number if status == 302 else 0
    assert not collisions
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert done.total() > moves, seen
    quiet_hall.ask(check_everything)
    still_leased = Letter.status == LetterStatus.FAILED
    assert quiet_hall.count(Letter, still_leased) == 0
    assert len(_sent) == len(set(_sent))
