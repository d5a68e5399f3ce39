"""Scripts, styles and drawings: kept by the browser for good, packed, and new with each release."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from fundflow import create_app
from fundflow.web.static import FOR_GOOD, folder_address, version_of
from tests.conftest import settings_for

pytestmark = pytest.mark.one_database


@pytest.fixture
def style(app: Flask) -> str:
    return f"{folder_address(app)}built/fundflow.css"


def test_a_page_names_every_file_at_the_address_of_its_version(client: FlaskClient, app: Flask) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/privacy").text)
    assert len(named) == 3
    for address in named:
        assert address.startswith(folder_address(app))
        with client.get(address) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_GOOD)


def test_a_script_that_another_imports_is_kept_for_good_too(client: FlaskClient, app: Flask) -> None:
    with client.get(f"{folder_address(app)}built/fundflow.js") as answer:
        imported = re.findall(r'(?:from |import\()"\./([^"]+)"', answer.text)
    assert {"govuk-frontend.min.js", "length.js", "sum.js", "picker.js", "keep.js"} <= set(imported)
    for name in imported:
        with client.get(f"{folder_address(app)}built/{name}") as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_GOOD)
            assert answer.mimetype == "text/javascript"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", None), ("zstd", None)],
)
def test_a_file_is_sent_as_the_build_packed_it_where_the_browser_takes_that(
    client: FlaskClient, app: Flask, style: str, accepted: str, encoding: str | None
) -> None:
    whole = Path(str(app.static_folder), "built/fundflow.css").read_bytes()
    with client.get(style, headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
        assert len(answer.data) == int(answer.headers["Content-Length"])
        assert encoding is None or len(answer.data) < len(whole) / 5
        if encoding != "br":
            assert (gzip.decompress(answer.data) if encoding else answer.data) == whole


def test_who_asks_again_is_told_that_nothing_has_changed(client: FlaskClient, style: str) -> None:
    for address in (style, "/static/another/built/fundflow.css"):
        with client.get(address) as first:
            mark = {"If-None-Match": first.headers["ETag"]}
        with client.get(address, headers=mark) as again:
            assert (again.status_code, again.data) == (304, b"")


def test_at_the_address_of_another_release_is_what_is_here_now_and_it_is_not_kept(
    client: FlaskClient, style: str
) -> None:
    with client.get(style) as now, client.get("/static/another/built/fundflow.css") as answer:
        assert answer.status_code == 200
        assert answer.data == now.data
        assert answer.headers["Cache-Control"] == "no-cache"
    assert client.get("/static/another/built/no.css").status_code == 404
    assert client.get("/static/built/fundflow.css").status_code == 404


def test_a_file_carries_the_headers_of_every_answer(template_url: str) -> None:
    app = create_app(settings_for(template_url, TLS=True))
    client = app.test_client()
    with (
        client.get(f"{folder_address(app)}icon.svg") as kept,
        client.get("/static/another/icon.svg") as asked,
    ):
        assert (
            re.sub(" 'nonce-[^']+'", "", asked.headers["Content-Security-Policy"])
            == (kept.headers["Content-Security-Policy"])
        )
        for name in (
            "X-Content-Type-Options",
            "Referrer-Policy",
            "Cross-Origin-Opener-Policy",
            "Permissions-Policy",
            "Strict-Transport-Security",
            "X-Route",
        ):
            assert kept.headers[name] == asked.headers[name], name
        assert "Access-Control-Allow-Origin" not in kept.headers


def test_the_version_changes_with_a_file_its_name_and_nothing_else(tmp_path: Path) -> None:
    def version(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        return version_of(str(folder))

    first = version(a="1", b="2")
    assert re.fullmatch("[0-9a-f]{12}", first)
    assert version(b="2", a="1") == first
    assert (
        len({first, version(a="1", b="3"), version(a="1", c="2"), version(a="12", b=""), version(a="1")}) == 5
    )


def test_there_is_one_way_to_name_a_file(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("static", filename="icon.svg") == f"{folder_address(app)}icon.svg"
    templates = Path(__file__).parents[2] / "templates"
    assert [path for path in templates.rglob("*.html") if '"/static' in path.read_text()] == []
