"""Who read what: kept even by a GET, whose own transaction can't write."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from fundflow.database import appends
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.files import Viewing
from fundflow.models.person import User

A_PAGE = 50


def record(bid: Bid, user: User, what: str, now: datetime) -> None:
    """Keep that somebody read this, in a short transaction of its own."""
    record_all([bid], user, what, now)


def record_all(bids: Sequence[Bid], user: User, what: str, now: datetime) -> None:
    """The same of several bids at once."""
    rows = [{"bid_id": bid.id, "user_id": user.id, "what": what[:250], "at": now} for bid in bids]
    if rows:
        with appends(db.engine) as session:
            session.execute(insert(Viewing), rows)
            session.commit()


def viewings(bid: Bid, before: int | None = None) -> Sequence[Any]:
    """(id, what, name, moment), the newest first: one page and one more, from before an id."""
    query = (
        select(Viewing.id, Viewing.what, User.name, Viewing.at)
        .join(User, User.id == Viewing.user_id)
        .where(Viewing.bid_id == bid.id)
        .order_by(Viewing.id.desc())
        .limit(A_PAGE + 1)
    )
    return db.session.execute(query.where(Viewing.id < before) if before else query).all()
