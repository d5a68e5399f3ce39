"""Sessions, forged requests, injected text."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.workflow.application import BidState as S
from tests.conftest import settings_for
from tests.factories import Make

SignIn = Callable[[User | None], FlaskClient]
SAMPLES = {"int": "1", "string": "x"}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def guarded(new_database: Any, template_url: str) -> Iterator[Flask]:
    """The application as it runs: forged requests refused, errors shown as pages, TLS, demo."""
    app = create_app(
        settings_for(new_database(template_url), WTF_CSRF_ENABLED=True, TESTING=False, TLS=True, DEMO=True)
    )
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def posts(app: Flask) -> Iterator[str]:
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or ()):
                values = {}
                for name in rule.arguments & rule._converters.keys():
                    converter = rule._converters[name]
                    kind = type(converter).__name__
                    values[name] = {"Id": 1, "Number": 1}.get(kind, "x")
                    if kind == "AnyConverter":
                        values[name] = next(iter(converter.items))
                yield url_for(rule.endpoint, **values)


def test_every_post_is_refused_without_the_token_of_its_session(guarded: Flask) -> None:
    client = guarded.test_client()
    found = list(posts(guarded))
    assert {"/sign-in", "/sign-out", "/demo/sign-in"} <= set(found)
    for path in found:
        answer = client.post(path, data={"csrf_token": "forged"})
        assert answer.status_code == 400, path
        assert "Your page is out of date" in answer.text, path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/no-such-page",
        "/static/another-release/icon.svg",
        "/sign-in",
        "/healthz",
        "/approve/x",
        "/work",
        "/sign-in/link/x",
        "/bids/%00",
    ],
)
def test_every_answer_carries_its_headers_whatever_it_is(guarded: Flask, path: str) -> None:
    with guarded.test_client().get(path, base_url="https://fund.example") as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "script-src 'self' 'nonce-",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_page_that_holds_a_one_time_link_is_not_stored(guarded: Flask) -> None:
    client = guarded.test_client()
    for path in ("/sign-in/link/abc", "/approve/abc"):
        assert client.get(path, base_url="https://fund.example").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "fund.example@evil.example"])
def test_a_forged_host_goes_into_no_letter_and_no_redirect(
    make: Make, session: Any, client: FlaskClient, host: str
) -> None:
    from fundflow.models.letter import Letter

    user = make.user()
    session.commit()
    headers = {"Host": "evil.example", "X-Forwarded-Host": host}
    client.post("/sign-in", data={"email": user.email}, headers=headers)
    assert "evil" not in session.query(Letter).one().body
    assert client.get("/work", headers=headers).location.startswith("/sign-in")


def test_one_address_cannot_be_asked_for_from_many_forged_networks(client: FlaskClient, make: Make) -> None:
    for n in range(30):
        client.post("/sign-in", data={"email": f"n{n}@x.example"}, headers={"X-Forwarded-For": f"10.0.0.{n}"})
    answer = client.post(
        "/sign-in", data={"email": "last@x.example"}, headers={"X-Forwarded-For": "10.9.9.9"}
    )
    assert answer.status_code == 429


def test_markup_in_anything_somebody_typed_is_text_on_every_page(make: Make, sign_in: SignIn) -> None:
    lead = make.school(f"School {SCRIPT}")
    head = make.member(lead, name=f"Head {SCRIPT}", email="head@x.example")
    bid = make.bid(state=S.IN_MONITORING, lead=lead, leader=head, title=f"Title {SCRIPT}")
    for record in (
        bid,
        *bid.outcomes,
        *bid.evidence,
        *bid.activities,
        *bid.backfill_lines,
        *bid.cost_lines,
        bid.partners[0],
        bid.review,
        bid.report,
        *bid.items,
        bid.items[0].meeting,
    ):
        for column in record.__table__.columns:
            if (
                column.type.python_type is str
                and not column.foreign_keys
                and type(column.type).__name__ in ("Text", "String")
                and column.name not in ("reference", "state", "kind", "item")
            ):
                room = getattr(column.type, "length", None) or 500
                if room >= len(SCRIPT) and isinstance(getattr(record, column.name), str):
                    setattr(record, column.name, SCRIPT)
    people = [
        head,
        *(make.staff(role, f"{role.words} {SCRIPT}", email=f"{role.value}@x.example") for role in R),
    ]
    make.session.commit()
    seen = 0
    for user in people:
        client = sign_in(user)
        for path in ("", "/application", "/review", "/panel", "/money", "/impact", "/history", "/letters"):
            seen += _clean(client.get(f"/bids/{bid.reference}{path}"))
        sought = ("/bids?q=", "/people?search=", "/schools?q=", "/letters?q=", "/money/ledger?bid=")
        for path in (
            "/work",
            "/bids",
            "/me",
            "/people",
            "/meetings",
            f"/meetings/{bid.items[0].meeting_id}",
            f"/meetings/{bid.items[0].meeting_id}/items/{bid.items[0].id}",
            "/register",
            f"/schools/{lead.urn}",
            *(f"{path}{SCRIPT}" for path in sought),
        ):
            seen += _clean(client.get(path))
    assert seen > 60


def _clean(answer: Any) -> bool:
    assert "<script>alert" not in answer.text, answer.request.path
    assert "<img src=x" not in answer.text, answer.request.path
    return "&lt;script&gt;alert" in answer.text


def test_a_formula_typed_as_a_title_is_text_in_every_file(make: Make, sign_in: SignIn) -> None:
    lead = make.school('=HYPERLINK("http://evil.example")')
    bid = make.bid(state=S.IN_DELIVERY, lead=lead, title="@SUM(1+1)*cmd|' /C calc'!A0")
    finance = make.staff(R.FINANCE)
    make.session.commit()
    client = sign_in(finance)
    for path in ("/register.csv", "/money/ledger.csv"):
        rows = list(csv.reader(io.StringIO(client.get(path).get_data(as_text=True))))
        assert any(bid.reference in row for row in rows)
        for cell in (cell for row in rows for cell in row):
            assert not re.match(r"\s*[=+@]", cell), cell


def test_a_wildcard_in_a_search_finds_itself_alone(make: Make, sign_in: SignIn) -> None:
    user = make.staff(R.ADMINISTRATOR)
    make.bid(state=S.SUBMITTED, title="Plain")
    make.session.commit()
    client = sign_in(user)
    for text in ("%", "_", "\\", "%zz' OR 1=1 --"):
        assert "Plain" not in client.get("/bids", query_string={"q": text}).text
        assert user.email not in client.get("/people", query_string={"search": text}).text.replace(
            user.name, ""
        )
    assert client.get("/letters", query_string={"q": "%"}).status_code == 200
