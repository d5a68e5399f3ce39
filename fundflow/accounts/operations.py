"""Signing in, and what people may change about themselves."""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from fundflow.accounts.appointing import tell_others, tell_them
from fundflow.accounts.attempts import within_limits
from fundflow.accounts.names import RENAMED, require_own_name
from fundflow.accounts.session import end_sessions, void_links
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.addressee import Addressee
from fundflow.letters.links import hash_of
from fundflow.letters.writing import write_letter
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import SIGNS_IN, BrowserSession, LinkPurpose, OneTimeLink, User
from fundflow.workflow.engine import Refused

SPENT = (
    "A sign-in link works once, and for a short time. This one has been used, has run out or was "
    "not copied whole."
)


class TooMany(Exception):
    """More sign-in links were asked for than an address or a network may ask for."""


def ask_for_link(*, email: str, network: str, now: datetime, browser: str | None = None) -> None:
    """Email a sign-in link, if this address has an account; say nothing about whether it has.

    Asked again while the letter still waits to be sent, for which a second click is enough, the
    one letter does: its link is made as it leaves. Where no letter goes, one is written all the same
    and thrown away, so that a stopwatch does not tell either. Raises TooMany over the limits, whether
    or not there is an account.

    browser  the mark of a browser in which this address was signed in before
    """
    if not within_limits(email, network, now, browser=browser):
        raise TooMany
    user = db.session.scalar(
        select(User)
        .where(User.email == email, User.active.is_(True))
        .with_for_update(of=User, key_share=True)
    )
    goes = user is not None and not _is_on_its_way(user)
    who = Addressee(user.name, user.email, user) if user else Addressee("Nobody", email)
    tried = db.session.begin_nested()
    write_letter(
        "accounts/sign_in.txt",
        "user",
        who,
        now=now,
        link=LinkPurpose.SIGN_IN,
        key=f"sign-in:{user.id if user else 0}:{secrets.token_hex(8)}",
    )
    db.session.flush()  # writing is what takes its time
    if goes:
        tried.commit()
    else:
        tried.rollback()  # nobody ever saw it
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

    One statement claims it, so of two that try at once one signs in. Their other links work no more.
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
    void_links(user, now, OneTimeLink.purpose.in_(SIGNS_IN))
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


def sign_out(one: BrowserSession, *, now: datetime) -> None:
    """End one session, on the server: a copy of its cookie is worth nothing."""
    end_sessions(one.user, now, BrowserSession.id == one.id)
    db.session.commit()


def sign_out_elsewhere(one: BrowserSession, *, now: datetime) -> int:
    """End all sessions of the same person but this one; how many."""
    ended = end_sessions(one.user, now, BrowserSession.id != one.id)
    void_links(one.user, now)
    db.session.commit()
    return ended


def change_me(user: User, *, name: str, job_title: str, each_letter: bool | None, now: datetime) -> None:
    """Change what people may change about themselves.

    each_letter  each letter at once instead of the daily digest; None leaves it as it is
    Raises Refused for a name of somebody else's. History keeps the old name, and administrators are told.
    """
    rename(user, name=name, job_title=job_title, by=user, now=now)
    if each_letter is not None:
        user.each_letter = each_letter
    db.session.commit()


def rename(user: User, *, name: str, job_title: str, by: User, now: datetime, reason: str = "") -> None:
    """Give an account another name or job title; the caller has asked whether `by` may, and commits."""
    if (name, job_title) == (user.name, user.job_title):
        return
    before = user.name
    if name != before:
        require_own_name(name, user)
    step = RENAMED if name != before else "retitle"
    words = " and ".join(_changed(user, name, job_title))
    user.name, user.job_title = name, job_title
    entry = record_event(
        user,
        step,
        words,
        user=by,
        by=before if by.id == user.id else "",
        now=now,
        reason=reason,
        given={"name_before": before},
    )
    tell_others(user, words, entry, fund_id=None, by=by, reason=reason)
    tell_them(user, words, entry, by=by)


def _changed(user: User, name: str, job_title: str) -> list[str]:
    """What changes, as history says it."""
    changes = []
    if name != user.name:
        changes.append(f"{user.name[:60]} is now called {name[:60]}")
    if job_title != user.job_title:
        changes.append(f"job title now “{job_title[:60]}”" if job_title else "no job title now")
    return changes
