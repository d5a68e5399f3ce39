"""Headers of every answer: a nonce CSP, no sniffing, no framing, no storing of signed-in pages."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface

from fundflow.web.access import me_or_nobody

View = TypeVar("View", bound=Callable[..., Any])

FOR_GOOD = "public, max-age=31536000, immutable"


def kept_for_good(view: View) -> View:
    """Declare that what a route serves is the same for everybody, and never changes at its address."""
    view.kept_for_good = True  # type: ignore[attr-defined]
    return view


class Sessions(SecureCookieSessionInterface):
    """What is kept for good carries nobody’s session, which would end with it in a cache."""

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if not _is_kept_for_good():
            super().save_session(app, session, response)


def _is_kept_for_good() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "kept_for_good", False)


def nonce() -> str:
    """This request's nonce for inline scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def prepare(app: Flask) -> None:
    app.jinja_env.globals["csp_nonce"] = nonce
    app.session_interface = Sessions()

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _policy(f"'self' 'nonce-{nonce()}'"))
        response.headers.update(_others(app))
        if response.status_code == 200 and _is_kept_for_good():
            response.headers["Cache-Control"] = FOR_GOOD
        elif request.endpoint != "static" and (request.endpoint is None or _personal()):
            response.headers["Cache-Control"] = "no-store"
        return response


def headers_of_files(app: Flask) -> dict[str, str]:
    """Those of a file that is served without the application: it has no script within."""
    return {"Content-Security-Policy": _policy("'self'"), **_others(app)}


def _others(app: Flask) -> dict[str, str]:
    """What every answer carries beside its policy."""
    tls = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if app.config["TLS"] else {}
    return tls | {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def _personal() -> bool:
    """Whether an answer is one person's; the address of a one-time link is as good as its holder."""
    return me_or_nobody() is not None or request.method == "POST" or "token" in (request.view_args or {})


def _policy(scripts: str) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
