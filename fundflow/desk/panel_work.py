"""What of the panel's meetings waits for the clerk and for members, on My work."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select, true

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.days_off import Whose, days_for
from fundflow.models.fund import Fund
from fundflow.models.interest import Declaration
from fundflow.models.minutes import Minutes
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.asker import Asker, Shape
from fundflow.rules.interests.bars import hidden_from, is_hidden
from fundflow.workflow.application import BidState as S
from fundflow.workflow.date_words import day_words
from fundflow.workflow.meeting import OPEN, MeetingState
from fundflow.workflow.minutes import MinutesState
from fundflow.workflow.working_days import add_working_days, london_date

MOST, MOST_PAPERS = 50, 25  # of each kind; the rest is in the list of bids
OUT = (MeetingState.PAPERS_ISSUED, MeetingState.IN_SESSION)
MINUTES_FOR = timedelta(days=180)  # how long after a meeting its minutes are asked for


class Waiting(NamedTuple):
    """One line of My work; `due_on` may be past.

    age       working days for which this has waited, where that is known
    covering  the colleague whose bid this is, where one covers for them
    kind, id  of a bid's line: its source's kind, and the bid's id
    about     the amount that it is about, where that is not the bid's
    """

    reference: str
    title: str
    detail: str
    what: str
    due_on: date | None
    path: str
    age: int | None = None
    covering: str = ""
    kind: str = ""
    id: int = 0
    about: str = ""


def meetings(user: User, now: datetime) -> list[Waiting]:
    """For the clerk: meetings to prepare (by when the papers go out), to hold and to close."""
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is R.CLERK and g.is_valid_on(day)}
    if not funds:
        return []
    todo = {
        MeetingState.PLANNED: "Issue the papers",
        MeetingState.PAPERS_ISSUED: "Hold the meeting",
        MeetingState.IN_SESSION: "Run and close the meeting",
    }
    items = select(func.count()).where(AgendaItem.meeting_id == Meeting.id).scalar_subquery()
    query = (
        select(
            Meeting.id,
            Meeting.starts_at,
            Meeting.state,
            Meeting.place,
            items,
            Fund.papers_days,
            Fund.days_off,
        )
        .join(Fund, Fund.id == Meeting.fund_id)
        .where(Meeting.state.in_(OPEN), true() if None in funds else Fund.id.in_(funds))
        .order_by(Meeting.starts_at)
        .limit(MOST)
    )
    return [
        Waiting(
            "Meeting",
            f"Panel meeting on {day_words(starts)}",
            f"{place} · {count} on the agenda",
            todo[state],
            add_working_days(
                london_date(starts),
                -days if state is MeetingState.PLANNED else 0,
                days_for(off, Whose.COUNCIL),
            ),
            f"/meetings/{number}",
        )
        for number, starts, state, place, count, days, off in db.session.execute(query)
    ]


def minutes(user: User, now: datetime) -> list[Waiting]:
    """For the clerk: meetings that are over and whose minutes the members can't read yet, due a week
    (five working days) after the meeting."""
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is R.CLERK and g.is_valid_on(day)}
    if not funds:
        return []
    query = (
        select(Meeting.id, Meeting.starts_at, Meeting.place, Minutes.state, Fund.days_off)
        .join(Fund, Fund.id == Meeting.fund_id)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.state == MeetingState.CLOSED, Meeting.starts_at > now - MINUTES_FOR)
        .where(or_(Minutes.id.is_(None), Minutes.state == MinutesState.DRAFT))
        .where(true() if None in funds else Meeting.fund_id.in_(funds))
        .order_by(Meeting.starts_at)
        .limit(MOST)
    )
    return [
        Waiting(
            "Minutes",
            f"Panel meeting on {day_words(starts)}",
            place,
            "Let the members read the minutes" if state else "Draft the minutes",
            add_working_days(london_date(starts), 5, days_for(off, Whose.COUNCIL)),
            f"/meetings/{number}/minutes",
        )
        for number, starts, place, state, off in db.session.execute(query)
    ]


def papers(user: User, now: datetime) -> list[Waiting]:
    """For panel members: meetings whose papers are out and on which they owe a declaration."""
    return _papers(user, now)


def papers_of(bid: Bid, user: User, now: datetime) -> list[Waiting]:
    """The meeting for which this member owes a declaration on this bid."""
    out = any(item.is_open and item.meeting.state in OUT for item in bid.items)
    declared = any(said.user_id == user.id for said in bid.declarations)
    found = _papers(user, now, bid) if out and not declared else []
    return [line._replace(detail=f"{line.title}.") for line in found]


def _papers(user: User, now: datetime, bid: Bid | None = None) -> list[Waiting]:
    """All, or those with this bid."""
    who = Asker.of(user, london_date(now))
    if not who.shape.seats:
        return []
    query = _unread_papers(who.shape, of_one_bid=bid is not None)
    rows = db.session.execute(query, {**who.values, "bid": bid and bid.id})
    return [
        Waiting(
            "Panel",
            f"Panel meeting on {day_words(starts)}",
            f"{count} bid{'' if count == 1 else 's'} to read",
            "Read the papers and declare interests",
            london_date(starts),
            f"/meetings/{number}",
        )
        for number, starts, count in rows
    ]


@lru_cache(maxsize=64)
def _unread_papers(shape: Shape, *, of_one_bid: bool) -> Any:
    who = Asker(shape)
    # Asked of each item that is open: those are fewer than what somebody has ever declared.
    declared = exists().where(Declaration.bid_id == AgendaItem.bid_id, Declaration.user_id == who.id)
    unread = (
        select(Bid.id)
        .join(AgendaItem, AgendaItem.bid_id == Bid.id)
        .where(
            AgendaItem.meeting_id == Meeting.id,
            Bid.id == bindparam("bid") if of_one_bid else true(),
            AgendaItem.outcome.is_(None),
            ~declared,
            ~is_hidden(who),
        )
        .correlate(Meeting)
    )
    its_meetings = select(AgendaItem.meeting_id).where(AgendaItem.bid_id == bindparam("bid"))
    count = unread.with_only_columns(func.count(Bid.id)).scalar_subquery()
    return (  # counts in the meetings that stand on the page alone
        select(Meeting.id, Meeting.starts_at, count)
        .where(
            Meeting.fund_id.in_(sorted({fund for fund, _position in shape.seats})),
            Meeting.state.in_(OPEN),  # of which there is an index
            Meeting.state.in_(OUT),
            Meeting.id.in_(its_meetings) if of_one_bid else true(),
            unread.exists(),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_PAPERS)
    )


def votes_ended(user: User, now: datetime, bid: Bid | None = None) -> list[Waiting]:
    """For the clerk: votes by email that are over, on bids that nobody has decided; all, or of one bid."""
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is R.CLERK and g.is_valid_on(day)}
    if not funds:
        return []
    query = (
        select(
            AgendaItem.id,
            AgendaItem.meeting_id,
            AgendaItem.email_vote_until,
            Bid.reference,
            Bid.title,
            School.name,
        )
        .join(Bid, Bid.id == AgendaItem.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .where(
            Bid.id == bid.id if bid else true(),
            true() if None in funds else Bid.fund_id.in_(funds),
            or_(Bid.state == S.AT_PANEL, AgendaItem.change_id.is_not(None)),
            AgendaItem.outcome.is_(None),
            AgendaItem.email_vote_until < now,
            ~hidden_from(user, day),
        )
        .order_by(AgendaItem.email_vote_until)
        .limit(MOST)
    )
    return [
        Waiting(
            reference,
            title,
            school,
            "See the vote by email to its end",
            until and london_date(until),
            f"/meetings/{meeting}/items/{item}",
        )
        for item, meeting, until, reference, title, school in db.session.execute(query)
    ]
