"""Who read what: kept even by a GET, whose own transaction can't write."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from fundflow.database import appends
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.files import PersonViewing, Viewing
from fundflow.models.person import User


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


def record_person(person: User, user: User, what: str, now: datetime) -> None:
    """Keep that somebody opened what is held about a person; nothing where it is themselves."""
    if person.id != user.id:
        row = {"person_id": person.id, "user_id": user.id, "what": what[:250], "at": now}
        with appends(db.engine) as session:
            session.execute(insert(PersonViewing), [row])
            session.commit()
