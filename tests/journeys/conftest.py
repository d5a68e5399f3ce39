"""A whole council in one process: the web server in a thread, a real SMTP server, real Chromium.

`world.at(…)` sets the clock the pages and the worker read; nothing waits for real days to pass.
`world.trouble` collects what no page should do: an answer of 400 or more, an error in the console.
"""

import email
import email.policy
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright
from sqlalchemy import select, update
from werkzeug.serving import WSGIRequestHandler, make_server

from fundflow import clock, create_app
from fundflow.demo.load import load
from fundflow.extensions import db
from fundflow.letters.delivery import deliver
from fundflow.letters.digest import write_digests
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.payee import Payee
from fundflow.rules.decisions import why_decision_questioned
from fundflow.web import access
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.payee import PayeeState
from tests.conftest import settings_for
from tests.journeys.audit import violations
from tests.journeys.hands import Hand, Keyboard, Mouse, go_by

DEMONSTRATED_AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE: Any = {"width": 360, "height": 740}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first without windows: faster


def chromium() -> str | None:
    """The system's Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "Chromium" in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"*** {len(skipped)} BROWSER TESTS WERE SKIPPED: no Chromium on this machine ***", red=True
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"No Chromium here: {error}")
        yield found
        found.close()


class Quiet(WSGIRequestHandler):
    """Serves without a line of log a request: a failure is read from the page."""

    def log_request(self, *_args: Any) -> None:
        pass


LINK = re.compile(r"https?://\S+/(?:sign-in/link|approve|confirm)/\S+")


class PostOffice:
    """Receives what the worker hands to SMTP."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(parsed)  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [m for m in self.messages if address in str(m["To"])]

    def subjects(self, address: str) -> list[str]:
        return [str(m["Subject"]) for m in self.to(address)]

    def newest_link(self, address: str) -> str:
        texts = [message.get_content() for message in self.to(address)]
        found = [link for text in texts for link in LINK.findall(text)]
        assert found, texts
        return str(found[-1])

    def close(self) -> None:
        self.controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class StoppedClock:
    """Stands in for `datetime` where the pages ask for the time."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def now(self, _zone: Any = None) -> datetime:
        return self.world.moment


class World:
    """The council under test: `app`, its clock, its post and its visitors."""

    def __init__(self, app: Flask, url: str, browser: Browser, moment: datetime, post: PostOffice) -> None:
        self.app, self.url, self.browser, self.moment, self.post = app, url, browser, moment, post
        self.javascript, self.keyboard_only = True, False
        self.trouble: list[str] = []

    def hand(self, page: Page) -> Hand:
        """What people work a page with: where no script runs, and in tests marked `by_keyboard`, the keyboard
        alone."""
        return Keyboard(page) if self.keyboard_only or not self.javascript else Mouse(page)

    def at(self, moment: datetime) -> None:
        """Set the clock, and do what the worker does at that time."""
        self.moment = moment
        self.work()

    def ask_no_interim_reports(self) -> None:
        """Of any fund: a journey of its own walks them."""
        with self.app.app_context():
            db.session.execute(update(Fund).values(asks_interim=False))
            db.session.commit()
            db.session.remove()

    def work(self) -> None:
        """Deliver what is due, take the clock's steps, write digests: one turn of the worker."""
        with self.app.app_context():
            clock.tick(self.moment)
            write_digests(self.moment)
            while deliver(self.moment, 100):
                pass
            db.session.remove()

    @contextmanager
    def visitor(self, address: str = "", *, phone: bool = False) -> Iterator[Page]:
        """A browser of one's own; signed in through the emailed link where an address is given."""
        size = PHONE if phone else {"width": 1200, "height": 900}
        context = self.browser.new_context(
            base_url=self.url,
            java_script_enabled=self.javascript,
            viewport=size,
        )
        context.set_default_timeout(30_000)  # a busy machine is no failure
        page = self.watched(context.new_page())
        try:
            if address:
                self.sign_in(page, address)
            yield page
        finally:
            context.close()

    def watched(self, page: Page) -> Page:
        """A page whose trouble is noted."""
        page.on("response", self._note_answer)
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        page.on("console", self._note_console)
        return page

    def sign_in(self, page: Page, address: str) -> None:
        page.goto("/sign-in")
        hand = self.hand(page)
        hand.fill(page.get_by_label("Email address"), address)
        go_by(hand, page.get_by_role("button", name="Email me a link"))
        self.work()
        page.goto(self.post.newest_link(address))
        go_by(hand, page.get_by_role("button", name="Sign in"))

    def _note_answer(self, answer: Response) -> None:
        if answer.status >= 400:
            self.trouble.append(f"{answer.request.method} {answer.url}: {answer.status}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.trouble.append(f"{message.text} ({message.location.get('url')})")

    def forgive(self, method: str, status: int, path: str = "") -> None:
        """A refusal that the story provoked, once, is no trouble."""
        start, end = f"{method} ", f": {status}"
        found = [t for t in self.trouble if t.startswith(start) and t.endswith(end) and path in t]
        assert found, f"Nothing answered {method} {path} with {status}: {self.trouble}"
        self.trouble.remove(found[0])

    def audit(self, page: Page, how: str = "") -> None:
        """axe-core finds nothing on this page, if it is the first of its kind."""
        if self.javascript:
            found = violations(page, how)
            assert not found, f"{page.url}: {found}"


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    """The application behind a real web server, in a thread."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def opened(browser: Browser, database: str, moment: datetime, data: Path, **changes: Any) -> Iterator[World]:
    """A council on this database, with its web server and its post office."""
    with ExitStack() as closing:
        post, port = PostOffice(), free_port()
        closing.callback(post.close)
        url = f"http://127.0.0.1:{port}"
        app = create_app(
            settings_for(
                database,
                DATA=data,
                BASE_URL=url,
                MAIL_SERVER="127.0.0.1",
                MAIL_PORT=post.controller.port,
                WTF_CSRF_ENABLED=True,
                TESTING=False,
                SESSION_IDLE_MINUTES=60 * 24 * 3650,  # the clock of a journey leaps
                SESSION_HOURS=24 * 3650,
                SIGN_IN_PER_ADDRESS=1000,
                SIGN_IN_PER_NETWORK=1000,
                SEND_FILE_MAX_AGE_DEFAULT=3600,
                **changes,
            )
        )
        closing.enter_context(serving(app, port))
        yield World(app, url, browser, moment, post)


@pytest.fixture
def new_world(
    new_database: Callable[[str | None], str],
    template_url: str,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., World]]:
    """Open a council at a moment, with changed settings: `world = new_world(datetime(…))`."""
    with ExitStack() as closing:

        def open_at(moment: datetime, **settings: Any) -> World:
            world = closing.enter_context(
                opened(browser, new_database(template_url), moment, tmp_path, **settings)
            )
            monkeypatch.setattr(access, "datetime", StoppedClock(world))
            world.keyboard_only = request.node.get_closest_marker("by_keyboard") is not None
            return world

        yield open_at


def panel_parts(bids: list[Bid]) -> dict[str, object]:
    """Of the panel: a letter to read over, conditions, the meeting held last, a bid members score."""
    scored = next(
        b.items[-1] for b in bids if b.items and b.items[-1].sheets and b.state is BidState.AT_PANEL
    )
    return {
        "held": next(b.reference for b in bids if b.decision_held_until),
        "bound": next(b.reference for b in bids if b.award_conditions),
        "change": db.session.scalars(
            select(ChangeRequest).where(ChangeRequest.state == ChangeState.WITH_OFFICER)
        )
        .one()
        .path,
        "logged": db.session.scalars(select(WorkedDay).where(WorkedDay.is_unsettled)).all()[0].bid.reference,
        "corrected": next(b.reference for b in bids if any(o.ended_how == "corrected" for o in b.offers)),
        "questioned": next(b.reference for b in bids if why_decision_questioned(b)),
        "last_meeting": max(b.items[-1].meeting_id for b in bids if b.state is BidState.OFFERED),
        "scored": scored.id,
    }


@pytest.fixture(scope="session")
def demonstration(
    new_database: Callable[[str | None], str], template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, object]]:
    """The demonstration's database, loaded once, and the addresses of its parts; `data` is the folder
    its files lie in."""
    url, data = new_database(template_url), tmp_path_factory.mktemp("demo")
    app = create_app(settings_for(url, DEMO=True, DATA=data))
    with app.app_context():
        load(DEMONSTRATED_AT)
        bids = db.session.query(Bid).order_by(Bid.id).all()
        parts: dict[str, object] = {"data": data}
        for bid in bids:
            parts.setdefault(bid.state.value, bid.reference)
        parts["in_monitoring_due"] = [b.reference for b in bids if b.state is BidState.IN_MONITORING][-1]
        parts["draft"] = [b.reference for b in bids if b.state is BidState.DRAFT][-1]
        item = next(b for b in reversed(bids) if b.state is BidState.AT_PANEL).items[-1]
        proposed = db.session.scalars(select(Payee.id).where(Payee.state == PayeeState.PROPOSED)).one()
        parts |= {"item": item.id, "meeting": item.meeting_id, "proposed_payee": proposed}
        parts |= panel_parts(bids)
        db.session.remove()
        db.engine.dispose()
    return url, parts
