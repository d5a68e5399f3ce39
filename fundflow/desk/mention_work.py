"""Notes that name somebody, on My work until they have read them."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.desk import Mention, StaffNote
from fundflow.models.person import User
from fundflow.permissions import SEE_ALL_UNLESS_BARRED, may_see
from fundflow.workflow.working_days import london_date

UNREAD = (
    select(Bid.reference, Bid.listed_title, User.name, StaffNote.id)
    .join(StaffNote, StaffNote.bid_id == Bid.id)
    .join(Mention, Mention.note_id == StaffNote.id)
    .join(User, User.id == StaffNote.by_id)
    .where(Mention.user_id == bindparam("reader"), Mention.read_at.is_(None))
    .order_by(StaffNote.id)
    .limit(MOST)
)
IN_ONE_BID = UNREAD.where(Bid.id == bindparam("bid"))


def mentions(user: User, now: datetime) -> list[Waiting]:
    """A line a note, the oldest first; only on bids this person may still read."""
    return _lines(user, now, UNREAD.where(may_see(user, now)), {})


def mentions_on(bid: Bid, user: User, now: datetime) -> list[Waiting]:
    """The same lines about one bid, which this person may read."""
    return _lines(user, now, IN_ONE_BID, {"bid": bid.id})


def _lines(user: User, now: datetime, query: Any, values: dict[str, Any]) -> list[Waiting]:
    if not user.roles_on(london_date(now)) & SEE_ALL_UNLESS_BARRED:
        return []
    return [
        Waiting(
            reference,
            title or "Bid without a title yet",
            f"A note by {writer}",
            "Read the note for you",
            None,
            f"/bids/{reference}/notes#note-{number}",
        )
        for reference, title, writer, number in db.session.execute(query, {"reader": user.id, **values})
    ]
