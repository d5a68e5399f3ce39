"""A letter about a sign-in with a new browser, to people whose fund wants to know that it is them."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.writing import write_letter
from fundflow.models.person import User
from fundflow.models.signing_in import KnownBrowser
from fundflow.proofs import wanted_of


def note_browser(
    user: User, mark: str, *, browser: str, network: str, now: datetime, tells: bool = True
) -> None:
    """Remember this browser, and tell its person where it is new; commits. Nothing where no fund asks them.

    mark   what the browser's signed cookie holds; its hash is kept
    tells  False at an account's very first sign-in
    """
    if wanted_of(user, now) is None:
        return
    mark_hash = hashlib.sha256(mark.encode()).hexdigest()
    query = select(KnownBrowser).where(KnownBrowser.user_id == user.id, KnownBrowser.mark_hash == mark_hash)
    if known := db.session.scalar(query):
        known.seen_at = now
    else:
        db.session.add(KnownBrowser(user_id=user.id, mark_hash=mark_hash, seen_at=now))
        if tells:
            write_letter(
                "accounts/new_browser.txt",
                "user",
                Addressee(user.name, user.email, user),
                key=f"new-browser:{user.id}:{secrets.token_hex(8)}",
                now=now,
                path="/me",
                context={"browser": browser, "network": network},
            )
    db.session.commit()
