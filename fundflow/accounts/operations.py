"""Signing in, and what people may change about themselves."""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from fundflow.accounts.attempts import within_limits
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.links import hash_of
from fundflow.letters.recipients import Addressee
from fundflow.letters.writing import write_letter
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, OneTimeLink, User
from fundflow.workflow.engine import Refused

SIGNS_IN = (LinkPurpose.SIGN_IN, LinkPurpose.INVITATION)

SPENT = (
    "A sign-in link works once, and for a short time. This one has been used, has run out or was "
    "not copied whole."
)


class TooMany(Exception):
    """More sign-in links were asked for than an address or a network may ask for."""


def ask_for_link(*, email: str, network: str, now: datetime) -> None:
    """Email a sign-in link, if this address has an account; say nothing about whether it has.

    Asked again while the letter still waits to be sent, for which a second click is enough, the
    one letter does: its link is made as it leaves. Where no letter goes, one is written all the same
    and thrown away, so that a stopwatch does not tell either. Raises TooMany over the limits, whether
    or not there is an account.
    """
    if not within_limits(email, network, now):
        raise TooMany
    user = db.session.scalar(
        select(User)
        .where(User.email == email, User.active.is_(True))
        .with_for_update(of=User, key_share=True)
    )
    goes = user is not None and not _is_on_its_way(user)
    who = Addressee(user.name, user.email, user) if user else Addressee("Nobody", email)
    letter = write_letter(
        "accounts/sign_in.txt",
        "user",
        who,
        now=now,
        link=LinkPurpose.SIGN_IN,
        key=f"sign-in:{user.id if user else 0}:{secrets.token_hex(8)}",
    )
    db.session.flush()  # writing is what takes its time
    if not goes:
        db.session.delete(letter)  # in the same transaction, so nobody ever saw it
    db.session.commit()


def _is_on_its_way(user: User) -> bool:
    return (
        db.session.scalar(
            select(Letter.id)
            .where(
                Letter.user_id == user.id,
                Letter.link_purpose == LinkPurpose.SIGN_IN,
                Letter.status == LetterStatus.QUEUED,
                Letter.attempts == 0,
            )
            .limit(1)
        )
        is not None
    )


def claim_link(token: str, *, now: datetime) -> User:
    """Use up a link and return whose it was; raises Refused where it can't be used.

    One statement claims it, so of two that try at once one signs in.
    """
    user_id = db.session.scalar(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == hash_of(token), *_usable(now))
        .values(used_at=now)
        .returning(OneTimeLink.user_id)
        .execution_options(synchronize_session=False)
    )
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not user.active:
        db.session.rollback()
        raise Refused(SPENT)
    db.session.commit()
    return user


def is_usable(token: str, now: datetime) -> bool:
    """Whether a link could be claimed now. Looking does not use it up."""
    query = (
        select(OneTimeLink.id)
        .join(User, OneTimeLink.user_id == User.id)
        .where(OneTimeLink.token_hash == hash_of(token), User.active.is_(True), *_usable(now))
    )
    return db.session.scalar(query) is not None


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.purpose.in_(SIGNS_IN),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )


def change_me(user: User, *, name: str, job_title: str, each_letter: bool | None, now: datetime) -> None:
    """Change what people may change about themselves; a new name is noted, since history shows it.

    each_letter  each letter at once instead of the daily digest; None leaves it as it is
    """
    if name != user.name:
        record_event(user, "rename", f"{user.name[:85]} is now called {name[:85]}", user=user, now=now)
    user.name, user.job_title = name, job_title
    if each_letter is not None:
        user.each_letter = each_letter
    db.session.commit()
