"""Who is signed in: reading the session and starting a new one."""

import secrets

from flask import session
from flask_login import login_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from fundflow.extensions import db, login_manager
from fundflow.models.person import Membership, Seat, User

# Everything a person holds, in three queries however much it is; a school brings its trust.
HOLDINGS: tuple[ORMOption, ...] = (
    selectinload(User.roles),
    selectinload(User.memberships).joinedload(Membership.school),
    selectinload(User.seats).options(joinedload(Seat.school)),
)

# The session cookie is permanent, so Flask-Login only notes a change of address or browser: a
# head whose phone moves from the school's network to another stays signed in. What ends a session
# is the person's `session_key`: change it and every session with the old one is over.
login_manager.session_protection = "basic"


def load_user(session_id: str) -> User | None:
    """Whoever this session belongs to; None when they were signed out everywhere or deactivated."""
    number, _, key = session_id.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = db.session.scalar(select(User).where(User.id == int(number)).options(*HOLDINGS))
    if user is None or not user.active or not secrets.compare_digest(user.session_key.encode(), key.encode()):
        return None
    return user


def start_session(user: User) -> None:
    """Sign somebody in, in a session of their own: nothing of the one before is kept."""
    session.clear()
    session.permanent = True
    login_user(user)


def new_session_key() -> str:
    return secrets.token_hex(16)


login_manager.user_loader(load_user)
