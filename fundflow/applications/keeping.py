"""Which sections of a bid's form somebody typed into and has not saved; `web/keeping.py` keeps it."""

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.kept_typing import KeptTyping
from fundflow.models.person import User


def sections_typed_in(user: User, bid: Bid) -> set[str]:
    """Slugs of the sections in which this person typed something and has not saved it."""
    places = db.session.scalars(
        select(KeptTyping.place).where(KeptTyping.user_id == user.id, KeptTyping.bid_id == bid.id)
    )
    return {place.split("/")[4] for place in places}
