"""One-time links: minted when a letter is handed over, kept as a hash only.

Nobody who reads letters, or the database, can sign in or sign with one.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import update

from fundflow.extensions import db
from fundflow.models.person import LinkPurpose, OneTimeLink

P = LinkPurpose

SIGN_IN, ADDRESS = "/sign-in/link/", "/address/"
ANSWER = {"approval": "/approve/", "confirmation": "/confirm/", "days_ask": "/days/"}  # by what is asked
ADDRESSES = (P.OLD_ADDRESS, P.NEW_ADDRESS)  # the two that change one
DAYS = {P.INVITATION: 14, P.ANSWER: 60, P.OLD_ADDRESS: 2, P.NEW_ADDRESS: 2}  # how long they last


class AnsweredRecord(NamedTuple):
    """A record that takes an answer by link, as the history names it."""

    process: str
    id: int

    @classmethod
    def of(cls, record: Any) -> "AnsweredRecord":
        return cls(record.workflow.name, record.id)


def mint(purpose: LinkPurpose, user_id: int, now: datetime) -> str:
    """A new token that signs somebody in, and the row that remembers its hash; the caller commits."""
    return _mint(purpose, now, user_id=user_id)


def mint_answer(asked: AnsweredRecord, email: str, now: datetime) -> str:
    """A new token that takes one answer, sent to this address; the caller commits."""
    return _mint(P.ANSWER, now, asked_process=asked.process, asked_id=asked.id, email=email)


def _mint(purpose: LinkPurpose, now: datetime, **subject: Any) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeLink(
            purpose=purpose,
            token_hash=hash_of(token),
            minted_at=now,
            expires_at=now + lifetime(purpose),
            **subject,
        )
    )
    return token


def end_answer_links(asked: AnsweredRecord, now: datetime) -> None:
    """Let the links end that were sent so far for this record; the caller commits.

    Called when it is asked again, asked no longer, or its letter is sent again.
    """
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.asked_process == asked.process, OneTimeLink.asked_id == asked.id)
        .where(OneTimeLink.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def hash_of(token: str) -> str:
    """What is kept of a token. It is long and random, so a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def url_of(token: str, asked: AnsweredRecord | None = None, *, purpose: LinkPurpose = P.SIGN_IN) -> str:
    """The whole address of the page on which a link is used: to sign in, to change an address, or to
    answer what is asked."""
    path = ANSWER[asked.process] if asked else ADDRESS if purpose in ADDRESSES else SIGN_IN
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}{token}"


def lifetime(purpose: LinkPurpose) -> timedelta:
    if purpose is P.SIGN_IN:
        return timedelta(minutes=current_app.config["SIGN_IN_MINUTES"])
    return timedelta(days=DAYS[purpose])
