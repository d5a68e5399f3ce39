"""PDFs: the same HTML, tagged, and nothing fetched from outside."""

import builtins
import io
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask

from fundflow.pdfs import LACKING, press
from fundflow.pdfs.lost_letters import in_words
from tests.pdf import (
    bookmarks_of,
    foreign_things,
    is_tagged,
    language_of,
    needs_pango,
    pages_of,
    text_of,
    title_of,
)

HOME = "http://fund.example"


@pytest.fixture
def made(app: Flask, tmp_path: Path) -> Callable[..., bytes]:
    needs_pango()

    def make(body: str, head: str = "") -> bytes:
        page = f'<!DOCTYPE html><html lang="en-GB"><title>A page</title>{head}<body><main>{body}</main>'
        job = {"page": page, "home": HOME, "static": app.static_folder, "parts": []}
        answer = press._answer(job | {"into": str(tmp_path / "made.pdf")})
        assert answer["pages"] >= 1, answer
        return (tmp_path / "made.pdf").read_bytes()

    return make


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and who came."""
    came: list[str] = []

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            came.append(self.request.recv(1000).decode(errors="replace"))

    server = socketserver.TCPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", came
    server.shutdown()
    server.server_close()


def test_a_pdf_is_tagged_titled_and_says_its_language(made: Callable[..., bytes]) -> None:
    data = made("<h1>Papers</h1><p>Words</p>")
    assert is_tagged(data)
    assert language_of(data) == "en-GB"
    assert title_of(data) == "A page"
    (page,) = pages_of(data)
    assert "Papers" in page


def test_lost_letters_are_said_by_script() -> None:
    assert in_words("王ਗੁক\ue000") == [
        "Bengali: letter ka",
        "Gurmukhi: letter ga, vowel sign u",
        "Chinese, Japanese or Korean: U+738B",
        "Others: U+E000",
    ]
    assert in_words(map(chr, range(0x14400, 0x14500)))[-1] == "and 196 more"


def test_nothing_is_fetched_from_the_network(
    made: Callable[..., bytes], visits: tuple[str, list[str]]
) -> None:
    url, came = visits
    made(
        f'<img src="{url}/image.png"><object data="{url}/object.svg"></object>'
        f'<a rel="attachment" href="{url}/attached">x</a><p style="background: url({url}/background)">x</p>',
        f'<link rel="stylesheet" href="{url}/style.css"><style>@import url("{url}/imported.css");</style>'
        f'<link rel="attachment" href="{url}/attached"><base href="{url}/">',
    )
    assert came == []


def test_no_file_of_the_server_gets_into_a_pdf(made: Callable[..., bytes], tmp_path: Any) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">TOPSECRET</text></svg>')
    plain = tmp_path / "secret.css"
    plain.write_text('p::after { content: "TOPSECRET" }')
    data = made(
        f'<p>x</p><img src="file://{secret}"><object data="file://{secret}"></object><img src="{secret}">'
        f'<a rel="attachment" href="file://{secret}">x</a>'
        '<img src="/static/0f/../../../../../etc/passwd"><img src="/static/0f/%2e%2e/secret.svg">',
        f'<link rel="stylesheet" href="file://{plain}"><link rel="attachment" href="file://{secret}">'
        f'<style>@import url("file://{plain}");</style>',
    )
    assert "TOPSECRET" not in text_of(data)
    assert foreign_things(data) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://fund.example/static/0f/../config.py",
        "http://fund.example/static/0f/%2e%2e/%2e%2e/config.css",
        "http://fund.example/static/0f//etc/passwd.css",
        "http://fund.example/work",
        "https://fund.example/static/0f/print.css",
        "http://fund.example@evil.example/static/0f/print.css",
        "http://evil.example/static/0f/print.css",
        "file:///static/0f/print.css",
        "data:text/css,p{}",
        "http://fund.example/static/0f/print.py",
    ],
)
def test_only_style_sheets_and_drawings_of_our_own_are_served(app: Flask, url: str) -> None:
    found = press.own_file(url, HOME, str(app.static_folder))
    assert found is None or found.startswith(str(app.static_folder))
    if "/static/0f//" not in url:
        assert found is None


def test_our_own_style_sheet_is_served_from_the_disk(app: Flask) -> None:
    found = press.own_file(f"{HOME}/static/0f/print.css", HOME, str(app.static_folder))
    assert found is not None
    assert found.endswith("/static/print.css")


def test_without_pango_the_press_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert press._answer({}) == {"error": LACKING}


# -- parts that are joined ----------------------------------------------------------------------


def joined(app: Flask, folder: Path) -> bytes:
    """First pages, and two parts of a page and of two."""
    needs_pango()

    def make(name: str, body: str, parts: list[Any], kind: str = "part") -> list[Any]:
        head = '<html lang="en-GB"><title>Papers</title><link rel="stylesheet" href="/static/0f/print.css">'
        page = f'{head}<body class="{kind}" data-running="A meeting"><main>{body}'
        into = folder / f"{name}.pdf"
        job = {"page": page, "home": HOME, "static": app.static_folder, "parts": parts, "into": str(into)}
        return [name, str(into), press._answer(job)["pages"]]

    table = '<table><tr><th scope="col">Sum</th></tr><tr><td>£5</td></tr></table>'
    one = make("one", f"<h2>First item</h2><h3>Figures</h3>{table}", [])
    two = make("two", '<h2>Second item</h2><p>a</p><p class="new-page"><a href="/x">b</a></p>', [])
    contents = '<a href="part:one">First</a><br><a href="part:two">Second</a>'
    front = f'<h1>Papers</h1><p class="contents">{contents}</p><p class="new-page">more</p>'
    assert make("whole", front, [one, two], "front")[2] == 5
    return (folder / "whole.pdf").read_bytes()


def test_pages_of_parts_are_numbered_together_and_the_contents_say_where_each_begins(
    app: Flask, tmp_path: Path
) -> None:
    pages = pages_of(joined(app, tmp_path))
    assert len(pages) == 5
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of 5" in page
    assert re.search(r"First[ .]+3\s+Second[ .]+4", pages[0])
    assert all("A meeting" in page for page in pages[1:])
    assert [("First item" in page, "Second item" in page) for page in pages[2:4]] == [
        (True, False),
        (False, True),
    ]


def test_what_is_joined_has_the_bookmarks_links_and_structure_of_all(app: Flask, tmp_path: Path) -> None:
    data = joined(app, tmp_path)
    assert is_tagged(data)
    assert language_of(data) == "en-GB"
    assert title_of(data) == "Papers"
    assert bookmarks_of(data) == ["Papers", "First item", "Figures", "Second item"]
    with pikepdf.open(io.BytesIO(data)) as whole:
        pages = {page.obj.objgen: number for number, page in enumerate(whole.pages, 1)}
        links = [link for page in whole.pages for link in page.obj.get("/Annots", [])]
        assert [pages[link.Dest[0].objgen] for link in links if "/Dest" in link][-1] == 4
        assert [str(link.A.URI) for link in links if "/A" in link] == [f"{HOME}/x"]
        nums = whole.Root.StructTreeRoot.ParentTree.Nums
        found = {int(nums[n]): nums[n + 1] for n in range(0, len(nums), 2)}
        assert len(found) == len(nums) // 2  # no number twice
        for page in whole.pages:
            for element in found[int(page.obj.StructParents)]:
                assert element.Pg.objgen == page.obj.objgen
        for link in links:
            assert found[int(link.StructParent)].S == "/Link"
        kinds = said_in(whole.Root.StructTreeRoot.K[0])
    assert kinds.count("/H2") == 2
    assert "/TH" in kinds


def said_in(element: Any) -> list[str]:
    """The kinds of an element and all below it, each of which knows its parent."""
    found = [str(element.S)]
    for kid in element.K:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            assert kid.P.objgen == element.objgen
            found += said_in(kid)
    return found
