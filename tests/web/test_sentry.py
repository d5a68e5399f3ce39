"""Reports to Sentry, against a service on loopback: they say what broke, and nothing of people."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from flask import Flask
from sentry_sdk.integrations.logging import EventHandler

from fundflow import create_app
from fundflow.extensions import db
from fundflow.web.access import ANYONE, access
from tests.conftest import settings_for
from tests.loopback import Service, serving

# Written apart: the lines of code around a mistake are sent, and this is code.
ANN, NAME = "ann@" + "b.example", "Ann " + "Other"
COOKIE, TOKEN, TYPED = "s3cret-" + "cookie", "one-time-" + "token", "what they " + "typed"
SECRETS = (ANN, NAME, COOKIE, TOKEN, TYPED)


@pytest.fixture
def sentry() -> Iterator[Service]:
    with serving(lambda _asked: (200, b"{}")) as found:
        yield found


@pytest.fixture
def reporting(sentry: Service, template_url: str) -> Iterator[Flask]:
    dsn = sentry.url.replace("http://", "http://key@") + "/1"
    app = create_app(settings_for(template_url, SENTRY_DSN=dsn))
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    sentry_sdk.get_client().close()
    sentry_sdk.init()  # nowhere
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, EventHandler)]
    with app.app_context():
        db.engine.dispose()


def break_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    @access(ANYONE)
    def broken(**_named: Any) -> None:
        address = ANN  # a variable's value, too
        raise ValueError(f"{address}: {NAME} said {TYPED}")

    monkeypatch.setitem(app.view_functions, "accounts.sign_in", broken)


def test_a_page_that_breaks_is_reported_without_people(
    reporting: Flask, sentry: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_page(reporting, monkeypatch)
    client = reporting.test_client()
    client.set_cookie("other", COOKIE)
    answer = client.post(
        f"/sign-in?next=/{TOKEN}",
        data={"email": ANN, "words": TYPED},
        headers={"X-Name": NAME},
    )
    assert answer.status_code == 500
    logging.getLogger("fundflow.worker").error("Letter to %s failed", ANN, extra={"who": NAME})
    sentry_sdk.flush(10)
    assert {asked.path for asked in sentry.asked} == {"/api/1/envelope/"}
    sent = b"".join(asked.body for asked in sentry.asked).decode()
    assert [secret for secret in SECRETS if secret in sent] == []
    first, second = [event_of(asked.body) for asked in sentry.asked]
    (error,) = first["exception"]["values"]
    assert error["type"] == "ValueError"
    assert "value" not in error
    assert error["stacktrace"]["frames"][-1]["function"] == "broken"
    assert first["tags"]["route"] == "/sign-in"
    assert first["release"].startswith("fundflow@")
    assert second["logentry"] == {"message": "Letter to %s failed"}
    assert not {"request", "user", "breadcrumbs", "server_name", "extra", "modules"} & (
        set(first) | set(second)
    )


def event_of(body: bytes) -> dict[str, Any]:
    """The event of an envelope: its header, its item's header, then the item."""
    found: dict[str, Any] = json.loads(body.splitlines()[2])
    return found


def test_nothing_is_sent_where_it_is_not_set(app: Flask) -> None:
    assert not any(isinstance(one, EventHandler) for one in logging.getLogger().handlers)
