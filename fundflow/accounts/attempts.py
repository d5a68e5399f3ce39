"""Counting what anybody may send unasked (requests for sign-in links, complaints about data) in the database,
so that any number of web workers count together.

Somebody else's requests must not lock a person out. So a browser in which they were signed in before, which
a signed cookie shows, is counted by itself; any other by its network and the address together, by its
network, and (so that nobody's mailbox is flooded from many networks) by the address. Only keyed hashes are
kept, for a day.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, select

from fundflow.extensions import db
from fundflow.models.person import SignInAttempt

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
COOKIE = "fundflow_browser"
A_YEAR = 60 * 60 * 24 * 365  # seconds


def within_limits(email: str, network: str, now: datetime, *, browser: str | None = None) -> bool:
    """Count this attempt, and say whether all it counts towards is still within its limit.

    browser  the mark of a browser in which this person was signed in before (see `browser_of`)
    Commits: an attempt counts whatever becomes of it, and counting after the commit means that
    attempts made at the same moment see one another.
    """
    return _counted(_limits(email, network, browser), WINDOW, now)


def within_daily_limit(what: str, most: int, now: datetime) -> bool:
    """Count one more of these, from everybody together, and say whether 24 hours hold at most `most`."""
    return _counted({_hashed("all of a day", what): most}, KEPT, now)


def _counted(limits: dict[str, int], window: timedelta, now: datetime) -> bool:
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEPT))
    db.session.add_all(SignInAttempt(subject=subject, at=now) for subject in limits)
    db.session.commit()
    counts = dict(
        db.session.execute(
            select(SignInAttempt.subject, func.count())
            .where(SignInAttempt.subject.in_(limits), SignInAttempt.at > now - window)
            .group_by(SignInAttempt.subject)
        ).all()
    )
    return all(counts.get(subject, 0) <= limit for subject, limit in limits.items())


def _limits(email: str, network: str, browser: str | None) -> dict[str, int]:
    """What an attempt counts towards → how many there may be."""
    config = current_app.config
    if browser:
        return {_hashed("browser", browser): config["SIGN_IN_PER_ADDRESS"]}
    return {
        _hashed("address and network", f"{email} {network}"): config["SIGN_IN_PER_ADDRESS"],
        _hashed("network", network): config["SIGN_IN_PER_NETWORK"],
        _hashed("address", email): config["SIGN_IN_PER_NETWORK"],
    }


def network_of(address: str | None) -> str:
    """What counts as one network: an IPv4 address, or the /64 an IPv6 address lies in."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)


def browser_of(email: str) -> str | None:
    """The mark of this request's browser, if this address was the last to be signed in with it."""
    address, mark = _cookie()
    return mark if hmac.compare_digest(address, _hashed("address", email)) else None


def mark_of_browser() -> str:
    """The mark of this request's browser, for all who sign in with it; a new one where it has none."""
    return _cookie()[1] or secrets.token_hex(16)


def _cookie() -> tuple[str, str]:
    """(hash of an address, mark) of this request's browser; both empty where it has none of ours."""
    try:
        address, mark = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, TypeError, ValueError):
        return "", ""
    return str(address), str(mark)


def mark_browser(response: Response, email: str, mark: str) -> Response:
    """Let this browser be known again as one in which this address was signed in."""
    response.set_cookie(
        COOKIE,
        _signer().dumps([_hashed("address", email), mark]),
        max_age=A_YEAR,
        secure=current_app.config.get("SESSION_COOKIE_SECURE", False),
        httponly=True,
        samesite="Lax",
        path="/sign-in",
    )
    return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="a browser signed in before")


def _hashed(kind: str, value: str) -> str:
    key = current_app.config["SECRET_KEY"]
    return hmac.new(str(key).encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
