"""A sign-in service that changes its keys, leads elsewhere, floods, drips or forges: refused in time."""

import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.accounts import openid
from fundflow.models.person import User
from tests.accounts.provider import MOVED, Provider, key
from tests.accounts.test_single_sign_on import TRUSTED, and_back, there, who
from tests.accounts.test_single_sign_on import officer as officer
from tests.accounts.test_single_sign_on import provider as provider
from tests.accounts.test_single_sign_on import service as service

DISCOVERY, TOKEN, KEYS = openid.DISCOVERY, "/token", "/keys"
ASKED = (DISCOVERY, TOKEN, KEYS)


def comes_back(client: FlaskClient, provider: Provider) -> Any:
    """The answer to a whole sign-in, or to its beginning where that fails."""
    answer = client.get("/sign-in/council")
    return answer if answer.status_code != 302 else and_back(client, provider.signs_in(answer.location))


def test_a_new_key_is_taken_at_once_and_the_old_one_no_more(
    client: FlaskClient, session: Session, officer: User, provider: Provider
) -> None:
    provider.published = ["right", "next"]  # announced beside the old one
    assert comes_back(client, provider).status_code == 302
    provider.signs_with, provider.header = key("next"), {"alg": "RS256", "kid": "next"}
    assert comes_back(client, provider).status_code == 302
    provider.published = ["next"]
    assert comes_back(client, provider).status_code == 302
    provider.signs_with, provider.header = key("right"), {"alg": "RS256", "kid": "right"}
    answer = comes_back(client, provider)
    assert answer.status_code == 403
    assert TRUSTED in answer.text


@pytest.mark.parametrize(
    "names",
    [
        {"kid": "unknown"},
        {"kid": "right", "jwk": key("wrong").as_dict(private=False)},
        {"kid": "right", "jku": "https://elsewhere.example/keys"},
    ],
    ids=["unknown key", "its own key", "keys elsewhere"],
)
def test_a_token_brings_no_key_of_its_own(
    client: FlaskClient, session: Session, officer: User, provider: Provider, names: dict[str, Any]
) -> None:
    provider.signs_with, provider.header = key("wrong"), {"alg": "RS256", **names}
    answer = comes_back(client, provider)
    assert answer.status_code == 403
    assert TRUSTED in answer.text
    assert who(client, session) is None


@pytest.mark.parametrize("place", ASKED)
def test_a_service_that_leads_elsewhere_is_not_followed(
    client: FlaskClient, session: Session, officer: User, provider: Provider, place: str
) -> None:
    provider.moved = {place}
    answer = comes_back(client, provider)
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert not [address for address in provider.asked if address.endswith(MOVED)]
    assert who(client, session) is None


PLAIN = "http://elsewhere.example/x"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_nothing_is_asked_without_https(
    client: FlaskClient, session: Session, officer: User, provider: Provider, name: str
) -> None:
    provider.metadata = {name: PLAIN}
    assert comes_back(client, provider).status_code == 503
    assert who(client, session) is None


def test_a_service_is_never_set_up_without_https(
    client: FlaskClient, app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid, "_answer", lambda *_: pytest.fail("it was asked"))
    for issuer in (PLAIN, "https:///nobody", "file:///etc", "ftp://elsewhere.example"):
        monkeypatch.setitem(app.config, "OIDC_ISSUER", issuer)
        assert client.get("/sign-in/council").status_code == 503


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
ODD = {
    "far too long": OK + b"[" + b"1," * openid.MOST_BYTES,
    "too deep": OK + b"[" * 200_000,
    "a number of a million digits": OK + b'{"keys": ' + b"9" * 100_000 + b"}",
    "a list": OK + b"[]",
    "no text": OK + b"\xff\xfe\x00",
    "cut off": OK + b'{"keys": [',
    "not HTTP": b"220 mail.example ESMTP\r\n",
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n{}",
}


@pytest.mark.parametrize("place", ASKED)
@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_an_answer_that_is_none_signs_nobody_in(
    client: FlaskClient, session: Session, officer: User, provider: Provider, place: str, raw: bytes
) -> None:
    provider.raw = {place: raw}
    answer = comes_back(client, provider)
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert who(client, session) is None


@pytest.mark.parametrize("place", ASKED)
def test_a_service_that_drips_is_given_up_as_soon_as_one_that_is_silent(
    client: FlaskClient, officer: User, provider: Provider, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid, "SECONDS", 0.3)
    provider.dripping = {place}
    begun = time.monotonic()
    answer = comes_back(client, provider)
    assert time.monotonic() - begun < 2
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_what_is_said_twice_is_believed_once(
    client: FlaskClient, session: Session, officer: User, provider: Provider
) -> None:
    fine = provider.signs_in(there(client))
    twice = [*fine.items(), ("iss", "https://elsewhere.example"), ("iss", provider.issuer)]
    assert client.post("/sign-in/council/back", query_string=twice).status_code == 403
    assert who(client, session) is None
