"""Everybody at work on PostgreSQL while machines fail: `make load`, `MINUTES=1 make load`.

Two web and two letter workers; a worker is killed every 20 seconds, the database restarted twice, a backup
taken in the middle and put back elsewhere. Fails where a page answers 500, or 503 while the database is up;
where a step that was acknowledged is missing or there twice, in the backup too; where a letter is lost; where
`fundflow check --chain` finds something.
"""

import os
import random
import re
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from fundflow import build
from fundflow.chain.sealing import begin_and_seal
from fundflow.config import settings
from fundflow.extensions import db
from fundflow.letters.delivery import message_id
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from tests.concurrency.hall import Hall, Post
from tests.concurrency.town import Town
from tests.load.place import Place, fundflow
from tests.load.served import at_the_moment

SECONDS = float(os.environ.get("MINUTES", "5")) * 60
CROWD, KILL_EVERY = int(os.environ.get("CROWD", "8")), 20.0
PAGES = ("/work", "/bids", "/meetings", "/register", "/me", "/money", "/letters", "/dashboard", "/schools")
STEP = re.compile(r"^/bids/([^/]+)/steps/([\w-]+)$")


class Taken(NamedTuple):
    """A step that was acknowledged."""

    reference: str
    step: str
    version: int


class Seen:
    """What the crowd was answered."""

    def __init__(self) -> None:
        self.statuses = Counter[str]()
        self.wrong: list[str] = []
        self.taken: set[Taken] = set()
        self.before_backup: set[Taken] | None = None
        self.lock = threading.Lock()


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_words: Any) -> None:
        return None


class Crowd:
    def __init__(self, app: Flask, place: Place, town: Town, seen: Seen) -> None:
        self.app, self.place, self.town, self.seen = app, place, town, seen
        self.hall, self.ends = Hall(app), time.time() + SECONDS
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.cookie = lambda who: f"fundflow={serializer.dumps({'_user_id': who, '_fresh': True})}"
        self.people = [who for pair in town.heads.values() for who in pair]
        self.people += [who for some in town.staff.values() for who in some] + [*town.seats.values()]

    def work(self, number: int) -> None:
        dice = random.Random(f"19/{number}")
        while time.time() < self.ends:
            try:
                move = self.hall.look(lambda: self.town.move(dice)) if dice.random() < 0.6 else None
            except SQLAlchemyError:
                time.sleep(0.5)
                continue
            if isinstance(move, Post):
                self.send(move.who, move.path, move.data)
            else:
                page = dice.choice((*PAGES, *(f"/bids/{one}" for one in self.town_references)))
                self.send(dice.choice(self.people), page, None)

    town_references: tuple[str, ...] = ()

    def send(self, who: str | None, path: str, data: dict[str, Any] | None) -> None:
        began = time.time()
        body = None if data is None else urlencode(data, doseq=True).encode()
        request = Request(f"http://127.0.0.1:{self.place.port}{path}", data=body)
        if who:
            request.add_header("Cookie", self.cookie(who))
        try:
            with build_opener(NoRedirect).open(request, timeout=60) as answer:
                status, location = answer.status, ""
        except HTTPError as error:
            status, location = error.code, error.headers.get("Location", "")
        except TimeoutError:
            status, location = 599, ""
        except (OSError, HTTPException):  # the worker that was answering was killed
            status, location = 0, ""
        self.note(who, path, data, status, location, began)

    def note(self, who: str | None, path: str, data: Any, status: int, location: str, began: float) -> None:
        step = STEP.match(path)
        with self.seen.lock:
            self.seen.statuses[f"{'POST' if data is not None else 'GET'} {status}"] += 1
            down = self.place.was_down(began, time.time())
            if status >= 500 and not (status == 503 and down):
                self.seen.wrong.append(f"{status} at {path}, {time.time() - began:.1f} s")
            if who and location.startswith("/sign-in"):
                self.seen.wrong.append(f"{path} asks somebody who is signed in to sign in")
            if step and status == 302 and not location.startswith("/sign-in"):
                self.seen.taken.add(Taken(step[1], step[2].replace("-", "_"), int(data["version"])))


def trouble(place: Place, seen: Seen, ends: float) -> list[str]:
    """Kill workers and restart the database while the crowd works; what went wrong with the backup."""
    dice, wrong, began = random.Random("trouble"), [], time.time()
    restarts, backup_at, kill_at = [SECONDS * 0.25, SECONDS * 0.8], SECONDS * 0.4, KILL_EVERY
    backup: list[threading.Thread] = []

    def take_backup() -> None:
        with seen.lock:
            seen.before_backup = set(seen.taken)
        code, said = fundflow("backup", str(place.folder / "backup.tar"))
        if code:
            wrong.append(f"backup: {said}")

    while time.time() < ends:
        gone = time.time() - began
        if gone > kill_at:
            place.kill_one(dice)
            kill_at += KILL_EVERY
        if not backup and gone > backup_at:
            backup.append(threading.Thread(target=take_backup))
            backup[0].start()
        if restarts and gone > restarts[0] and not (backup and backup[0].is_alive()):
            restarts.pop(0)
            place.restart_database()
        time.sleep(0.5)
    for thread in backup:
        thread.join()
    return wrong


def steps_in_history() -> Counter[Taken]:
    rows = db.session.execute(
        select(Bid.reference, HistoryEntry.step, HistoryEntry.form_version, func.count())
        .join(Bid, Bid.id == HistoryEntry.bid_id)
        .where(HistoryEntry.process == "application", HistoryEntry.form_version.is_not(None))
        .group_by(Bid.reference, HistoryEntry.step, HistoryEntry.form_version)
    )
    return Counter({Taken(reference, step, version): count for reference, step, version, count in rows})


def wrong_steps(acknowledged: set[Taken], where: str) -> list[str]:
    found = steps_in_history()
    lost = [f"{where}: {one} was acknowledged and is missing" for one in acknowledged if not found[one]]
    return lost + [f"{where}: {one} is there {count} times" for one, count in found.items() if count > 1]


def wrong_letters(place: Place) -> list[str]:
    """Letters that were lost, or never went; one whose worker was killed while it went may go twice."""
    wrong = []
    for _ in range(120):
        waiting = db.session.scalar(
            select(func.count()).where(Letter.status == LetterStatus.QUEUED, Letter.due <= datetime.now(UTC))
        )
        db.session.rollback()
        if not waiting:
            break
        time.sleep(1)
    else:
        wrong.append(f"{waiting} letters still wait")
    sent = db.session.execute(
        select(Letter.key, Letter.resends).where(Letter.status == LetterStatus.SENT)
    ).all()
    came = Counter(place.mailbox.ids)
    wrong += [f"the letter {key} was lost" for key, resends in sent if not came[message_id(key, resends)]]
    twice = sum(count - 1 for count in came.values())
    print(f"{len(sent)} letters sent; {twice} came twice, of {place.killed['worker']} killed workers")  # noqa: T201
    return wrong + ([f"{twice} letters came twice"] if twice > place.killed["worker"] else [])


def prepare(app: Flask) -> Town:
    code, said = fundflow("db", "upgrade")
    assert code == 0, said
    town = Hall(app).set_up(Town)
    with app.app_context():
        begin_and_seal(datetime.now(UTC))
    return town


def main() -> int:
    place, seen, wrong = Place(), Seen(), ["it did not end"]
    at_the_moment()
    try:
        app = build(settings())
        town = prepare(app)
        known = sentences(fundflow("check", "--chain")[1])  # of what the tests’ factories leave out
        place.start()
        crowd = Crowd(app, place, town, seen)
        with app.app_context():
            crowd.town_references = tuple(db.session.scalars(select(Bid.reference)))
            db.session.remove()
        crowd.ends = time.time() + SECONDS
        threads = [threading.Thread(target=crowd.work, args=(number,)) for number in range(CROWD)]
        for thread in threads:
            thread.start()
        wrong = trouble(place, seen, crowd.ends)
        for thread in threads:
            thread.join()
        print(dict(seen.statuses), f"{len(seen.taken)} steps", place.killed, f"{len(place.down)} restarts")  # noqa: T201
        with app.app_context():
            wrong += seen.wrong + wrong_letters(place)
            wrong += [] if seen.taken else ["nobody took a step"]
            place.stop()
            wrong += wrong_steps(seen.taken, "the council")
            db.session.remove()
            db.engine.dispose()
        wrong += sorted(sentences(fundflow("check", "--chain")[1]) - known)
        wrong += put_back(place, seen, known)
        for line in wrong[:50]:
            print(line)  # noqa: T201
        return 1 if wrong else 0
    finally:
        place.stop()
        place.end(keep_logs=bool(wrong))


def sentences(said: str) -> set[str]:
    """What `fundflow check` found wrong, of all that a command said."""
    lines = {line for line in said.splitlines() if re.match(r"\w+: ", line)}
    return {line for line in lines if not line.startswith("Error: ")}


def put_back(place: Place, seen: Seen, known: set[str]) -> list[str]:
    """The backup elsewhere: no step is missing that was acknowledged before it began."""
    place.use("elsewhere")
    _, said = fundflow("restore", str(place.folder / "backup.tar"))
    wrong = [f"the backup: {sentence}" for sentence in sorted(sentences(said) - known)]
    app = build(settings())
    with app.app_context():
        wrong += wrong_steps(seen.before_backup or set(), "the backup")
        assert db.session.scalar(text("SELECT count(*) FROM bid")), said
        db.session.remove()
        db.engine.dispose()
    return wrong


if __name__ == "__main__":
    assert Path.cwd() == Path(__file__).parents[2], "run it from the top of the source"
    sys.exit(main())
