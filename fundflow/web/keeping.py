"""Typing that is not saved yet, kept on the server for the one who typed it.

The page sends its fields as they are typed; the person who left in the middle finds them there again, on
any device. Nobody else sees them, and nothing changes before they are saved.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from flask import abort
from sqlalchemy import Delete, delete, select
from sqlalchemy.exc import IntegrityError

from fundflow.extensions import db
from fundflow.models.kept_typing import KeptTyping
from fundflow.models.person import User
from fundflow.web.unfinished import MOST_CHARACTERS

MOST_PAGES = 40  # of one person at a time; those kept the longest ago are forgotten first
NOT_KEPT = ("csrf_token", "version", "place", "check", "change")

Fields = Mapping[str, list[str]]


class Place(NamedTuple):
    """A page into which the signed-in person types.

    bid_id   of the bid that it is a part of, if it is of one
    why_not  why nothing can be saved there now, as a sentence
    """

    bid_id: int | None
    why_not: str | None


Find = Callable[[re.Match[str]], Place]
PAGES: dict[re.Pattern[str], Find] = {}


def keeps_typing(pattern: str) -> Callable[[Find], Find]:
    """Decorates what finds the page at a path of this pattern: with 404 for those who do not fill it in."""

    def register(find: Find) -> Find:
        PAGES[re.compile(pattern)] = find
        return find

    return register


def place_at(path: str) -> Place:
    """The page at this path, for who fills it in, else 404."""
    matches = ((pattern.fullmatch(path), find) for pattern, find in PAGES.items())
    found, find = next(((found, find) for found, find in matches if found), None) or abort(404)
    return find(found)


def keep_typing(path: str, fields: Fields, *, bid_id: int | None, user: User, now: datetime) -> bool:
    """Keep a page's fields as they are typed, instead of what was kept before; False where they
    are longer than any form."""
    kept = {name: values for name, values in fields.items() if name not in NOT_KEPT}
    if sum(len(name) + len(value) for name, values in kept.items() for value in values) > MOST_CHARACTERS:
        return False
    db.session.execute(_of(user, path))
    _forget_oldest(user)
    db.session.add(KeptTyping(user_id=user.id, bid_id=bid_id, place=path, fields=kept, kept_at=now))
    try:
        db.session.commit()
    except IntegrityError:  # another request of theirs kept this page at the same moment
        db.session.rollback()
    return True


def _forget_oldest(user: User) -> None:
    """Leave room for one more page."""
    newest = (
        select(KeptTyping.id)
        .where(KeptTyping.user_id == user.id)
        .order_by(KeptTyping.id.desc())
        .offset(MOST_PAGES - 1)
        .limit(1)
    )
    if (last := db.session.scalar(newest)) is not None:
        gone = (KeptTyping.user_id == user.id) & (KeptTyping.id <= last)
        db.session.execute(delete(KeptTyping).where(gone))


def kept_typing(user: User, path: str) -> KeptTyping | None:
    """What this person typed at this path and has not saved."""
    return db.session.scalar(
        select(KeptTyping).where(KeptTyping.user_id == user.id, KeptTyping.place == path)
    )


def forget_typing(user: User, path: str) -> None:
    """The typing was saved, or is no longer wanted."""
    db.session.execute(_of(user, path))
    db.session.commit()


def _of(user: User, path: str) -> Delete:
    return delete(KeptTyping).where(KeptTyping.user_id == user.id, KeptTyping.place == path)
