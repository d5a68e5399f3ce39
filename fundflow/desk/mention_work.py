"""Notes that name somebody, on My work until they have read them."""

from datetime import datetime

from sqlalchemy import select

from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.desk import Mention, StaffNote
from fundflow.models.person import User
from fundflow.permissions import SEE_ALL_UNLESS_BARRED, may_see
from fundflow.workflow.working_days import london_date


def mentions(user: User, now: datetime) -> list[Waiting]:
    """A line a note, the oldest first; only on bids this person may still read."""
    if not user.roles_on(london_date(now)) & SEE_ALL_UNLESS_BARRED:
        return []
    query = (
        select(Bid.reference, Bid.listed_title, User.name, StaffNote.id)
        .join(StaffNote, StaffNote.bid_id == Bid.id)
        .join(Mention, Mention.note_id == StaffNote.id)
        .join(User, User.id == StaffNote.by_id)
        .where(Mention.user_id == user.id, Mention.read_at.is_(None), may_see(user, now))
        .order_by(StaffNote.id)
        .limit(MOST)
    )
    return [
        Waiting(
            reference,
            title or "Bid without a title yet",
            f"A note by {writer}",
            "Read the note for you",
            None,
            f"/bids/{reference}/notes#note-{number}",
        )
        for reference, title, writer, number in db.session.execute(query)
    ]
