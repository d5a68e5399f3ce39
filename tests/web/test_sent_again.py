"""Nothing that was typed is lost where the service answers with an error."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fundflow.personal import complaints
from tests.factories import Make

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {"name": "Ann Lee", "email": "ann@b.example", "text": "My address was read by a stranger."}


@pytest.fixture
def send(
    app: Flask, client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Exception, dict[str, str]], Any]:
    """Send a complaint to an operation that fails so; the answer."""

    def sent(error: Exception, headers: dict[str, str]) -> Any:
        def fail(**_given: Any) -> None:
            raise error

        monkeypatch.setattr(app, "testing", False)
        monkeypatch.setattr(complaints, "complain", fail)
        return client.post("/privacy/complain", data=TYPED, headers=headers)

    make.fund()
    return sent


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (complaints.TooMany(), 429, "Wait 15 minutes, then try again."),
        (RuntimeError("a fault"), 500, "If you ask for help, give this number"),
    ],
)
def test_what_was_typed_is_on_the_page_of_the_error(
    send: Callable[..., Any], error: Exception, status: int, words: str
) -> None:
    answer = send(error, OURS)
    assert answer.status_code == status
    assert words in answer.text
    assert TYPED["text"] in answer.text
    assert "Send it again" in answer.text
    assert ("Nothing has been saved yet" in answer.text) == (status != 500)


def test_what_another_site_sent_is_not_on_it(send: Callable[..., Any]) -> None:
    answer = send(RuntimeError("a fault"), {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 500
    assert TYPED["text"] not in answer.text
