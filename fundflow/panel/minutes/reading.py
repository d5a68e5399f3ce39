"""The minutes as one person may read them, and what is known of how far they are."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.minutes import Minutes, MinutesSection
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.panel import queries
from fundflow.panel.minutes.drafting import draft
from fundflow.panel.minutes.item import text_of
from fundflow.panel.minutes.records import by_email_between, previous
from fundflow.permissions import sees_papers
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.minutes import MinutesState
from fundflow.workflow.working_days import london_date

HIDDEN = "An item you take no part in"
NO_PART = "You took no part in this item, because of an interest. What was said is not shown to you."


class SectionRead(NamedTuple):
    """One section as its reader gets it; hidden ones say only that they are there.

    section  None where it is hidden
    """

    heading: str
    text: str
    section: MinutesSection | None

    @property
    def is_edited(self) -> bool:
        return self.section is not None and self.section.text != self.section.drafted


class MinutesRead(NamedTuple):
    """Minutes for one reader."""

    minutes: Minutes
    parts: list[SectionRead]


class Reported(NamedTuple):
    """A decision made by email, for one reader."""

    heading: str
    text: str


def of_meeting(meeting: Meeting, user: User, now: datetime) -> Minutes | None:
    """The meeting’s minutes, if this person may read them: members once they are circulated."""
    found = db.session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))
    if found is None or found.state is not MinutesState.DRAFT or works_for(meeting, user, now):
        return found
    return None


def works_for(meeting: Meeting, user: User, now: datetime) -> bool:
    """Whether this person reads the panel’s minutes as staff, drafts too."""
    return bool(roles_for(user, meeting.fund_id, london_date(now)) & queries.SEE_VOTES)


def parts_for(minutes: Minutes, user: User, now: datetime) -> list[SectionRead]:
    """The sections in their order; of items whose bid this person is barred from only the place."""
    shown = readable([s.item_id for s in minutes.sections if s.item_id], user, now)
    return [
        SectionRead(section.heading, section.text, section)
        if section.item_id is None or section.item_id in shown
        else SectionRead(HIDDEN, NO_PART, None)
        for section in minutes.sections
    ]


def readable(item_ids: Iterable[int], user: User, now: datetime) -> set[int]:
    """Those of these items whose papers this person may see."""
    return set(
        db.session.scalars(
            select(AgendaItem.id)
            .join(Bid, AgendaItem.bid_id == Bid.id)
            .where(AgendaItem.id.in_(list(item_ids)), sees_papers(user, now))
        )
    )


def read(minutes: Minutes, user: User, now: datetime) -> MinutesRead:
    return MinutesRead(minutes, parts_for(minutes, user, now))


# -- what goes with the next meeting's papers ---------------------------------------------------


def before(meeting: Meeting, user: User, now: datetime) -> MinutesRead | None:
    """The minutes of the meeting before this one, once members may read them."""
    last = previous(meeting)
    found = of_meeting(last, user, now) if last else None
    return read(found, user, now) if found and found.state is not MinutesState.DRAFT else None


def by_email_before(meeting: Meeting, user: User, now: datetime) -> list[Reported]:
    """What was decided by email since the meeting before this one."""
    last = previous(meeting)
    until = min(now, meeting.starts_at)
    records = by_email_between(meeting, last.starts_at if last else None, until, now)
    shown = readable([record.item.id for record in records], user, now)
    return [
        Reported(record.title, text_of(record)) if record.item.id in shown else Reported(HIDDEN, NO_PART)
        for record in records
    ]


# -- for the clerk ------------------------------------------------------------------------------


def changed(minutes: Minutes, now: datetime) -> bool:
    """Whether the records say something else than when these minutes were drafted."""
    return [_key(s) for s in minutes.sections] != [
        (s.item_id, s.heading, s.text) for s in draft(minutes.meeting, now)
    ]


def _key(section: MinutesSection) -> tuple[int | None, str, str]:
    return section.item_id, section.heading, section.drafted


def edited(minutes: Minutes) -> list[MinutesSection]:
    """The sections that say something else than what was drafted."""
    return [section for section in minutes.sections if section.text != section.drafted]


def meetings_that_may_agree(minutes: Minutes) -> list[Meeting]:
    """Later meetings of the fund that are in session or over, soonest first."""
    return list(
        db.session.scalars(
            select(Meeting)
            .where(Meeting.fund_id == minutes.fund_id, Meeting.starts_at > minutes.meeting.starts_at)
            .where(Meeting.state.in_((MeetingState.IN_SESSION, MeetingState.CLOSED)))
            .order_by(Meeting.starts_at, Meeting.id)
            .limit(25)
        )
    )


def section_of(minutes: Minutes, number: int, user: User, now: datetime) -> MinutesSection | None:
    """A section by its id, unless it is hidden from this person."""
    return next(
        (
            part.section
            for part in parts_for(minutes, user, now)
            if part.section and part.section.id == number
        ),
        None,
    )


def blocks(text: str) -> list[tuple[bool, list[str]]]:
    """A text in paragraphs and lists: (is a list, its lines), as drafts and clerks write them."""
    found: list[tuple[bool, list[str]]] = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for point, lines in groupby(paragraph.splitlines(), key=lambda line: line.startswith("- ")):
            found.append((point, [line[2:] if point else line for line in lines]))
    return found
