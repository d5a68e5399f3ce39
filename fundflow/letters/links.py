"""One-time links: minted when a letter is handed over, kept as a hash only.

Nobody who reads letters, or the database, can sign in or sign with one.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app

from fundflow.extensions import db
from fundflow.models.person import LinkPurpose, OneTimeLink

P = LinkPurpose

PATHS = {P.SIGN_IN: "/sign-in/link/", P.INVITATION: "/sign-in/link/", P.APPROVAL: "/approve/"}


def mint(purpose: LinkPurpose, subject_id: int, now: datetime) -> str:
    """A new token and the row that remembers its hash; the caller commits.

    subject_id  the approval's id for an APPROVAL, else the person's
    """
    token = secrets.token_urlsafe(32)
    for_approval = purpose is P.APPROVAL
    db.session.add(
        OneTimeLink(
            purpose=purpose,
            token_hash=hash_of(token),
            minted_at=now,
            expires_at=now + lifetime(purpose),
            user_id=None if for_approval else subject_id,
            approval_id=subject_id if for_approval else None,
        )
    )
    return token


def hash_of(token: str) -> str:
    """What is kept of a token. It is long and random, so a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def url_of(purpose: LinkPurpose, token: str) -> str:
    """The whole address of the page on which this link is used."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{PATHS[purpose]}{token}"


def lifetime(purpose: LinkPurpose) -> timedelta:
    if purpose is P.SIGN_IN:
        return timedelta(minutes=current_app.config["SIGN_IN_MINUTES"])
    return timedelta(days=14 if purpose is P.INVITATION else 60)
