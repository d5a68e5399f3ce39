"""Every link of the demonstration, followed as each kind of person: none leads to a closed door."""

import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fundflow import create_app
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.pdfs.drawing import draw
from fundflow.web import access
from tests.conftest import settings_for
from tests.journeys.conftest import DEMONSTRATED_AT
from tests.security.looking import press_once

pytestmark = [pytest.mark.slow, pytest.mark.one_database]

PEOPLE = ("Grace Lin",)
OTHERS = (
    "Priya Raman",
    "Amara Nwosu",
    "Helen Abbott",
    "Marcus Webb",
    "Owen Clarke",
    "Sam Okafor",
    "Daniel Price",
    "Clare Donnelly",
    "David Mensah",
    "Ruth Ellery",
    "Joan Baker",
    "Ian Potts",
    "Sue Tan",
)
PAGES_EACH = 150
REFERENCE, NUMBER = re.compile(r"LSIF-\d+"), re.compile(r"\d+")


class Seen(HTMLParser):
    """What a page holds: its links, its title, how many headings of the first rank."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.title, self.in_title, self.headings = "", False, 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.in_title = tag == "title"
        self.headings += tag == "h1"
        link = dict(attributes).get("href")
        if tag == "a" and link:
            self.links.append(link)

    def handle_data(self, data: str) -> None:
        self.title += data if self.in_title else ""

    def handle_endtag(self, tag: str) -> None:
        self.in_title = False


@pytest.fixture(scope="module")
def demo(demonstration: tuple[str, dict[str, object]]) -> Iterator[Flask]:
    """An application with the demonstration, on the day it was loaded for."""
    app = create_app(settings_for(demonstration[0], DEMO=True, DATA=demonstration[1]["data"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "datetime", NoonOfTheDemonstration)
        with app.app_context():  # whose pack holds what: tests/panel/test_pack.py
            kept = files()
            press_once(patch, lambda page: Seen(page).title)
            patch.setitem(app.extensions, "fundflow_files", kept)  # with the demonstration's attachments
        yield app
    with app.app_context():
        db.engine.dispose()


class NoonOfTheDemonstration:
    """Stands in for `datetime` where the pages ask for the time."""

    @staticmethod
    def now(_zone: object = None) -> datetime:
        return DEMONSTRATED_AT


@pytest.mark.parametrize(
    "name", [*PEOPLE, *(pytest.param(other, marks=pytest.mark.thorough) for other in OTHERS)]
)
def test_every_link_leads_to_a_whole_page(demo: Flask, name: str) -> None:
    with demo.app_context():
        states = {bid.reference: bid.state.value for bid in db.session.query(Bid)}
        db.session.remove()
    found, visited = crawl(signed_in(demo, name), states)
    assert visited > 10
    assert not found, "\n".join(found)


@pytest.mark.thorough
@pytest.mark.parametrize("role", [RoleName.ADMINISTRATOR, RoleName.AUDITOR])
def test_every_link_is_open_to_those_who_hold_a_role_for_one_fund(demo: Flask, role: RoleName) -> None:
    with demo.app_context():
        grant = db.session.query(RoleGrant).filter_by(role=role).order_by(RoleGrant.id).first()
        states = {bid.reference: bid.state.value for bid in db.session.query(Bid)}
        assert grant is not None
        assert grant.fund_id is None
        grant.fund_id = db.session.query(Fund.id).order_by(Fund.id).limit(1).scalar()
        name, number = grant.user.name, grant.id
        db.session.commit()
    try:
        found, visited = crawl(signed_in(demo, name), states)
    finally:
        with demo.app_context():
            db.session.get_one(RoleGrant, number).fund_id = None
            db.session.commit()
    assert visited > 30
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "path",
    [
        "/bids.csv",
        "/bids.xlsx",
        "/money/ledger.csv",
        "/brokering/contacts.csv",
        "/panel/register.csv",
        "/register.csv",
        "/transparency.csv",
    ],
)
def test_every_list_can_be_taken_away(demo: Flask, path: str) -> None:
    """Files are sent while they are read, when the reader’s own records are out of reach."""
    answer = signed_in(demo, "Priya Raman").get(path, buffered=True)
    assert answer.status_code == 200
    assert len(answer.data) > 100


def signed_in(demo: Flask, name: str) -> FlaskClient:
    with demo.app_context():
        number = db.session.query(User.id).filter_by(name=name).scalar()
        db.session.remove()
    client = demo.test_client()
    client.post("/demo/sign-in", data={"user": number})
    return client


def crawl(client: FlaskClient, states: dict[str, str]) -> tuple[list[str], int]:
    """What is wrong behind the links from My work on, and how many pages were looked at.

    Of pages that differ only in the bid's number, one for each state of the bid is opened.
    """
    waiting, kinds = deque([("/work", "the start")]), {"/work"}
    found, visited = [], 0
    while waiting and visited < PAGES_EACH:
        path, whence = waiting.popleft()
        visited += 1
        answer = client.get(path, buffered=True)
        if answer.status_code in (301, 302, 303):
            answer = client.get(answer.headers["Location"], buffered=True)
        if answer.status_code == 202:  # a PDF that the worker is still to make
            with client.application.app_context():
                draw(access.now())
            answer = client.get(path, buffered=True)
        page = Seen(answer.text) if answer.mimetype == "text/html" else None
        found += [f"{path} (from {whence}): {what}" for what in _wrong(answer, page)]
        for link in page.links if page else ():
            target = urldefrag(urljoin(path, link)).url
            kind = _kind(target, states)
            if not urlsplit(target).netloc and target.startswith("/") and kind not in kinds:
                kinds.add(kind)
                waiting.append((target, path))
    return found, visited


def _kind(path: str, states: dict[str, str]) -> str:
    """The path with the bid's state for its reference, and without other numbers."""
    plain = REFERENCE.sub(lambda found: states.get(found.group(), "?"), path.partition("?")[0])
    return NUMBER.sub("n", plain)


def _wrong(answer: TestResponse, page: Seen | None) -> list[str]:
    if answer.status_code != 200:
        return [f"{answer.status_code}"]
    if page is None:
        return []
    wrong = [] if page.headings == 1 else [f"{page.headings} headings of the first rank"]
    to_print = "print.css" in answer.text
    return wrong if to_print or "School improvement fund" in page.title else [*wrong, f"title {page.title!r}"]
