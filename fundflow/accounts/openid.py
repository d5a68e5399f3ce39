"""Single sign-on by OpenID Connect: the code flow with PKCE, state and nonce.

What the council's sign-in service says is believed only after every check here. Nothing but issuer and
subject is taken from it. Off unless its settings are given.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import current_app

from fundflow.web.kept import Kept

SECONDS = 2.5  # for all that is asked of the service at one time
MOST_BYTES = 512 * 1024  # of an answer
LEEWAY = 60  # seconds that two clocks may differ
LASTS = 600  # seconds from the start until the person must be back
ALGORITHMS = ("RS256", "PS256", "ES256")  # with a public key alone: never none, never our secret
TIMES = ("exp", "iat", "nbf", "auth_time")
DISCOVERY = "/.well-known/openid-configuration"
LOOPBACK = ("127.0.0.1", "localhost", "::1")  # plain http is for tests on one machine


class Silent(Exception):
    """The service does not answer, or not as it should; the text is for the log."""


class NotBelieved(Exception):
    """What came back is not what was asked for; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Service:
    """The council's sign-in service, from the settings.

    tenant  what the token's `tid` must say (Entra ID); empty: not looked at
    """

    issuer: str
    client_id: str
    client_secret: str
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """What this browser keeps of a sign-in until it comes back: `at` in seconds of the epoch.

    again  a fresh sign-in was asked for
    """

    nonce: str
    verifier: str
    at: int
    again: bool = False


def service() -> Service | None:
    """The council's service; None where none is set up."""
    config = current_app.config
    if not config.get("OIDC_ISSUER"):
        return None
    return Service(
        config["OIDC_ISSUER"],
        config["OIDC_CLIENT_ID"],
        config["OIDC_CLIENT_SECRET"],
        config.get("OIDC_TENANT", ""),
    )


def start(at: int, *, again: bool = False) -> Started:
    return Started(secrets.token_urlsafe(32), secrets.token_urlsafe(48), at, again)


def new_state() -> str:
    """What only this browser knows of what it began."""
    return secrets.token_urlsafe(24)


def address_of(one: Service, started: Started, *, state: str, back: str) -> str:
    """Where the person signs in; raises Silent."""
    digest = hashlib.sha256(started.verifier.encode()).digest()
    wanted = {
        "response_type": "code",
        "client_id": one.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": state,
        "nonce": started.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    } | ({"prompt": "login", "max_age": "0"} if started.again else {})
    found = _endpoint(one, _said_lately.value(), "authorization_endpoint")
    return f"{found}{'&' if urlsplit(found).query else '?'}{urlencode(wanted)}"


def subject_of(one: Service, started: Started, answer: Mapping[str, str], *, back: str, now: int) -> str:
    """Whom the service's answer speaks of, as it names them; raises Silent or NotBelieved.

    answer  what the browser brought back: `code`, and `iss` where the service says it (RFC 9207)
    """
    if not 0 <= now - started.at <= LASTS:
        raise NotBelieved("it took too long")
    ends = _ends()
    known = _discovered(one, ends)
    says_issuer = known.get("authorization_response_iss_parameter_supported") is True
    if answer.get("iss", "" if says_issuer else one.issuer) != one.issuer:
        raise NotBelieved("the answer is of another issuer")
    asked = {
        "grant_type": "authorization_code",
        "code": answer.get("code", ""),
        "redirect_uri": back,
        "client_id": one.client_id,
        "client_secret": one.client_secret,
        "code_verifier": started.verifier,
    }
    got = _asked(_endpoint(one, known, "token_endpoint"), ends, asked)
    keys = _asked(_endpoint(one, known, "jwks_uri"), ends)
    claims = _claims(got.get("id_token"), keys)
    if why := why_not(claims, one, started, now):
        raise NotBelieved(why)
    return str(claims["sub"])


def why_not(claims: Mapping[str, Any], one: Service, started: Started, now: int) -> str | None:
    """Why a token whose signature is right is not believed; None where it is."""
    subject = claims.get("sub")
    if not (isinstance(subject, str) and 0 < len(subject) <= 255):
        return "no subject"
    if not _same(claims.get("nonce"), started.nonce):
        return "wrong nonce"
    return _why_not_ours(claims, one) or _why_not_now(claims, started, now)


def _why_not_ours(claims: Mapping[str, Any], one: Service) -> str | None:
    """Whether this service gave the token to us."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != one.issuer:
        return "wrong issuer"
    if one.client_id not in audiences:
        return "wrong audience"
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != one.client_id:
        return "given to another party"
    return "wrong tenant" if one.tenant and claims.get("tid") != one.tenant else None


def _why_not_now(claims: Mapping[str, Any], started: Started, now: int) -> str | None:
    """Whether the token was issued for this sign-in and is valid at this moment."""
    times = {name: claims[name] for name in TIMES if name in claims}
    if any(isinstance(at, bool) or not isinstance(at, int | float) for at in times.values()):
        return "a time is no number"
    begun, until = started.at - LEEWAY, now + LEEWAY
    if not now < times.get("exp", 0) + LEEWAY:
        return "expired"
    if not begun <= times.get("iat", 0) <= until or times.get("nbf", now) > until:
        return "not issued just now"
    # A service that was asked for a fresh sign-in must say when it was (`max_age`): a person at the
    # browser can take the question out of the address and come back from an old sign-in.
    afresh = not started.again or begun <= times.get("auth_time", 0) <= until
    return None if afresh else "not signed in afresh"


def _same(said: Any, meant: str) -> bool:
    return isinstance(said, str) and secrets.compare_digest(said.encode(), meant.encode())


def _claims(token: Any, keys: Any) -> dict[str, Any]:
    """What a token says that one of the service's keys has signed."""
    from joserfc import jwt  # of the extra `oidc`
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        public = [key for key in keys["keys"] if key.get("kty") in ("RSA", "EC")]  # never a shared secret
        return dict(jwt.decode(token, KeySet.import_key_set({"keys": public}), algorithms=ALGORITHMS).claims)
    except (JoseError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotBelieved(f"{type(error).__name__} of the token") from error


# -- asking the service -----------------------------------------------------------------------------------


class _StaysThere(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = build_opener(_StaysThere)


def _ends() -> float:
    return time.monotonic() + SECONDS


def _said_now() -> dict[str, Any]:
    one = service()
    return _discovered(one, _ends()) if one else {}


# Enough to send somebody there, as often as they ask. Who comes back is looked at with what it says then.
_said_lately = Kept[dict[str, Any]]("oidc", _said_now, {})


def _discovered(one: Service, ends: float) -> dict[str, Any]:
    """What the service says of itself now."""
    known = _asked(_secure(one, one.issuer.rstrip("/") + DISCOVERY), ends)
    if known.get("issuer") != one.issuer:
        raise Silent("what it says of itself names another issuer")
    return known


def _endpoint(one: Service, known: Mapping[str, Any], name: str) -> str:
    return _secure(one, known.get(name))


def _secure(one: Service, address: Any) -> str:
    """An address that may be asked: https, but on this machine where the service itself is on it."""
    parts = urlsplit(address if isinstance(address, str) else "")
    here = parts.hostname in LOOPBACK and urlsplit(one.issuer).hostname in LOOPBACK
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and here)):
        return str(address)
    raise Silent("an address of it is not https")


def _asked(address: str, ends: float, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address; `ends` is the moment by which it must be whole.

    A thread asks, so that the answer is awaited no longer: a socket's timeout counts each piece that comes
    for itself, and finding the address of a name has none.
    """
    outcome: SimpleQueue[dict[str, Any] | Exception] = SimpleQueue()
    Thread(target=lambda: outcome.put(_outcome(address, ends, form)), daemon=True).start()
    try:
        found = outcome.get(timeout=max(0.01, ends - time.monotonic()))
    except Empty:
        raise Silent("it does not answer in time") from None
    if isinstance(found, Exception):
        raise found
    return found


def _outcome(address: str, ends: float, form: Mapping[str, str] | None) -> dict[str, Any] | Exception:
    try:
        return _answer(address, ends, form)
    except Exception as error:  # it is raised again where the answer is awaited
        return error


def _answer(address: str, ends: float, form: Mapping[str, str] | None) -> dict[str, Any]:
    data = urlencode(form).encode() if form is not None else None
    request = Request(address, data, {"Accept": "application/json"})  # noqa: S310 (see _secure)
    body = b""
    try:
        with _opener.open(request, timeout=max(0.01, ends - time.monotonic())) as answer:
            while chunk := answer.read1(65536):
                body += chunk
                if len(body) > MOST_BYTES or time.monotonic() > ends:
                    raise Silent("its answer is too long, or too slow")
        found = json.loads(body)
    except HTTPError as error:
        error.close()
        if form is not None and error.code in (400, 401):
            raise NotBelieved("the service does not take the code") from error
        raise Silent(f"it answers {error.code}") from error
    except (URLError, OSError, HTTPException, ValueError, RecursionError) as error:
        raise Silent(type(error).__name__) from error
    if not isinstance(found, dict):
        raise Silent("its answer is no object")
    return found
