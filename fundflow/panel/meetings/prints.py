"""The panel's PDFs: a pack joined from its items' PDFs, and the minutes, as one reader may have them now.

What a reader gets is found by what it shows, so a change in their interests or in the papers is another
PDF, and the one before is no longer given out.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from flask import current_app, render_template, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.letters.holders import holders_of
from fundflow.models.minutes import Minutes
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleName, Seat, User
from fundflow.panel.meetings.pack import Pack, PackItem, pack_of
from fundflow.panel.minutes import reading
from fundflow.pdfs.orders import Wanted, order
from fundflow.workflow.meeting import OPEN, MeetingState
from fundflow.workflow.minutes import MinutesState
from fundflow.workflow.working_days import london_date

log = logging.getLogger(__name__)

OUT = (MeetingState.PAPERS_ISSUED, MeetingState.IN_SESSION)  # when the papers are read
AGREED_LATELY = timedelta(days=7)


def pack_to_print(meeting: Meeting, pack: Pack, user: User, known: dict[int, Wanted] | None = None) -> Wanted:
    """A reader's pack: first pages of their own, and the items they may read.

    known  items that are drawn up already, by their ids: they are the same for all their readers
    """
    known = {} if known is None else known
    instead = url_for("panel.pack_page", meeting_id=meeting.id)
    first = render_template(
        "panel/pack.html", meeting=meeting, pack=pack, reader=user, back="", pdf="", apart=True
    )
    parts = []
    for one in pack.items:
        if one.item:
            if one.item.id not in known:
                known[one.item.id] = _item_to_print(meeting, one, instead)
            parts.append((f"item-{one.number}", known[one.item.id]))
    return Wanted(first, instead, tuple(parts))


def _item_to_print(meeting: Meeting, shown: PackItem, instead: str) -> Wanted:
    page = render_template("panel/pack_item.html", meeting=meeting, shown=shown, back="", pdf="")
    return Wanted(page, instead)


def minutes_to_print(minutes: Minutes, user: User, now: datetime) -> Wanted:
    page = render_template(
        "panel/minutes_print.html",
        meeting=minutes.meeting,
        read=reading.read(minutes, user, now),
        back="",
        pdf="",
    )
    return Wanted(page, url_for("panel.minutes_print", meeting_id=minutes.meeting_id))


# -- before anybody asks ------------------------------------------------------------------------


def order_prints(now: datetime) -> int:
    """Order what the members and the clerk will want: the packs of meetings whose papers are out, and
    minutes that went to the members. What is there already is left; returns how many were looked at."""
    count = 0
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        packs = [partial(_packs, meeting, now) for meeting in _meetings_out()]
        for of_one in [*packs, *(partial(_minutes, minutes, now) for minutes in _minutes_out(now))]:
            try:
                wanted = list(of_one())
                order(wanted, now)
                count += len(wanted)
            except Exception:  # whatever is wrong with one meeting's papers must not keep the others
                log.exception("The PDFs of a meeting could not be ordered; they are when somebody asks")
                db.session.rollback()
    return count


def _meetings_out() -> Sequence[Meeting]:
    out = select(Meeting).where(Meeting.state.in_(OPEN), Meeting.state.in_(OUT))
    return db.session.scalars(out.options(joinedload(Meeting.fund))).all()


def _minutes_out(now: datetime) -> Sequence[Minutes]:
    lately = select(Meeting.id).where(Meeting.starts_at > now - AGREED_LATELY)
    circulated = Minutes.state == MinutesState.CIRCULATED
    return db.session.scalars(select(Minutes).where(or_(circulated, Minutes.agreed_at_id.in_(lately)))).all()


def _packs(meeting: Meeting, now: datetime) -> Iterator[Wanted]:
    items: dict[int, Wanted] = {}
    for user in _readers(meeting.fund_id, now):
        wanted = pack_to_print(meeting, pack_of(meeting, user, now), user, items)
        if wanted.parts:
            yield wanted


def _minutes(minutes: Minutes, now: datetime) -> Iterator[Wanted]:
    for user in _readers(minutes.fund_id, now):
        yield minutes_to_print(minutes, user, now)


def _readers(fund_id: int, now: datetime) -> list[User]:
    """Who holds a seat on the fund's panel, and its clerks. Others order theirs when they ask."""
    day = london_date(now)
    seats = db.session.scalars(select(Seat).where(Seat.fund_id == fund_id).order_by(Seat.id))
    members = [seat.user for seat in seats if seat.is_valid_on(day) and seat.user.active]
    clerks = [found.user for found in holders_of(fund_id, (RoleName.CLERK,), day) if found.user]
    return list({user.id: user for user in (*members, *clerks)}.values())
