"""PDFs: the same HTML, tagged, and nothing fetched from outside."""

import builtins
import logging
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from fundflow.web import pdf
from fundflow.web.lost_letters import in_words, noticed
from fundflow.web.static import folder_address
from tests.pdf import foreign_things, is_tagged, language_of, needs_pango, pages_of, text_of, title_of


@pytest.fixture
def made(app: Flask) -> Callable[..., bytes]:
    needs_pango()

    def make(body: str, head: str = "") -> bytes:
        head = f'<html lang="en-GB"><title>A page</title>{head}'
        page = f"<!DOCTYPE html>{head}<body><main>{body}</main></body></html>"
        with app.test_request_context():
            answer = pdf.pdf_answer(page, name="page", instead="/page")
        assert answer.mimetype == "application/pdf"
        return answer.get_data()

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


MISSING = "Some letters are missing from this PDF."
NAMES = {"Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "Bengali": "রহিমা বেগম", "Tamil": "முருகன்", "Chinese": "王小明"}


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_is_drawn_or_its_letters_are_named(
    made: Callable[..., bytes], script: str
) -> None:
    """Where there is a font for it; elsewhere the PDF says what it lacks."""
    text = text_of(made(f"<p>{NAMES[script]}</p>"))
    if MISSING not in text:
        assert drawn_letters(NAMES[script])
    else:
        assert not drawn_letters(NAMES[script])
        assert f"{script}" in text.partition(NAMES[script][:2])[0]


def test_letters_no_font_has_are_named_first_in_the_pdf(
    made: Callable[..., bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        text = text_of(made("<p>Ada \U00014400\U00014401\U00014400 Łódź</p>"))
    assert text.startswith(MISSING)
    assert "Anatolian: hieroglyph a001, hieroglyph a002 Ada" in text
    assert "notdef" not in caplog.text


def test_lost_letters_are_said_by_script() -> None:
    assert in_words("王ਗੁক\ue000") == [
        "Bengali: letter ka",
        "Gurmukhi: letter ga, vowel sign u",
        "Chinese, Japanese or Korean: U+738B",
        "Others: U+E000",
    ]
    assert in_words(map(chr, range(0x14400, 0x14500)))[-1] == "and 196 more"


def drawn_letters(text: str) -> bool:
    """Whether WeasyPrint, asked by itself, has a font for all of it."""
    import weasyprint

    with noticed() as lost:
        weasyprint.HTML(string=f"<p>{text}</p>").write_pdf()
    return not lost


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
        '<img src="/static/x/../../../../../etc/passwd"><img src="/static/x/%2e%2e/secret.svg">',
        f'<link rel="stylesheet" href="file://{plain}"><link rel="attachment" href="file://{secret}">'
        f'<style>@import url("file://{plain}");</style>',
    )
    assert "TOPSECRET" not in text_of(data)
    assert foreign_things(data) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://fund.example{folder}../config.py",
        "http://fund.example{folder}%2e%2e/%2e%2e/config.css",
        "http://fund.example{folder}/etc/passwd.css",
        "http://fund.example/work",
        "http://fund.example/static/print.css",
        "https://fund.example{folder}print.css",
        "http://fund.example@evil.example{folder}print.css",
        "http://evil.example{folder}print.css",
        "file://{folder}print.css",
        "data:text/css,p",
        "http://fund.example{folder}print.py",
    ],
)
def test_only_style_sheets_and_drawings_of_our_own_are_served(app: Flask, url: str) -> None:
    with app.app_context():
        assert pdf.own_file(url.format(folder=folder_address(app)), "http://fund.example") is None


def test_our_own_style_sheet_is_served_from_the_disk(app: Flask) -> None:
    with app.app_context():
        found = pdf.own_file(f"http://fund.example{folder_address(app)}print.css", "http://fund.example")
    assert found is not None
    assert found.endswith("/static/print.css")


def test_without_pango_the_answer_names_the_page_to_print(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with app.test_request_context():
        answer = pdf.pdf_answer("<p>x</p>", name="page", instead="/meetings/1/pack")
    assert answer.status_code == 503
    assert "not installed on this server" in answer.get_data(as_text=True)
    assert 'href="/meetings/1/pack"' in answer.get_data(as_text=True)
