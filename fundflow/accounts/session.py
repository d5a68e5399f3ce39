"""Who is signed in: a session is a row on the server, and the cookie holds its key.

Ending the row ends the session, wherever its cookie was copied to. It also ends by itself: some minutes
after it was last seen, and some hours after it began (settings).
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app, g, request, session
from flask_login import login_user
from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from fundflow.accounts.attempts import network_of
from fundflow.accounts.browsers import browser_words
from fundflow.database import appends, is_collision
from fundflow.extensions import db, login_manager
from fundflow.letters.links import hash_of
from fundflow.models.interest import RegisteredInterest
from fundflow.models.person import BrowserSession, Membership, OneTimeLink, Seat, User
from fundflow.models.signing_in import FreshProof
from fundflow.web.access import me_or_nobody, now

SEEN_EVERY = timedelta(minutes=5)  # at most so often is it noted that a session was seen
KEPT = timedelta(days=30)  # of a session that is over

# Everything that people on a page hold, in three queries however many they are; a school brings its trust.
HOLDINGS: tuple[ORMOption, ...] = (
    selectinload(User.roles),
    selectinload(User.memberships).joinedload(Membership.school),
    selectinload(User.seats).options(joinedload(Seat.school)),
)
# The person of a session with the same, in one query: every page asks it, and one person holds little.
OF_SESSION = (
    select(User, BrowserSession)
    .join(BrowserSession, BrowserSession.user_id == User.id)
    .where(BrowserSession.key_hash == bindparam("key_hash"), User.active.is_(True))
    .options(
        joinedload(User.roles),
        joinedload(User.memberships).joinedload(Membership.school),
        joinedload(User.seats).joinedload(Seat.school),
        joinedload(User.registered_interests).joinedload(RegisteredInterest.school),
    )
)

# A head whose phone moves from the school's network to another stays signed in: Flask-Login only notes it.
login_manager.session_protection = "basic"


def load_user(key: str) -> User | None:
    """The person whom this session belongs to; None where it is over, or its person deactivated."""
    found = db.session.execute(OF_SESSION, {"key_hash": hash_of(key)}).unique().one_or_none()
    if found is None or is_over(found[1], now()):
        return None
    user: User = found[0]
    one: BrowserSession = found[1]
    g.browser_session = one
    g.session_seen = one.id, one.seen_at  # a commit expires the row
    user.browser_session_id = one.id
    return user


def is_over(one: BrowserSession, at: datetime) -> bool:
    """Whether a session was ended, was not seen for too long, or began too long ago."""
    idle, absolute = _limits()
    return one.ended_at is not None or at > one.seen_at + idle or at > one.begun_at + absolute


def _limits() -> tuple[timedelta, timedelta]:
    config = current_app.config
    return timedelta(minutes=config["SESSION_IDLE_MINUTES"]), timedelta(hours=config["SESSION_HOURS"])


def this_session() -> BrowserSession | None:
    """The session of this request, where somebody is signed in."""
    one: BrowserSession | None = g.get("browser_session")
    return one


def start_session(user: User) -> None:
    """Sign somebody in, in a session of their own: the one before in this browser ends. Commits."""
    at, key = now(), secrets.token_urlsafe(32)
    if me_or_nobody() and (before := this_session()):
        before.ended_at = at
    idle, _ = _limits()
    _forget_sessions(BrowserSession.seen_at < at - idle - KEPT)
    db.session.add(
        BrowserSession(
            user_id=user.id,
            key_hash=hash_of(key),
            begun_at=at,
            seen_at=at,
            browser=browser_words(request.user_agent.string),
            network=network_of(request.remote_addr),
        )
    )
    if user.last_signed_in_at is None or at - user.last_signed_in_at > SEEN_EVERY:
        user.last_signed_in_at = at  # to some minutes: a row that is written at every turn grows slow
    db.session.commit()
    session.clear()
    session.permanent = True
    user.session_id = key
    login_user(user)


def _forget_sessions(long_over: ColumnElement[bool]) -> None:
    """Sessions, and what was proved in them."""
    gone = select(BrowserSession.id).where(long_over)
    db.session.execute(delete(FreshProof).where(FreshProof.session_id.in_(gone)))
    db.session.execute(delete(BrowserSession).where(long_over))


def note_seen() -> None:
    """Note that this request's session was seen, now and then, in a short transaction of its own.

    A page is never kept waiting for it: where somebody else is writing, the next request notes it.
    """
    number, seen_at = g.get("session_seen", (None, None))
    at = now()
    if number is None or at - seen_at < SEEN_EVERY:
        return
    try:
        with appends(db.engine, patient=False) as short:
            short.execute(
                update(BrowserSession)
                .where(BrowserSession.id == number, BrowserSession.ended_at.is_(None))
                .values(seen_at=at)
            )
            short.commit()
    except OperationalError as error:
        if not is_collision(error):
            raise


def sessions_of(user: User, at: datetime) -> Sequence[BrowserSession]:
    """Where somebody is signed in now, the latest seen first."""
    idle, absolute = _limits()
    return db.session.scalars(
        select(BrowserSession)
        .where(
            BrowserSession.user_id == user.id,
            BrowserSession.ended_at.is_(None),
            BrowserSession.seen_at >= at - idle,
            BrowserSession.begun_at >= at - absolute,
        )
        .order_by(BrowserSession.seen_at.desc(), BrowserSession.id.desc())
    ).all()


def end_sessions(user: User, at: datetime, *which: ColumnElement[bool]) -> int:
    """End those of somebody's sessions that meet these conditions, else all; how many. The caller commits."""
    open_ones = (BrowserSession.user_id == user.id, BrowserSession.ended_at.is_(None))
    ended = db.session.execute(update(BrowserSession).where(*open_ones, *which).values(ended_at=at))
    return int(ended.rowcount)  # type: ignore[attr-defined]  # of an UPDATE


def void_links(user: User, at: datetime, *which: ColumnElement[bool]) -> None:
    """Unused links of somebody that meet these conditions, else all, work no more. The caller commits."""
    unused = (OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at)
    db.session.execute(
        update(OneTimeLink)
        .where(*unused, *which)
        .values(expires_at=at)
        .execution_options(synchronize_session=False)
    )


login_manager.user_loader(load_user)
