"""Typing that is not saved yet, kept on the server for the one who typed it.

The page sends its fields as they are typed; the person who left in the middle finds them there again, on
any device. Nobody else sees them, and nothing of the bid changes before they are saved.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Delete, delete, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.kept_typing import KeptTyping
from fundflow.models.person import User
from fundflow.web.unfinished import MOST_CHARACTERS

PLACE = re.compile(r"/bids/([A-Za-z0-9-]{1,20})/form/[a-z-]{1,40}(?:/[a-z-]{1,40}/(?:add|[0-9]{1,15}))?")
MOST_PAGES = 40  # of one person at a time; those kept the longest ago are forgotten first
NOT_KEPT = ("csrf_token", "version", "place")

Fields = dict[str, list[str]]


def reference_of(place: str) -> str | None:
    """The bid whose form lies at this path; None where no page of a form does."""
    found = PLACE.fullmatch(place)
    return found.group(1) if found else None


def keep_typing(bid: Bid, place: str, fields: Mapping[str, list[str]], *, user: User, now: datetime) -> bool:
    """Keep a page's fields as they are typed, instead of what was kept before; False where they
    are longer than any form."""
    kept = {name: values for name, values in fields.items() if name not in NOT_KEPT}
    if sum(len(name) + len(value) for name, values in kept.items() for value in values) > MOST_CHARACTERS:
        return False
    db.session.execute(_of(user, place))
    _forget_oldest(user)
    db.session.add(KeptTyping(user_id=user.id, bid_id=bid.id, place=place, fields=kept, kept_at=now))
    db.session.commit()
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


def kept_typing(user: User, place: str) -> KeptTyping | None:
    """What this person typed at this path and has not saved."""
    return db.session.scalar(
        select(KeptTyping).where(KeptTyping.user_id == user.id, KeptTyping.place == place)
    )


def sections_typed_in(user: User, bid: Bid) -> set[str]:
    """Slugs of the sections in which this person typed something and has not saved it."""
    places = db.session.scalars(
        select(KeptTyping.place).where(KeptTyping.user_id == user.id, KeptTyping.bid_id == bid.id)
    )
    return {place.split("/")[4] for place in places}


def forget_typing(user: User, place: str) -> None:
    """The typing was saved, or is no longer wanted."""
    db.session.execute(_of(user, place))
    db.session.commit()


def _of(user: User, place: str) -> Delete:
    return delete(KeptTyping).where(KeptTyping.user_id == user.id, KeptTyping.place == place)
