"""Signing in with the council account, against a service on loopback that lies where it is told to."""

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.accounts import openid, single_sign_on
from fundflow.extensions import db
from fundflow.letters.codes import mint_code
from fundflow.letters.links import hash_of
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, RoleName, User
from fundflow.models.signing_in import ConnectedAccount, FreshProof, Proof, ProofFor
from fundflow.proofs import ProofWanted
from fundflow.workflow.engine import Refused
from tests.accounts.provider import CLIENT, SECRET, Provider, key, running, settings_of
from tests.factories import Make
from tests.signing_in import Enter
from tests.signing_in import sign_in as sign_in

TRUSTED = "could not be trusted"


@pytest.fixture(scope="module")
def service() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(service: Provider, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The service as it is when it is honest, set up in the application."""
    for name, value in settings_of(service).items():
        monkeypatch.setitem(app.config, name, value)
    service.changed, service.metadata, service.broken, service.raw = {}, {}, {}, {}
    service.silent, service.dripping, service.moved, service.published = set(), set(), set(), ["right"]
    service.says_iss, service.token, service.subject = False, None, "subject-of-priya"
    service.signs_with, service.header = key("right"), {"alg": "RS256", "kid": "right"}
    service.codes, service.asked = {}, []
    return service


@pytest.fixture
def officer(make: Make, session: Session, provider: Provider) -> User:
    """Priya, who has connected her council account."""
    person = make.staff(RoleName.OFFICER, "Priya Raman")
    session.flush()
    session.add(
        ConnectedAccount(
            user_id=person.id,
            issuer=provider.issuer,
            subject=provider.subject,
            connected_at=person.created_at,
        )
    )
    session.commit()
    return person


def there(client: FlaskClient, **query: str) -> str:
    """Where the link on the sign-in page leads."""
    answer = client.get("/sign-in/council", query_string=query)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def and_back(client: FlaskClient, answer: dict[str, str]) -> Any:
    """The page of coming back, and its button."""
    page = client.get("/sign-in/council/back", query_string=answer)
    if page.status_code != 200:
        return page
    assert "Continue" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    return client.post("/sign-in/council/back", query_string=answer)


def who(client: FlaskClient, session: Session) -> int | None:
    with client.session_transaction() as cookie:
        mark = cookie.get("_user_id")
    query = select(BrowserSession.user_id).where(BrowserSession.key_hash == hash_of(mark or ""))
    return session.scalar(query)


def test_it_is_off_until_it_is_set_up(client: FlaskClient, app: Flask) -> None:
    assert not app.config.get("OIDC_ISSUER")
    assert "council account" not in client.get("/sign-in").text
    assert client.get("/sign-in/council").status_code == 404
    assert client.get("/sign-in/council/back?state=x&code=y").status_code == 404


def test_a_connected_account_signs_its_person_in(
    client: FlaskClient, session: Session, officer: User, provider: Provider
) -> None:
    page = client.get("/sign-in?next=/bids").text
    assert 'href="/sign-in/council?next=/bids"' in page
    address = there(client, next="/bids")
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == ["http://fund.example/sign-in/council/back"]
    assert "prompt" not in asked
    answer = and_back(client, provider.signs_in(address))
    assert (answer.status_code, answer.location) == (302, "/bids")
    assert who(client, session) == officer.id


def test_looking_at_the_page_of_coming_back_asks_the_service_nothing(
    client: FlaskClient, officer: User, provider: Provider
) -> None:
    answer = provider.signs_in(there(client))
    before = list(provider.asked)
    for _ in range(3):
        assert client.get("/sign-in/council/back", query_string=answer).status_code == 200
    assert provider.asked == before


def test_an_unknown_account_is_refused_with_whom_to_ask(
    client: FlaskClient, session: Session, officer: User, provider: Provider
) -> None:
    provider.subject = "somebody-else"
    provider.changed = {"email": officer.email, "preferred_username": officer.email, "email_verified": True}
    answer = and_back(client, provider.signs_in(there(client)))
    assert answer.status_code == 403
    assert "connected to that council account" in answer.text
    assert "ask an administrator" in answer.text
    assert who(client, session) is None


def test_a_deactivated_person_is_unknown(
    client: FlaskClient, session: Session, officer: User, provider: Provider
) -> None:
    officer.active = False
    session.commit()
    assert and_back(client, provider.signs_in(there(client))).status_code == 403


SECOND = 1_000_000_000  # any moment long ago
FORGED: dict[str, dict[str, Any]] = {
    "wrong issuer": {"iss": "https://elsewhere.example"},
    "no issuer": {"iss": None},
    "wrong audience": {"aud": "another-client"},
    "no audience": {"aud": None},
    "two audiences, and no word for which": {"aud": [CLIENT, "another"]},
    "for another party": {"aud": [CLIENT, "another"], "azp": "another"},
    "one audience, for another party": {"azp": "another"},
    "wrong tenant": {"tid": "another-tenant"},
    "no tenant": {"tid": None},
    "missing nonce": {"nonce": None},
    "wrong nonce": {"nonce": "guessed"},
    "a nonce that is no text": {"nonce": ["guessed"]},
    "expired": {"exp": SECOND},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "soon"},
    "an end that is true": {"exp": True},
    "issued in the future": {"iat": 4_000_000_000, "exp": 4_000_000_300},
    "issued long ago": {"iat": SECOND},
    "issued never": {"iat": None},
    "not valid yet": {"nbf": 4_000_000_000},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
}


@pytest.mark.parametrize("changed", FORGED.values(), ids=FORGED)
def test_a_token_that_says_something_else_signs_nobody_in(
    client: FlaskClient, session: Session, officer: User, provider: Provider, changed: dict[str, Any]
) -> None:
    provider.changed = changed
    answer = and_back(client, provider.signs_in(there(client)))
    assert answer.status_code == 403
    assert TRUSTED in answer.text
    assert who(client, session) is None


def unsigned(claims: dict[str, Any]) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none"}, claims)
    ]
    return ".".join([*parts, ""])


@pytest.mark.parametrize(
    "forged",
    [
        "another key",
        "signature cut",
        "claims changed",
        "none",
        "our secret",
        "their public key",
        "junk",
        "gone",
    ],
)
def test_a_forged_signature_signs_nobody_in(
    client: FlaskClient, session: Session, officer: User, provider: Provider, forged: str
) -> None:
    answer = provider.signs_in(there(client))
    wanted = provider.codes[answer["code"]]
    fine = provider.signed(wanted)
    claims = jwt.decode(fine, key("right")).claims
    head, body, signature = fine.split(".")
    public = key("right").as_pem(private=False).decode()
    tokens: dict[str, Any] = {
        "another key": lambda: jwt.encode({"alg": "RS256", "kid": "right"}, claims, key("wrong")),
        "signature cut": lambda: f"{head}.{body}.{signature[:-8]}",
        "claims changed": lambda: f"{head}.{unsigned({**claims, 'sub': 'x'}).split('.')[1]}.{signature}",
        "none": lambda: unsigned(claims),
        "our secret": lambda: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2)),
        "their public key": lambda: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(public[30:90])),
        "junk": lambda: "not a token",
        "gone": lambda: "",
    }
    provider.token = tokens[forged]()
    back = and_back(client, answer)
    assert back.status_code == 403
    assert TRUSTED in back.text
    assert who(client, session) is None


def test_what_came_back_once_is_not_taken_again(
    client: FlaskClient, app: Flask, officer: User, provider: Provider
) -> None:
    answer = provider.signs_in(there(client))
    assert and_back(client, answer).status_code == 302
    again = and_back(client, answer)  # the state is spent here
    assert again.status_code == 400
    assert "finished already" in again.text
    fresh = parse_qs(urlsplit(there(client)).query)["state"][0]
    spent = and_back(client, {**answer, "state": fresh})  # and the code there
    assert spent.status_code == 403
    assert TRUSTED in spent.text


def test_a_sign_in_begun_elsewhere_is_not_taken(
    client: FlaskClient, app: Flask, officer: User, provider: Provider
) -> None:
    other = app.test_client()
    theirs = provider.signs_in(there(other))
    for answer in (theirs, {"code": theirs["code"]}, {**theirs, "state": "guessed"}):
        assert and_back(client, answer).status_code == 400
    mine = parse_qs(urlsplit(there(client)).query)["state"][0]
    mixed = and_back(client, {"code": theirs["code"], "state": mine})  # their code, my state: PKCE fails
    assert mixed.status_code == 403


def test_two_tabs_do_not_get_in_each_others_way(
    client: FlaskClient, officer: User, provider: Provider
) -> None:
    first, second = provider.signs_in(there(client)), provider.signs_in(there(client))
    mixed = and_back(client, {"code": first["code"], "state": second["state"]})
    assert mixed.status_code == 403  # the other's nonce and verifier
    first = provider.signs_in(there(client))
    assert and_back(client, first).status_code == 302


def test_a_browser_keeps_three_that_were_begun(
    client: FlaskClient, officer: User, provider: Provider
) -> None:
    first = provider.signs_in(there(client))
    for _ in range(3):
        there(client)
    assert and_back(client, first).status_code == 400


@pytest.mark.parametrize("said", [None, "https://elsewhere.example"])
def test_the_answer_names_its_issuer_where_the_service_does(
    client: FlaskClient, officer: User, provider: Provider, said: str | None
) -> None:
    provider.says_iss = True
    answer = provider.signs_in(there(client))
    del answer["iss"]
    assert and_back(client, answer | ({"iss": said} if said else {})).status_code == 403
    assert and_back(client, provider.signs_in(there(client))).status_code == 302


def test_another_issuer_is_refused_though_the_service_names_none(
    client: FlaskClient, officer: User, provider: Provider
) -> None:
    answer = provider.signs_in(there(client))
    assert and_back(client, {**answer, "iss": "https://elsewhere.example"}).status_code == 403


def test_a_sign_in_that_took_too_long_is_refused(
    client: FlaskClient, officer: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = provider.signs_in(there(client))
    monkeypatch.setattr(openid, "LASTS", -1)
    assert and_back(client, answer).status_code == 403


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "did not finish"), ("server_error", TRUSTED), ("", TRUSTED)]
)
def test_an_error_of_the_service_is_said_in_words(
    client: FlaskClient, officer: User, provider: Provider, error: str, words: str
) -> None:
    state = provider.signs_in(there(client))["state"]
    answer = client.get("/sign-in/council/back", query_string={"state": state, "error": error})
    assert answer.status_code == 403
    assert words in answer.text


def test_the_service_is_asked_of_itself_once_a_minute_by_those_who_set_out(
    client: FlaskClient, app: Flask, officer: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a page for everybody: nobody makes it ask at each visit."""
    monkeypatch.setitem(app.config, "OIDC_SECONDS", 60)
    openid._said_lately.forget()
    provider.silent = {openid.DISCOVERY}
    monkeypatch.setattr(openid, "SECONDS", 0.2)
    assert client.get("/sign-in/council").status_code == 503
    provider.silent = set()
    answers = [provider.signs_in(there(client)) for _ in range(3)]
    assert provider.asked.count(openid.DISCOVERY) == 2  # silence is not kept
    assert and_back(client, answers[-1]).status_code == 302
    assert provider.asked.count(openid.DISCOVERY) == 3
    openid._said_lately.forget()


@pytest.mark.parametrize("place", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_silent_service_is_given_up_soon(
    client: FlaskClient,
    officer: User,
    provider: Provider,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert openid.SECONDS < 3
    monkeypatch.setattr(openid, "SECONDS", 0.2)
    provider.silent = {place}
    begun = time.monotonic()
    answer = client.get("/sign-in/council")
    if answer.status_code == 302:
        answer = and_back(client, provider.signs_in(answer.location))
    assert time.monotonic() - begun < 1.5
    assert answer.status_code == 503
    assert "does not answer" in answer.text


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example"},
        {"authorization_endpoint": "http://elsewhere.example/authorize"},
        {"authorization_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
def test_a_service_that_names_odd_addresses_is_not_asked(
    client: FlaskClient, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    answer = client.get("/sign-in/council")
    assert answer.status_code == 503


@pytest.mark.parametrize("status", [302, 500])
def test_a_service_that_answers_something_else_is_not_believed(
    client: FlaskClient, officer: User, provider: Provider, status: int
) -> None:
    answer = provider.signs_in(there(client))
    provider.broken = {"/token": status}
    assert and_back(client, answer).status_code == 503


# -- connecting ---------------------------------------------------------------------------------------------


def test_a_person_connects_their_account_while_they_are_signed_in(
    client: FlaskClient, session: Session, make: Make, sign_in: Enter, provider: Provider
) -> None:
    admin = make.staff(RoleName.ADMINISTRATOR, "Una Admin")
    person = make.staff(RoleName.FINANCE, "Owen Clarke")
    sign_in(person)
    assert "Not connected" in client.get("/me").text
    answer = and_back(client, provider.signs_in(there(client, **{"for": "connect"})))
    assert answer.location == "/me"
    found = session.scalars(select(ConnectedAccount)).one()
    assert (found.user_id, found.issuer, found.subject) == (person.id, provider.issuer, provider.subject)
    told = {letter.email for letter in session.scalars(select(Letter))}
    assert told == {person.email, admin.email}
    assert "Connected on" in client.get("/me").text
    provider.subject = "another-account"
    second = and_back(client, provider.signs_in(there(client, **{"for": "connect"})))
    assert second.status_code == 409
    assert "connected already" in second.text


def test_nobody_connects_what_is_somebody_elses(
    client: FlaskClient, session: Session, make: Make, sign_in: Enter, officer: User, provider: Provider
) -> None:
    sign_in(make.staff(RoleName.FINANCE, "Owen Clarke"))
    answer = and_back(client, provider.signs_in(there(client, **{"for": "connect"})))
    assert answer.status_code == 409
    assert [one.user_id for one in session.scalars(select(ConnectedAccount))] == [officer.id]


def test_people_of_schools_connect_nothing(
    client: FlaskClient, session: Session, make: Make, sign_in: Enter, provider: Provider
) -> None:
    sign_in(make.member(make.school(), name="Ada Head"))
    assert "Council account" not in client.get("/me").text
    answer = and_back(client, provider.signs_in(there(client, **{"for": "connect"})))
    assert answer.status_code == 409
    assert session.scalar(select(ConnectedAccount)) is None


def test_who_was_signed_out_or_in_as_another_meanwhile_connects_nothing(
    client: FlaskClient, session: Session, make: Make, sign_in: Enter, provider: Provider
) -> None:
    first, second = make.staff(RoleName.FINANCE, "Owen Clarke"), make.staff(RoleName.CLERK, "Grace Lin")
    sign_in(first)
    answer = provider.signs_in(there(client, **{"for": "connect"}))
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = second.get_id()
    assert and_back(client, answer).status_code == 403
    assert session.scalar(select(ConnectedAccount)) is None


def test_whoever_finds_an_open_browser_connects_no_account_of_theirs_to_prove_with(
    client: FlaskClient, session: Session, make: Make, sign_in: Enter, provider: Provider
) -> None:
    make.fund().single_sign_on_roles = ["finance"]
    person = make.staff(RoleName.FINANCE, "Owen Clarke")
    sign_in(person)
    asked = there(client, **{"for": "connect"})
    assert asked == "/confirm-it-is-you/connect?next=/me"
    user = session.get(User, person.id)
    assert user
    with pytest.raises(ProofWanted):
        single_sign_on.connect(user, issuer=provider.issuer, subject="thief", now=datetime.now(UTC))
    session.rollback()
    assert "Email me a code" in client.get(asked).text
    client.post("/confirm-it-is-you/connect/code?next=/me")
    proof = session.scalars(select(FreshProof)).one()
    code = mint_code(proof.id, datetime.now(UTC))
    session.commit()
    assert client.post(asked, data={"code": code}).location == "/me"
    assert and_back(client, provider.signs_in(there(client, **{"for": "connect"}))).location == "/me"
    assert client.get("/confirm-it-is-you/money").status_code == 200  # the code proves nothing else


def test_signing_in_asks_the_database_little(
    client: FlaskClient, officer: User, provider: Provider, count_queries: list[str]
) -> None:
    address = there(client)
    assert count_queries == []  # nobody is signed in, and nothing is kept of it here
    answer = provider.signs_in(address)
    assert client.get("/sign-in/council/back", query_string=answer).status_code == 200
    assert count_queries == []
    assert client.post("/sign-in/council/back", query_string=answer).status_code == 302
    assert len(count_queries) <= 16, "\n".join(count_queries)


def test_connecting_needs_a_session(client: FlaskClient, provider: Provider) -> None:
    assert there(client, **{"for": "connect"}) == "/sign-in"
    assert client.get("/sign-in/council?for=anything").status_code == 400


def test_an_administrator_takes_an_account_away(
    client: FlaskClient, session: Session, make: Make, sign_in: Enter, officer: User, provider: Provider
) -> None:
    admin = make.staff(RoleName.ADMINISTRATOR, "Una Admin")
    sign_in(admin)
    assert "Disconnect their council account" in client.get(f"/people/{officer.id}").text
    answer = client.post(f"/people/{officer.id}/disconnect")
    assert answer.location == f"/people/{officer.id}"
    assert session.scalar(select(ConnectedAccount)) is None
    assert and_back(client, provider.signs_in(there(client))).status_code == 403
    with pytest.raises(Refused):
        single_sign_on.disconnect(officer, by=admin, now=officer.created_at)
    with pytest.raises(Refused):
        single_sign_on.disconnect(admin, by=officer, now=officer.created_at)


# -- a fresh proof ------------------------------------------------------------------------------------------


def test_no_transaction_is_open_while_the_service_is_asked(
    client: FlaskClient, officer: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ones = []
    asking = openid._asked

    def noted(*args: Any) -> Any:
        open_ones.append(db.session().in_transaction())
        return asking(*args)

    monkeypatch.setattr(openid, "_asked", noted)
    answer = provider.signs_in(there(client))
    open_ones.clear()
    assert and_back(client, answer).status_code == 302
    assert open_ones == [False] * 3


def proof_of(session: Session, user: User) -> list[tuple[ProofFor, Proof]]:
    query = select(FreshProof).join(BrowserSession, BrowserSession.id == FreshProof.session_id)
    found = session.scalars(query.where(BrowserSession.user_id == user.id, FreshProof.proved_at.is_not(None)))
    return [(one.act, one.proof) for one in found]


@pytest.fixture
def strict(make: Make, session: Session, officer: User) -> User:
    """The officer, whose fund wants single sign-on before money and appointments."""
    make.fund().single_sign_on_roles = ["officer"]
    session.commit()
    return officer


def test_signing_in_afresh_is_a_proof(
    client: FlaskClient, session: Session, sign_in: Enter, strict: User, provider: Provider
) -> None:
    sign_in(strict)
    page = client.get("/confirm-it-is-you/money?next=/bids").text
    assert "Sign in again with your council account" in page
    assert "code" not in page.split("<main")[1].split("</main")[0]
    address = there(client, **{"for": "money", "next": "/bids"})
    asked = parse_qs(urlsplit(address).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    provider.changed = {"auth_time": int(time.time())}
    assert and_back(client, provider.signs_in(address)).location == "/bids"
    assert proof_of(session, strict) == [(ProofFor.MONEY, Proof.SINGLE_SIGN_ON)]
    assert client.get("/confirm-it-is-you/money?next=/bids").location == "/bids"
    assert client.get("/confirm-it-is-you/appointments").status_code == 200


@pytest.mark.parametrize("wrong", ["another account", "an old sign-in", "no word of when"])
def test_another_account_or_an_old_sign_in_proves_nothing(
    client: FlaskClient, session: Session, sign_in: Enter, strict: User, provider: Provider, wrong: str
) -> None:
    sign_in(strict)
    if wrong == "another account":
        provider.subject = "somebody-else"
    else:
        provider.changed = {"auth_time": int(time.time()) - 3600 if wrong == "an old sign-in" else None}
    answer = and_back(client, provider.signs_in(there(client, **{"for": "money"})))
    assert answer.status_code == 403
    assert proof_of(session, strict) == []


def test_a_code_is_not_sent_where_single_sign_on_is_wanted(
    client: FlaskClient, session: Session, sign_in: Enter, strict: User, provider: Provider
) -> None:
    sign_in(strict)
    client.post("/confirm-it-is-you/money/code")
    assert session.scalar(select(FreshProof)) is None
