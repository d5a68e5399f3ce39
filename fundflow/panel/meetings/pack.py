"""The papers of a meeting for one reader: the frozen papers of each item, and what goes with them.

Of an item whose reader takes no part in it there is nothing here but its place on the agenda.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow import papers
from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.files import viewing
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.files import LateEvidence
from fundflow.models.interest import Declaration
from fundflow.models.minutes import Paper
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.panel import queries
from fundflow.panel.minutes.reading import MinutesRead, Reported, before, by_email_before, of_meeting
from fundflow.permissions import PANEL_PAPERS, is_clerk
from fundflow.workflow.date_words import day_words
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date


@dataclass(frozen=True, slots=True)
class PackItem:
    """One item as this reader gets it; `item` is None where they take no part in it.

    changed  which parts differ from the papers issued before, where they were issued again
    late     evidence the bid's frozen copy does not hold
    """

    number: int | None
    item: AgendaItem | None = None
    paper: Paper | None = None
    changed: Sequence[str] = ()
    late: Sequence[LateEvidence] = ()
    declared: Declaration | None = None

    def is_after_papers(self, evidence: LateEvidence) -> bool:
        return self.paper is not None and evidence.received_at > self.paper.issued_at


class Pack(NamedTuple):
    """All that goes into one reader's pack."""

    items: list[PackItem]
    minutes: MinutesRead | None
    by_email: list[Reported]


def may_read(meeting: Meeting, user: User, now: datetime) -> bool:
    """Members get the papers once they are out; who works for the panel may look before."""
    staff = roles_for(user, meeting.fund_id, london_date(now)) & queries.SEE_VOTES
    return bool(staff) or meeting.state in PANEL_PAPERS


def on_paper(meeting: Meeting, user: User, now: datetime) -> dict[str, bool]:
    """Whether the meeting’s page names its papers and its minutes to this person."""
    keeps = is_clerk(user, meeting.fund_id, now)
    drafts = keeps and meeting.state in (MeetingState.IN_SESSION, MeetingState.CLOSED)
    return {
        "papers": meeting.state in PANEL_PAPERS,
        "minutes": drafts or of_meeting(meeting, user, now) is not None,
    }


def pack_of(meeting: Meeting, user: User, now: datetime) -> Pack:
    rows = [row for row in queries.agenda(meeting, user, now) if row.number]
    found = {one.item.id: one for one in _shown([row.id for row in rows if row.shown], user) if one.item}
    items = [_numbered(found.get(row.id), row.number) for row in rows]
    return Pack(items, before(meeting, user, now), by_email_before(meeting, user, now))


def one(item: AgendaItem, user: User) -> PackItem:
    """The papers of one item; the caller has made sure that this person may see them."""
    return _shown([item.id], user)[0]


def _numbered(shown: PackItem | None, number: int | None) -> PackItem:
    if shown is None:
        return PackItem(number)
    return PackItem(number, shown.item, shown.paper, shown.changed, shown.late, shown.declared)


def _shown(item_ids: list[int], user: User) -> list[PackItem]:
    """These items with their papers, in a fixed number of queries."""
    items = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.id.in_(item_ids))
        .order_by(AgendaItem.position)
        .options(
            joinedload(AgendaItem.meeting),
            joinedload(AgendaItem.bid).options(
                joinedload(Bid.lead_school), selectinload(Bid.partners).joinedload(Partner.school)
            ),
        )
    ).all()
    bids = [item.bid_id for item in items]
    issued, late = _papers(item_ids), _late(bids)
    said = {
        one.bid_id: one
        for one in db.session.scalars(
            select(Declaration).where(Declaration.user_id == user.id, Declaration.bid_id.in_(bids))
        )
    }
    return [
        PackItem(
            None,
            item,
            issued[item.id][-1] if issued[item.id] else None,
            _changed(issued[item.id]),
            late[item.bid_id],
            said.get(item.bid_id),
        )
        for item in items
    ]


def _papers(item_ids: list[int]) -> dict[int, list[Paper]]:
    """Item's id → every version of its papers, the latest last; none of a removed bid."""
    found: dict[int, list[Paper]] = defaultdict(list)
    for paper in db.session.scalars(
        select(Paper)
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .join(Bid, Bid.id == AgendaItem.bid_id)
        .where(Paper.item_id.in_(item_ids), Bid.removed_at.is_(None))
        .order_by(Paper.number)
        .options(joinedload(Paper.submission))
    ):
        found[paper.item_id].append(paper)
    return found


def _changed(issued: list[Paper]) -> list[str]:
    return papers.changed_since(issued[-2], issued[-1]) if len(issued) > 1 else []


def _late(bids: list[int]) -> dict[int, list[LateEvidence]]:
    found: dict[int, list[LateEvidence]] = defaultdict(list)
    for evidence in db.session.scalars(
        select(LateEvidence)
        .where(LateEvidence.bid_id.in_(bids))
        .order_by(LateEvidence.id)
        .options(joinedload(LateEvidence.received_from), selectinload(LateEvidence.attachments))
    ):
        found[evidence.bid_id].append(evidence)
    return found


# -- pages --------------------------------------------------------------------------------------


def pack_page(meeting: Meeting, user: User, now: datetime) -> str:
    """The whole pack as one page to print; that it was opened is kept with every bid in it."""
    pack = pack_of(meeting, user, now)
    page = render_template(
        "panel/pack.html",
        meeting=meeting,
        pack=pack,
        reader=user,
        back=url_for("panel.meeting", meeting_id=meeting.id),
        pdf=url_for("panel.pack_pdf", meeting_id=meeting.id),
        apart=False,
    )
    record_read(meeting, pack, user, now)
    return page


def record_read(meeting: Meeting, pack: Pack, user: User, now: datetime) -> None:
    """Keep with every bid in the pack that its papers were read."""
    read = [shown.item.bid for shown in pack.items if shown.item and shown.paper]
    viewing.record_all(read, user, f"Papers of the meeting on {day_words(meeting.starts_at)}", now)


def papers_page(item: AgendaItem, user: User, now: datetime, *, again: bool) -> str:
    """The papers of one item; that they were opened is kept.

    again  whether the reader keeps the meeting, and may issue what changed
    """
    shown = one(item, user)
    page = render_template("panel/papers.html", item=item, shown=shown, bid=item.bid, again=again)
    if shown.paper:
        what = f"Papers of the meeting on {day_words(item.meeting.starts_at)}, number {shown.paper.number}"
        viewing.record(item.bid, user, what, now)
    return page
