"""Letters by GOV.UK Notify, against a service on loopback that answers as its documentation says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from fundflow.config import SettingsWrong, settings
from fundflow.letters.delivery import DELAYS, deliver, message_id
from fundflow.letters.troubles import TroubleKind, troubles
from fundflow.models.letter import Letter, LetterStatus
from tests.factories import NOW
from tests.letters.test_delivery import Write
from tests.loopback import Asked, Service, serving

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
KEY = f"council-{SERVICE}-{SECRET}"


class Notify:
    """Takes every letter, until a test says what it answers instead; `taken` by their reference."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.instead: tuple[int, bytes] | None = None
        self.loses_answers = False

    def __call__(self, asked: Asked) -> tuple[int, bytes]:
        if self.instead is not None:
            return self.instead
        if asked.method == "GET":
            (reference,) = parse_qs(urlsplit(asked.path).query)["reference"]
            found = [self.taken[reference]] if reference in self.taken else []
            return 200, json.dumps({"notifications": found, "links": {}}).encode()
        sent = json.loads(asked.body)
        assert sent["reference"] not in self.taken, "twice"
        self.taken[sent["reference"]] = sent
        return (0, b"") if self.loses_answers else (201, json.dumps({"id": "x"}).encode())


def error(status: int, kind: str, message: str) -> tuple[int, bytes]:
    said = {"status_code": status, "errors": [{"error": kind, "message": message}]}
    return status, json.dumps(said).encode()


@pytest.fixture
def notify() -> Notify:
    return Notify()


@pytest.fixture
def service(app: Flask, notify: Notify, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serving(notify) as found:
        given = {"KEY": KEY, "URL": found.url, "TEMPLATE": TEMPLATE, "REPLY_TO": None}
        for name, value in given.items():
            monkeypatch.setitem(app.config, f"NOTIFY_{name}", value)
        yield found


def test_a_letter_goes_through_the_template_with_a_signed_token(
    service: Service, notify: Notify, write: Write
) -> None:
    letter = write("head@school.example", subject="LSIF-0031: Reply by 9 February")
    assert deliver(NOW) == 1
    (asked,) = service.asked  # a first attempt asks for nothing before
    assert (asked.method, asked.path) == ("POST", "/v2/notifications/email")
    assert json.loads(asked.body) == {
        "email_address": "head@school.example",
        "template_id": TEMPLATE,
        "personalisation": {"subject": "LSIF-0031: Reply by 9 February", "body": letter.body},
        "reference": message_id(letter.key, 0).strip("<>"),
    }
    assert claims(asked.headers["authorization"].removeprefix("Bearer "))["iss"] == SERVICE
    assert (letter.status, letter.sent_at) == (LetterStatus.SENT, NOW)


def claims(token: str) -> dict[str, Any]:
    """Of a token that our secret signed (HS256)."""
    signed, _, signature = token.rpartition(".")
    made = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(made).rstrip(b"=").decode() == signature
    payload = signed.partition(".")[2]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_an_answer_that_was_lost_doubles_nothing(service: Service, notify: Notify, write: Write) -> None:
    letter = write()
    notify.loses_answers = True
    assert deliver(NOW) == 0
    assert len(notify.taken) == 1
    assert (letter.status, letter.due) == (LetterStatus.QUEUED, NOW + DELAYS[0])
    notify.loses_answers = False
    assert deliver(NOW + DELAYS[0]) == 1
    assert letter.status is LetterStatus.SENT
    assert len(notify.taken) == 1


PERMANENT = [
    error(400, "ValidationError", "email_address Not a valid email address"),
    error(400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
]
TEMPORARY = [
    error(429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    error(500, "Exception", "Internal server error"),
    error(403, "AuthError", "Invalid token: API key not found"),
    error(400, "BadRequestError", "Template not found"),
    (502, b"<html>Bad gateway</html>"),
]


@pytest.mark.parametrize("answer", PERMANENT)
def test_an_address_that_is_refused_fails_at_once_and_holds_nobody_up(
    service: Service, notify: Notify, write: Write, answer: tuple[int, bytes]
) -> None:
    letter = write("not-an-address@x.example")
    notify.instead = answer
    deliver(NOW)
    assert letter.status is LetterStatus.FAILED
    assert letter.last_error.startswith("Notify: 400 ")
    assert TroubleKind.MAIL not in {trouble.kind for trouble in troubles(NOW)}


@pytest.mark.parametrize("answer", TEMPORARY)
def test_what_is_no_fault_of_a_letter_is_tried_again_and_the_rest_waits(
    service: Service, notify: Notify, write: Write, answer: tuple[int, bytes]
) -> None:
    letters = [write(f"a{number}@school.example") for number in range(3)]
    notify.instead = answer
    assert deliver(NOW) == 0
    assert len(service.asked) == 1
    assert [letter.attempts for letter in letters] == [1, 0, 0]
    assert {letter.status for letter in letters} == {LetterStatus.QUEUED}
    assert TroubleKind.MAIL in {trouble.kind for trouble in troubles(NOW)}
    notify.instead = None
    assert deliver(NOW + DELAYS[0]) == 3
    assert len(notify.taken) == 3


def test_nobody_there_is_a_trouble_of_the_service(app: Flask, service: Service, write: Write) -> None:
    letter: Letter = write()
    app.config["NOTIFY_URL"] = "http://127.0.0.1:9"
    assert deliver(NOW) == 0
    assert letter.status is LetterStatus.QUEUED


def test_settings_need_a_key_a_template_and_tls() -> None:
    demo = {"FUNDFLOW_DEMO": "1", "FUNDFLOW_NOTIFY_KEY": KEY, "FUNDFLOW_NOTIFY_TEMPLATE": TEMPLATE}
    assert settings(demo)["NOTIFY_KEY"] == KEY
    for name, value in (("KEY", "secret-key"), ("TEMPLATE", "letters"), ("URL", "http://notify.example")):
        with pytest.raises(SettingsWrong, match=f"FUNDFLOW_NOTIFY_{name}") as wrong:
            settings(demo | {f"FUNDFLOW_NOTIFY_{name}": value})
        assert "secret-key" not in str(wrong.value)
