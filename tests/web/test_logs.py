"""What the logs say of a request: never an address, which may be a one-time link's."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fundflow import gunicorn_conf
from fundflow.config import ROOT
from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.web import logs
from tests.factories import Make

TOKEN = "a-token-as-good-as-its-holder"
LINE = re.compile(
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 (?P<level>[A-Z]+) (?P<logger>[\w.]+) "
    r"\[(?P<id>[0-9a-f]{12}|-) (?P<route>\S+)\] (?P<message>.*)$"
)


@pytest.fixture
def written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to stderr in production."""
    out, handler = io.StringIO(), logs.handler()
    monkeypatch.setattr(handler, "stream", out)
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


def parsed(out: io.StringIO) -> list[dict[str, str]]:
    found = [LINE.match(line) for line in out.getvalue().splitlines()]
    return [line.groupdict() for line in found if line]


def routes_with_tokens(app: Flask) -> list[tuple[str, str, str]]:
    """(pattern, an address that holds a token, a method) of every route whose address is its reader's key."""
    return [
        (rule.rule, re.sub(r"<[^>]*>", TOKEN, rule.rule), "GET" if "GET" in (rule.methods or ()) else "POST")
        for rule in app.url_map.iter_rules()
        if {"token", "key"} & rule.arguments
    ]


def test_an_answer_names_its_route_and_never_its_address(client: FlaskClient, app: Flask) -> None:
    found = routes_with_tokens(app)
    assert {"/sign-in/link/<token>", "/approve/<token>"} <= {pattern for pattern, *_ in found}
    for pattern, path, method in found:
        answer = client.open(path, method=method)
        assert answer.headers["X-Route"] == pattern
        assert re.fullmatch("[0-9a-f]{12}", answer.headers["X-Request-Id"])
        assert TOKEN not in str(answer.headers)
    assert client.get("/nothing/like/it").headers["X-Route"] == "-"


def test_a_fault_is_logged_with_time_level_logger_route_and_the_number_its_page_shows(
    client: FlaskClient, app: Flask, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_its: object, **_options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "testing", False)
    for pattern, path, method in routes_with_tokens(app):
        monkeypatch.setitem(app.view_functions, _endpoint(app, pattern), _open(broken))
        written.seek(0)
        written.truncate()
        answer = client.open(path, method=method)
        assert answer.status_code == 500
        number = re.search(r"give this number: <strong>([0-9a-f]{12})</strong>", answer.text)
        (line,) = parsed(written)
        assert number
        assert line == {
            "level": "ERROR",
            "logger": "fundflow",
            "id": number[1],
            "route": pattern,
            "message": "Unhandled",
        }
        assert TOKEN not in written.getvalue()


def _endpoint(app: Flask, pattern: str) -> str:
    return next(rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == pattern)


def _open(view: Callable[..., Any]) -> Callable[..., Any]:
    from fundflow.web.access import ANYONE, access

    return access(ANYONE)(view)


def test_outside_requests_a_line_says_so(app: Flask, written: io.StringIO) -> None:
    logging.getLogger("fundflow.worker").error("deliver failed")
    (line,) = parsed(written)
    assert (line["logger"], line["id"], line["route"]) == ("fundflow.worker", "-", "-")


def test_as_json_a_line_is_one_object_with_the_same_parts_and_its_traceback(app: Flask) -> None:
    out, handler = io.StringIO(), logs.handler(as_json=True)
    wrong = "duplicate key\nDETAIL:  Key (email)=(ann@school.example) already exists.\nCONTEXT: “two”"
    handler.stream = out  # type: ignore[attr-defined]
    log = logging.getLogger("fundflow.worker")
    log.addHandler(handler)
    try:
        with app.test_request_context("/approve/" + TOKEN):
            try:
                raise ValueError(wrong)
            except ValueError:
                log.exception("%s failed", "deliver")
    finally:
        log.removeHandler(handler)
    (line,) = out.getvalue().splitlines()
    said = json.loads(line)
    assert said | {"time": "", "exception": "", "request": ""} == {
        "time": "",
        "level": "ERROR",
        "logger": "fundflow.worker",
        "request": "",
        "route": "/approve/<token>",
        "message": "deliver failed",
        "exception": "",
    }
    assert re.fullmatch("[0-9a-f]{12}", said["request"])
    assert said["exception"].startswith("Traceback")
    assert "CONTEXT: “two”" in said["exception"]
    assert "ann@school.example" not in line
    assert TOKEN not in line


def test_as_json_gunicorn_says_the_parts_of_a_request_without_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gunicorn.config import Config

    monkeypatch.setenv("FUNDFLOW_LOGS", "json")
    settings = Config()
    settings.set("accesslog", "-")
    logger, out = gunicorn_conf.PatternsOnly(settings), io.StringIO()
    for handler in (*logger.access_log.handlers, *logger.error_log.handlers):
        monkeypatch.setattr(handler, "stream", out)
    atoms = {
        "{x-request-id}o": "0123456789ab",
        "{x-route}o": '/a"<b>',
        "m": "GET",
        "s": "200",
        "M": 12,
        "h": "::1",
    }
    logger.access_log.info(gunicorn_conf.access_log_format, atoms | {"r": f"GET /approve/{TOKEN}", "t": ""})
    logger.exception("Error handling request %s", f"/approve/{TOKEN}")
    request, error = map(json.loads, out.getvalue().splitlines())
    assert {name: request[name] for name in logs.ACCESS} == {
        name: atoms[atom] for name, atom in logs.ACCESS.items()
    }
    assert error["message"] == "Error handling a request"
    assert TOKEN not in out.getvalue()


@pytest.mark.both_databases
def test_what_people_typed_is_not_in_the_log_of_a_statement_that_fails(app: Flask, make: Make) -> None:
    query = text("SELECT id FROM person WHERE email = :email AND nothing = 1")
    with pytest.raises(DBAPIError) as broken:
        db.session.execute(query, {"email": "secret@school.example"})
    db.session.rollback()
    assert "secret@school.example" not in str(broken.value)
    db.session.add(User(email="secret@school.example"))
    with pytest.raises(DBAPIError) as broken:
        db.session.flush()
    assert "[SQL parameters hidden" in str(broken.value)


@pytest.mark.parametrize("unsafe", ["r", "U", "q", "f"])
def test_gunicorn_s_access_log_has_the_route_and_neither_address_nor_referrer(unsafe: str) -> None:
    said = gunicorn_conf.access_log_format
    assert f"%({unsafe})s" not in said
    assert "%({x-route}o)s" in said
    assert "%({x-request-id}o)s" in said


def test_gunicorn_names_no_address_with_an_error(caplog: pytest.LogCaptureFixture) -> None:
    from gunicorn.config import Config

    logger = gunicorn_conf.PatternsOnly(Config())
    logger.error_log.addHandler(caplog.handler)
    logger.exception("Error handling request %s", f"/approve/{TOKEN}")
    assert caplog.messages == ["Error handling a request"]


def test_the_proxy_s_sample_logs_what_the_application_says_and_keeps_it_to_itself() -> None:
    sample = (ROOT / "deploy/nginx.conf").read_text()
    (log_format,) = re.findall(r"log_format fundflow ([^;]*);", sample)
    assert "$upstream_http_x_route" in log_format
    unsafe = ("$request ", "$request_uri", "$uri", "$args", "$query_string", "$http_referer", "$document_uri")
    assert not [name for name in unsafe if name in f"{log_format} "]
    for log in re.findall(r"access_log ([^;]*);", sample):
        assert log == "off" or log.endswith(" fundflow")
    assert re.search(r"error_log\s+\S+ crit;", sample)
    assert "proxy_hide_header X-Route;" in sample


def test_what_postgresql_adds_about_rows_stays_out_of_the_log(written: io.StringIO) -> None:
    rows = "DETAIL:  Key (email)=(ann@school.example) already exists.\nFailing row contains\n\n(1, Ann Lee)"
    inner = ValueError(f"duplicate key value violates unique constraint\n{rows}")
    try:
        raise RuntimeError(f"(psycopg) duplicate key\n{rows}\n[SQL: INSERT INTO person]") from inner
    except RuntimeError:
        logging.getLogger("fundflow").exception("Unhandled")
    said = written.getvalue()
    assert said.count("DETAIL: (left out)") == 2
    assert "[SQL: INSERT INTO person]" in said
    assert "The above exception was the direct cause" in said
    assert "Ann Lee" not in said
    assert "ann@" not in said
