"""Counting requests for sign-in links, per address and per network, in the database.

Only keyed hashes are kept, for a day; any number of web workers count together.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from flask import current_app
from sqlalchemy import delete, func, select

from fundflow.extensions import db
from fundflow.models.person import SignInAttempt

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)


def within_limits(email: str, network: str, now: datetime) -> bool:
    """Count this attempt, and say whether address and network are still within their limits.

    Commits: an attempt counts whatever becomes of it, and counting after the commit means that
    attempts made at the same moment see one another.
    """
    config = current_app.config
    limits = {
        _subject("address", email): config["SIGN_IN_PER_ADDRESS"],
        _subject("network", network): config["SIGN_IN_PER_NETWORK"],
    }
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEPT))
    db.session.add_all(SignInAttempt(subject=subject, at=now) for subject in limits)
    db.session.commit()
    counts = dict(
        db.session.execute(
            select(SignInAttempt.subject, func.count())
            .where(SignInAttempt.subject.in_(limits), SignInAttempt.at > now - WINDOW)
            .group_by(SignInAttempt.subject)
        ).all()
    )
    return all(counts.get(subject, 0) <= limit for subject, limit in limits.items())


def network_of(address: str | None) -> str:
    """What counts as one network: an IPv4 address, or the /64 an IPv6 address lies in."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)


def _subject(kind: str, value: str) -> str:
    key = current_app.config["SECRET_KEY"]
    return hmac.new(str(key).encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
