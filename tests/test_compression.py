"""Which answers are compressed, over all pages: never one whose length could give a secret away."""

import gzip
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from fundflow.config import ROOT
from fundflow.models.person import RoleName, User
from fundflow.web.compression import KEYS
from fundflow.workflow.application import BidState
from tests.access_table import ROLES
from tests.factories import NOW, Make
from tests.test_access import council, rows

SignIn = Callable[[User | None], FlaskClient]
GZIP = {"Accept-Encoding": "gzip"}
SHORTEST = 500  # bytes of an answer that is worth it

pytestmark = pytest.mark.one_database


@pytest.fixture
def found(make: Make, app: Flask, time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)  # as in production, forms have tokens
    time_machine.move_to(NOW, tick=False)
    return council(make)


def pages() -> Iterator[tuple[str, str]]:
    """Each page with the first role that sees it: nobody, where nobody may. PDFs take long to draw."""
    for method, path, answers in rows():
        if method == "GET" and "." in answers and not path.endswith(".pdf"):
            yield path, ROLES[answers.index(".")]


def whole(answer: Any) -> bytes:
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.data) if packed else answer.data


def test_no_page_is_compressed_that_has_a_form_or_a_key_and_every_other_is(
    app: Flask, found: SimpleNamespace, sign_in: SignIn
) -> None:
    compressed, left, adapter = set(), set(), app.url_map.bind("localhost")
    for path, role in pages():
        address = path.format(**found.values)
        _, arguments = adapter.match(address)
        with sign_in(found.people[role]).get(address, headers=GZIP) as answer:
            page = whole(answer)
            secret = b"csrf_token" in page or bool(KEYS & arguments.keys())
            worth = answer.mimetype in ("text/html", "text/csv") and (
                len(page) >= SHORTEST or "Content-Length" not in answer.headers
            )
            assert ("Content-Encoding" in answer.headers) == (worth and not secret), path
            assert answer.status_code == 200, path
            (compressed if "Content-Encoding" in answer.headers else left).add(path)
    assert {"/privacy", "/accessibility", "/register", "/bids.csv"} <= compressed
    assert {"/sign-in", "/work", "/bids", "/me", "/schools"} <= left


def test_no_answer_is_compressed_whose_address_asks_for_something(
    found: SimpleNamespace, sign_in: SignIn
) -> None:
    for path, role in pages():
        address = path.format(**found.values)
        with sign_in(found.people[role]).get(f"{address}?q=reading", headers=GZIP) as answer:
            assert "Content-Encoding" not in answer.headers, path


def test_no_refusal_is_compressed(client: FlaskClient) -> None:
    for path in ("/no-such-page", "/approve/unknown", "/sign-in/link/unknown", "/work"):
        assert "Content-Encoding" not in client.get(path, headers=GZIP).headers, path


def test_who_is_signed_in_gets_the_same_public_page_as_it_is(make: Make, sign_in: SignIn) -> None:
    """Its header holds their name and the form to sign out."""
    user = make.user()
    make.session.commit()
    assert "Content-Encoding" in sign_in(None).get("/privacy", headers=GZIP).headers
    assert "Content-Encoding" not in sign_in(user).get("/privacy", headers=GZIP).headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", None), ("zstd", None)],
)
def test_a_page_is_compressed_as_the_browser_takes_it(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    with client.get("/privacy", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        page = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)(answer.data)
    assert re.search(rb"<h1[^>]*>\s*Privacy", page)


def test_a_long_list_is_compressed_while_it_is_written(make: Make, sign_in: SignIn) -> None:
    user = make.staff(RoleName.AUDITOR)
    for number in range(5):
        make.bid(state=BidState.SUBMITTED, title=f"Reading {number}")
    make.session.commit()
    client = sign_in(user)
    plain = client.get("/bids.csv").data
    with client.get("/bids.csv", headers={"Accept-Encoding": "br"}) as answer:
        assert "Content-Length" not in answer.headers
        assert len(answer.data) < len(plain)
        assert brotli.decompress(answer.data) == plain
    assert plain.count(b"Reading") == 5


def test_the_proxy_in_front_leaves_pages_as_they_are() -> None:
    assert "gzip off;" in (ROOT / "deploy/nginx.conf").read_text()
