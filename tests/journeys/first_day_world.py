"""A council that begins with nothing: production's settings, an empty database, no demonstration.

Every page somebody opens is counted, and what it promises of letters is compared with the outbox.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from playwright.sync_api import Browser, Response
from sqlalchemy import ColumnElement, and_, func, or_, select

from fundflow import build, config
from fundflow.extensions import db
from fundflow.letters.troubles import beat
from fundflow.models.letter import Letter, LetterStatus
from fundflow.web.delays import DELAYED, promises
from tests.journeys.conftest import PostOffice, World, free_port, serving
from tests.journeys.council import Council, address
from tests.journeys.visitor import Visitor

IDLE = timedelta(minutes=config.settings({"FUNDFLOW_DEMO": "1"})["SESSION_IDLE_MINUTES"])
BANNER = ".govuk-notification-banner"
INVITATION = re.compile(r"^Your account with the ")


class FirstDayWorld(World):
    pages = 0

    def work(self) -> None:
        with self.app.app_context():
            beat(self.moment)
            db.session.remove()
        super().work()

    def command(self, *arguments: str) -> str:
        """What `fundflow …` prints."""
        with time_machine.travel(self.moment, tick=False):
            result = self.app.test_cli_runner().invoke(args=list(arguments))
        assert result.exit_code == 0, result.output
        return result.output

    def letters(self, *conditions: ColumnElement[bool]) -> int:
        """How many letters are so."""
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(Letter).where(*conditions))
            db.session.remove()
        return found or 0

    def letter_waits(self) -> bool:
        """Whether a letter goes as soon as the worker looks, or with a digest since this moment."""
        digested = and_(Letter.status == LetterStatus.IN_DIGEST, Letter.written_at >= self.moment)
        return bool(self.letters(or_(Letter.status == LetterStatus.QUEUED, digested)))

    def _note_answer(self, answer: Response) -> None:
        self.pages += answer.request.resource_type == "document" and answer.status < 300
        super()._note_answer(answer)


class Walker(Visitor):
    """Believes what a page says of letters, and looks whether it is so."""

    def _arrived(self) -> None:
        super()._arrived()
        assert DELAYED not in self.page.content()
        for said in self.page.locator(BANNER).all_inner_texts():
            if promises(said):
                assert isinstance(self.world, FirstDayWorld)
                assert self.world.letter_waits(), f"No letter goes: {said}"


class FirstDay(Council):
    """Somebody whose session has ended meanwhile signs in by another link, as production asks."""

    world: FirstDayWorld

    def __init__(self, world: FirstDayWorld, closing: ExitStack) -> None:
        super().__init__(world, closing)
        self.seen: dict[str, datetime] = {}

    def __getitem__(self, name: str) -> Visitor:
        before, self.seen[name] = self.seen.get(name), self.world.moment
        if before and self.world.moment - before >= IDLE:
            self.world.sign_in(self.visitors[name].page, address(name))
        return super().__getitem__(name)

    def visitor(self, name: str, email: str = "", *, phone: bool = False) -> Visitor:
        page = self.closing.enter_context(self.world.visitor(email, phone=phone))
        return Walker(self.world, page, name)

    def invited(self, name: str) -> Visitor:
        """Somebody who signs in with the link of their invitation, for the first time."""
        assert any(map(INVITATION.match, self.world.post.subjects(address(name))))
        self.visitors[name] = self.visitor(name)
        self.seen[name] = self.world.moment
        self.visitors[name].open(self.world.post.newest_link(address(name)))
        self.visitors[name].press("Sign in")
        return self.visitors[name]


@contextmanager
def empty_council(browser: Browser, moment: datetime, data: Path) -> Iterator[FirstDayWorld]:
    """The web server and the post office of a council that has set its environment, and nothing else."""
    with ExitStack() as closing:
        post, port = PostOffice(), free_port()
        closing.callback(post.close)
        app = build(config.settings(_environment(post, port, data)))
        world = FirstDayWorld(app, f"http://127.0.0.1:{port}", browser, moment, post)
        world.command("db", "upgrade")
        closing.enter_context(serving(app, port))
        yield world


def _environment(post: PostOffice, port: int, data: Path) -> dict[str, str]:
    found: dict[str, Any] = {
        "SECRET_KEY": "0f9d2c7b5e8a41639d7c2b5f8e1a4063",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "TLS": "0",  # nothing ends TLS in front of this server
        "DATA": data,
        "COUNCIL": "Slough Borough Council",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": post.controller.port,
        "MAIL_SENDER": "school-fund@slough.example",
        "CONTACT_EMAIL": "school-improvement@slough.example",
    }
    return {f"FUNDFLOW_{name}": str(value) for name, value in found.items()}
