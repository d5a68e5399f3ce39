"""Putting a bid, or a change of its award, on the agenda of a meeting."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState

NO_MEETING = "Ask the clerk to plan a meeting first."
NONE_AHEAD = "No meeting that takes bids is planned. Ask the clerk to plan a meeting first."


def meetings_that_take_bids(fund_id: int, now: datetime) -> Sequence[Meeting]:
    """The fund's meetings that lie ahead and still take bids, soonest first."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.fund_id == fund_id, Meeting.starts_at >= now)
        .where(Meeting.state.in_((MeetingState.PLANNED, MeetingState.PAPERS_ISSUED)))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(20)
    ).all()


def add_item(record: Bid | ChangeRequest, meeting_id: int) -> AgendaItem:
    """Add a bid, or a change of its award, as the last item of a meeting that takes bids. The caller has
    locked it.

    Raises Refused where the fund has no such meeting, or it takes no more bids.
    """
    meeting = db.session.get(Meeting, meeting_id, with_for_update={"key_share": True}, populate_existing=True)
    if meeting is None or meeting.fund_id != record.bid.fund_id:
        raise Refused(NO_MEETING)
    if not meeting.takes_bids:
        raise Refused("This meeting takes no more bids. Select another one.")
    last = db.session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id))
    change = record if isinstance(record, ChangeRequest) else None
    item = AgendaItem(meeting=meeting, bid=record.bid, change=change, position=(last or 0) + 1)
    db.session.add(item)
    meeting.touch()
    return item
