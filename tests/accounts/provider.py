"""A sign-in service on loopback that speaks OpenID Connect: it checks what it is sent, lies where told."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

MOVED = "-moved"
CLIENT, SECRET, TENANT = "fundflow-client", "a secret of the two", "tenant-of-brackenford"


@cache
def key(name: str) -> RSAKey:
    """A key pair; making one takes its time."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


class Provider:
    """What it says of a sign-in is its `claims`; tests change them, the key, the header or the answers.

    silent    addresses that never answer
    dripping  addresses whose answers come a byte at a time, and never end
    broken    address → status of its answer
    moved     addresses that lead on to another of its own
    raw       address → bytes in place of its answer, its headers included
    published names of its keys
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.issuer = f"http://{host}:{self.server.server_port}/tenant/v2.0"
        self.subject = "subject-of-priya"
        self.changed: dict[str, Any] = {}  # claims that differ; None leaves one out
        self.metadata: dict[str, Any] = {}
        self.says_iss = False
        self.signs_with, self.header = key("right"), {"alg": "RS256", "kid": "right"}
        self.token: str | None = None  # sent in place of a signed one
        self.silent: set[str] = set()
        self.dripping: set[str] = set()
        self.broken: dict[str, int] = {}
        self.moved: set[str] = set()
        self.raw: dict[str, bytes] = {}
        self.published = ["right"]
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []  # addresses, in order
        self.stopping = threading.Event()

    # -- in place of a browser ----------------------------------------------------------------------------

    def signs_in(self, address: str) -> dict[str, str]:
        """What the browser brings back from this address, once its person has signed in there."""
        wanted = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert wanted["response_type"] == "code"
        assert wanted["client_id"] == CLIENT
        assert wanted["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = wanted
        says = {"iss": self.issuer} if self.says_iss else {}
        return {"code": code, "state": wanted["state"], **says}

    # -- its addresses ------------------------------------------------------------------------------------

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        here = path.removeprefix("/tenant/v2.0")
        self.asked.append(here)
        if here in self.silent:
            self.stopping.wait(20)
        if here in self.moved:
            return 302, {}
        here = here.removesuffix(MOVED)
        if here in self.broken:
            return self.broken[here], {"error": "server_error"}
        if here == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **({"authorization_response_iss_parameter_supported": True} if self.says_iss else {}),
                **self.metadata,
            }
        if here == "/keys":
            return 200, {"keys": [key(name).as_dict(private=False) for name in self.published]}
        return self._token(form) if here == "/token" else (404, {})

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        wanted = self.codes.pop(form.get("code", ""), None)  # a code works once
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            wanted is None
            or form.get("client_secret") != SECRET
            or form.get("redirect_uri") != wanted["redirect_uri"]
            or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != wanted["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(wanted)}

    def signed(self, wanted: dict[str, str]) -> str:
        if self.token is not None:
            return self.token
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "tid": TENANT,
            "nonce": wanted["nonce"],
            "iat": now,
            "exp": now + 300,
            **({"auth_time": now} if "max_age" in wanted else {}),
            **self.changed,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(self.header, claims, self.signs_with)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if self._odd(parts.path):
            return None
        if parts.path.endswith("/authorize"):
            return self._sign_in(parts.query)
        return self._send(*self.provider.answer(parts.path, {}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        return None if self._odd(self.path) else self._send(*self.provider.answer(self.path, form))

    def _odd(self, path: str) -> bool:
        """Answer with raw bytes, or drip, where this address does."""
        here = path.removeprefix("/tenant/v2.0")
        if here in self.provider.raw:
            with suppress(OSError):
                self.wfile.write(self.provider.raw[here])
        while here in self.provider.dripping and not self.provider.stopping.wait(0.05):
            try:
                self.wfile.write(b"H")
            except OSError:
                return True
        return here in self.provider.raw or here in self.provider.dripping

    def _sign_in(self, query: str) -> None:
        """A page with a link back for each thing that its person may do."""
        back = parse_qs(query)["redirect_uri"][0]
        state = parse_qs(query)["state"][0]
        fine = self.provider.signs_in(f"{self.provider.issuer}/authorize?{query}")
        cancelled = {"error": "access_denied", "state": state}
        links = "".join(
            f'<p><a href="{back}?{urlencode(answer)}">{words}</a></p>'.replace("&", "&amp;")
            for words, answer in (("Yes, it is me", fine), ("Cancel", cancelled))
        )
        self._send(200, f"<!doctype html><title>Council</title><h1>Council</h1>{links}")

    def _send(self, status: int, body: Any) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        kind = "text/html" if isinstance(body, str) else "application/json"
        self.send_header("Content-Type", kind)
        if status == 302:
            self.send_header("Location", f"{self.path}{MOVED}")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing on the tests' screen."""


def _handler(provider: Provider) -> type[_Handler]:
    return type("Handler", (_Handler,), {"provider": provider})


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Provider]:
    provider = Provider(host)
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield provider
    provider.stopping.set()
    provider.server.shutdown()
    provider.server.server_close()
    thread.join(2)


def settings_of(provider: Provider) -> dict[str, Any]:
    return {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_TENANT": TENANT,
        "OIDC_NAME": "your council account",
    }
