"""The clerk’s minutes: drafted from the records, edited, let out, taken back, agreed."""

from datetime import datetime

from sqlalchemy import select

from fundflow import papers
from fundflow.chain.sealing import newest_hash
from fundflow.extensions import db
from fundflow.models.minutes import Minutes, MinutesSection
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.panel.minutes.drafting import DraftedSection, draft
from fundflow.panel.minutes.reading import meetings_that_may_agree
from fundflow.panel.operations.common import (
    lock_item,
    require_clerk,
    require_meeting_clerk,
    require_open,
)
from fundflow.steps import lock, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.minutes import MinutesState

TOO_EARLY = "The minutes are drafted once the meeting has started."
NOT_DRAFT = "The members have these minutes. Take them back first to change them."


def draft_minutes(meeting: Meeting, *, user: User, now: datetime) -> Minutes:
    """Draft the minutes of a meeting from its records; those there are already where there are."""
    require_meeting_clerk(meeting, user, now)
    lock(meeting, None)
    if meeting.state not in (MeetingState.IN_SESSION, MeetingState.CLOSED):
        raise Refused(TOO_EARLY)
    minutes = db.session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))
    if minutes is None:
        minutes = Minutes(meeting=meeting, drafted_at=now)
        db.session.add(minutes)
        _put(minutes, draft(meeting, now), keep=True)
    db.session.commit()
    return minutes


def draft_again(
    minutes: Minutes, *, keep: bool, user: User, now: datetime, version: int | None = None
) -> None:
    """Draft from the records as they are now.

    keep  sections somebody edited stay as edited, with the new draft beside them; else all are new
    """
    _hold_draft(minutes, version, user, now)
    _put(minutes, draft(minutes.meeting, now), keep=keep)
    minutes.drafted_at = now
    minutes.touch()
    db.session.commit()


def edit_section(
    minutes: Minutes,
    section: MinutesSection,
    text: str,
    *,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Keep the clerk’s words for one section; what was drafted stays beside them."""
    _hold_draft(minutes, version, user, now)
    if section.item is not None:
        require_clerk(section.item, user, now)
    text = text.replace("\r\n", "\n").strip()
    if text != section.text:
        section.text, section.edited_by_id, section.edited_at = text, user.id, now
        minutes.touch()
    db.session.commit()


def circulate(minutes: Minutes, *, user: User, now: datetime, version: int | None = None) -> None:
    """Let the members read them."""
    take_step(minutes, "circulate", user=user, now=now, version=version)
    db.session.commit()


def take_back_minutes(
    minutes: Minutes, reason: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Make them a draft again, to change them."""
    take_step(minutes, "take_back", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def agree_minutes(
    minutes: Minutes, meeting_id: int, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Record that a later meeting agreed them."""
    lock(minutes, version, step="agree", user=user)
    if meeting_id not in {meeting.id for meeting in meetings_that_may_agree(minutes)}:
        raise Refused("Select a later meeting of this panel that has started.")
    minutes.agreed_at_id, minutes.seal = meeting_id, newest_hash()
    given = {"meeting": meeting_id, "seal": minutes.seal}
    take_step(minutes, "agree", user=user, now=now, version=version, given=given)
    db.session.commit()


def issue_again(item: AgendaItem, *, user: User, now: datetime) -> None:
    """Issue an item’s papers again; raises Refused where nothing has changed since."""
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if item.meeting.state is MeetingState.PLANNED:
        raise Refused("The papers are not out yet.")
    before = papers.latest(item)
    if papers.issue(item, user=user, now=now) is before:
        raise Refused("Nothing has changed since the papers were issued.")
    db.session.commit()


# -- how ----------------------------------------------------------------------------------------


def _hold_draft(minutes: Minutes, version: int | None, user: User, now: datetime) -> None:
    lock(minutes, version)
    require_meeting_clerk(minutes.meeting, user, now)
    if minutes.state is not MinutesState.DRAFT:
        raise Refused(NOT_DRAFT)


def _put(minutes: Minutes, drafted: list[DraftedSection], *, keep: bool) -> None:
    """Make the sections those drafted, in their order; an edited one that is drafted no more stays
    at the end while edits are kept."""
    db.session.flush()  # so that a new one has its id
    known = {_same(section.item_id, section.heading): section for section in minutes.sections}
    sections = [
        _drawn_up(known.pop(_same(one.item_id, one.heading), None), one, keep=keep) for one in drafted
    ]
    for section in known.values():
        if keep and section.text != section.drafted:
            section.drafted = ""
            sections.append(section)
        else:
            db.session.delete(section)
    for number, section in enumerate(minutes.sections):
        section.position = -1 - number  # positions are unique, so all step aside first
    db.session.flush()
    for number, section in enumerate(sections, 1):
        section.position = number
    minutes.sections[:] = sections
    db.session.flush()


def _same(item_id: int | None, heading: str) -> tuple[int | None, str]:
    """What makes a section the same one: its item, whose number and title may have changed."""
    return (item_id, "") if item_id else (None, heading)


def _drawn_up(section: MinutesSection | None, one: DraftedSection, *, keep: bool) -> MinutesSection:
    if section is None:
        return MinutesSection(item_id=one.item_id, heading=one.heading, drafted=one.text, text=one.text)
    if not keep or section.text == section.drafted:
        section.text, section.edited_by_id, section.edited_at = one.text, None, None
    section.heading, section.drafted = one.heading, one.text
    return section
