"""The pages of a meeting's steps, and where the clerk goes after an act on the whole meeting."""

from flask import url_for

from fundflow.models.panel import Meeting
from fundflow.panel.routes.common import CLERKS, item_named, visible_meeting
from fundflow.web.step_pages import StepPages
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.meeting import MEETING


def place_after(meeting: Meeting, anchor: str | None = None) -> str:
    """The item from whose page this was sent, else the meeting."""
    if number := item_named():
        return url_for("panel.item", meeting_id=meeting.id, item_id=number, _anchor="members")
    return url_for("panel.meeting", meeting_id=meeting.id, _anchor=anchor)


MEETING_STEPS = StepPages(
    MEETING,
    path="/meetings/<id:meeting_id>/steps",
    load=lambda meeting_id: visible_meeting(meeting_id),
    parts=lambda meeting: {"meeting_id": meeting.id},
    back=lambda meeting: url_for("panel.meeting", meeting_id=meeting.id),
    back_text="Back to the meeting",
    caption=lambda meeting: f"Panel meeting, {moment_words(meeting.starts_at)}, {meeting.place}",
    after=place_after,
    rule=CLERKS,
    prefix="meeting_",
)
