"""What the panel's pages show: meetings, agendas, items, a bid's decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.decision import Decision
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration
from fundflow.models.lists import Lists
from fundflow.models.panel import MORE_FOR, OF_CHANGE, AgendaItem, ItemOutcome, Meeting, Presence, Vote
from fundflow.models.person import RoleName, Seat, User
from fundflow.models.review import Recommendation, Review
from fundflow.models.school import School
from fundflow.permissions import INSIDE, PANEL_PAPERS, SEE_ALL, in_funds, knows_of, sees_papers
from fundflow.rules.panel.sitting import Sitting
from fundflow.rules.panel.sittings import load_records, sitting_of
from fundflow.web.paging import Page, comes_after, page_of_rows
from fundflow.workflow.meeting import OPEN, MeetingState
from fundflow.workflow.working_days import london_date

PAGE = 25
PAST = (MeetingState.CLOSED, MeetingState.CANCELLED)
DECIDED = (ItemOutcome.APPROVED, ItemOutcome.DECLINED, ItemOutcome.DEFERRED)

# Everybody who works for the panel sees the votes; members see them once they have voted.
SEE_VOTES = frozenset(
    {
        RoleName.CLERK,
        RoleName.OFFICER,
        RoleName.DEPUTY_OFFICER,
        RoleName.AUTHORISED_OFFICER,
        RoleName.REVIEWING_MANAGER,
        RoleName.AUDITOR,
        RoleName.ADMINISTRATOR,
        RoleName.IMPACT_OFFICER,
    }
)

# -- who sees what ------------------------------------------------------------------------------


def sees_meeting(user: User, now: datetime) -> ColumnElement[bool]:
    if not user.active:
        return false()
    return in_funds(user, SEE_ALL | INSIDE, now, Meeting.fund_id, seats=True)


def clerks_funds(user: User, now: datetime) -> Sequence[Fund]:
    """The funds whose meetings this person keeps."""
    mine = in_funds(user, {RoleName.CLERK}, now, Fund.id)
    return db.session.scalars(select(Fund).where(mine).order_by(Fund.id)).all()


def readers_funds(user: User, now: datetime) -> Sequence[Fund]:
    """The funds whose panel's papers this person may read, with their rules."""
    mine = in_funds(user, SEE_ALL | INSIDE, now, Fund.id, seats=True)
    return db.session.scalars(select(Fund).where(mine).order_by(Fund.id)).all()


def sees_votes(user: User, item: AgendaItem, sitting: Sitting, now: datetime) -> bool:
    """Others’ votes: after one’s own, after the decision, and for those who cannot vote.

    The person who chairs the item sees them too: they announce the result.
    """
    mine = next((s for s in sitting.standings if s.seat.user_id == user.id), None)
    roles = roles_for(user, item.bid.fund_id, london_date(now))
    decided = item.outcome in DECIDED  # one that was moved is voted on afresh elsewhere
    if decided or RoleName.CLERK in roles or mine is None:
        return bool(decided or roles & SEE_VOTES)
    chairs = sitting.chair is not None and sitting.chair.user_id == user.id
    may_vote = mine.may_vote(disclosed_may_vote=sitting.disclosed_may_vote)
    return bool(mine.vote or chairs or (mine.counts and not may_vote))


def shown_votes(user: User, item: AgendaItem, now: datetime) -> list[Vote]:
    """The votes on an item that this person may see now; a member's own always."""
    seen = sees_votes(user, item, sitting_of(item, now), now)
    return [vote for vote in item.votes if seen or vote.seat.user_id == user.id]


# -- meetings -----------------------------------------------------------------------------------


class MeetingRow(NamedTuple):
    id: int
    starts_at: datetime
    place: str
    state: MeetingState
    items: int


def planned_meetings(user: User, now: datetime) -> list[MeetingRow]:
    """Meetings still to come or under way, soonest first."""
    query = _rows(user, now).where(Meeting.state.in_(OPEN))
    return _meeting_rows(query.order_by(Meeting.starts_at, Meeting.id).limit(100))


def past_meetings(user: User, now: datetime, after: int | None) -> Page[MeetingRow]:
    """Meetings that are over, newest first."""
    query = _rows(user, now).where(Meeting.state.in_(PAST))
    if after:
        query = query.where(comes_after(after, Meeting.starts_at, Meeting.id, falling=True))
    return page_of_rows(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()), PAGE, MeetingRow)


def _rows(user: User, now: datetime) -> Select[Any]:
    items = (
        select(func.count(AgendaItem.id))
        .where(AgendaItem.meeting_id == Meeting.id)
        .where(or_(AgendaItem.outcome.is_(None), AgendaItem.outcome != ItemOutcome.REMOVED))
        .correlate(Meeting)
        .scalar_subquery()
    )
    return select(Meeting.id, Meeting.starts_at, Meeting.place, Meeting.state, items.label("items")).where(
        sees_meeting(user, now)
    )


def _meeting_rows(query: Select[Any]) -> list[MeetingRow]:
    return [MeetingRow(*row) for row in db.session.execute(query)]


def meeting(number: int, user: User, now: datetime) -> Meeting | None:
    return db.session.scalar(
        select(Meeting).where(Meeting.id == number, sees_meeting(user, now)).options(joinedload(Meeting.fund))
    )


def meetings_taking(item: AgendaItem) -> Sequence[Meeting]:
    """Other meetings of the fund to whose agenda the item could move, soonest first."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.fund_id == item.meeting.fund_id, Meeting.id != item.meeting_id)
        .where(Meeting.state.in_((MeetingState.PLANNED, MeetingState.PAPERS_ISSUED)))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(50)
    ).all()


def members_on(meeting: Meeting, now: datetime) -> list[Seat]:
    """The panel's members on the day of the meeting, or today once it lies in the past."""
    day = max(london_date(now), london_date(meeting.starts_at))
    seats = db.session.scalars(
        select(Seat).where(Seat.fund_id == meeting.fund_id).order_by(Seat.id).options(joinedload(Seat.user))
    )
    return [seat for seat in seats if seat.is_valid_on(day)]


def present_at(meeting: Meeting) -> set[int]:
    """Ids of the seats whose holders are there for some item that is still open."""
    return set(
        db.session.scalars(
            select(Presence.seat_id)
            .join(AgendaItem)
            .where(AgendaItem.meeting_id == meeting.id, AgendaItem.outcome.is_(None))
            .where(Presence.present.is_(True))
        )
    )


# -- the agenda ---------------------------------------------------------------------------------


class AgendaRow(NamedTuple):
    """One line of an agenda. Where `shown` is false nothing of the bid may be told.

    is_change  a change of an award, on which the officer's advice stands in the papers
    """

    id: int
    number: int | None  # None: taken off the agenda
    shown: bool
    reference: str
    title: str
    school: str
    pence: int
    recommendation: Recommendation | None
    outcome: ItemOutcome | None
    email_vote_until: datetime | None
    result: str
    is_change: bool


def agenda(meeting: Meeting, user: User, now: datetime) -> list[AgendaRow]:
    """The agenda in its order; members see it once the papers are out."""
    found = db.session.execute(
        select(
            AgendaItem,
            Bid.reference,
            Bid.title,
            School.name,
            func.coalesce(ChangeRequest.pence, Bid.requested_pence),
            Review.recommendation,
            sees_papers(user, now).label("shown"),
        )
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(School, Bid.lead_school_id == School.id)
        .outerjoin(Review, and_(Review.bid_id == Bid.id, AgendaItem.change_id.is_(None)))
        .outerjoin(ChangeRequest, ChangeRequest.id == AgendaItem.change_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position)
    ).all()
    staff = roles_for(user, meeting.fund_id, london_date(now)) & SEE_VOTES
    if meeting.state not in PANEL_PAPERS and not staff:
        return []  # no papers yet: not even how many bids there are
    results = _results([row[0].id for row in found])
    rows, number = [], 0
    for item, reference, title, school, pence, recommendation, shown in found:
        removed = item.outcome is ItemOutcome.REMOVED
        number += not removed
        told = (
            reference,
            MORE_FOR.format(title) if item.change_id else title,
            school,
            pence,
            recommendation,
            item.outcome,
            item.email_vote_until,
            results.get(item.id, ""),
            item.change_id is not None,
        )
        rows.append(
            AgendaRow(item.id, None if removed else number, bool(shown), *(told if shown else HIDDEN))
        )
    return rows


HIDDEN = ("", "", "", 0, None, None, None, "", False)


def _results(item_ids: list[int]) -> dict[int, str]:
    """The decision that stands on each item, as “Fund 5–0”, “Fund 4–4, casting vote”."""
    decisions = db.session.scalars(
        select(Decision)
        .where(Decision.item_id.in_(item_ids), Decision.undone_at.is_(None))
        .order_by(Decision.id)
    )
    return {d.item_id: result_words(d) for d in decisions}


def result_words(decision: Decision) -> str:
    words = OF_CHANGE[decision.outcome] if decision.change_id else decision.outcome.words
    if decision.outcome is ItemOutcome.DEFERRED:
        return words
    ours, theirs = decision.votes_for, decision.votes_against
    if decision.outcome is ItemOutcome.DECLINED:
        ours, theirs = theirs, ours
    cast = ", casting vote" if ours == theirs else ""
    return f"{words} {ours}–{theirs}{cast}"


# -- one item -----------------------------------------------------------------------------------


ITEM = Lists(AgendaItem.presences, AgendaItem.votes, AgendaItem.scores, also=[Vote.seat])
BID_OF_ITEM = Lists(Bid.partners, Bid.declarations, Bid.named_people)


def item(meeting_id: int, item_id: int, user: User, now: datetime) -> AgendaItem | None:
    """An item with all its page needs, if this person may see the bid's papers."""
    found = db.session.scalar(
        _item(meeting_id, item_id, user, now).options(
            joinedload(AgendaItem.kept_rules),
            joinedload(AgendaItem.change),
            joinedload(AgendaItem.bid).options(joinedload(Bid.review), joinedload(Bid.officer)),
        )
    )
    if found is not None:
        ITEM.load(found)
        BID_OF_ITEM.load(found.bid)
    return found


def item_to_act_on(meeting_id: int, item_id: int, user: User, now: datetime) -> AgendaItem | None:
    """`item` for an operation, which reads the rest of it afresh under its lock."""
    return db.session.scalar(_item(meeting_id, item_id, user, now))


def bid_of_item(meeting: Meeting, item_id: int, user: User, now: datetime) -> Bid | None:
    """The bid of an item of this meeting, where this person knows of it."""
    here = select(AgendaItem.bid_id).where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting.id)
    return db.session.scalar(select(Bid).where(Bid.id.in_(here), knows_of(user, now)))


def _item(meeting_id: int, item_id: int, user: User, now: datetime) -> Select[AgendaItem]:
    return (
        select(AgendaItem)
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting_id)
        .where(sees_papers(user, now))
        .options(
            joinedload(AgendaItem.meeting).joinedload(Meeting.fund),
            joinedload(AgendaItem.bid).options(joinedload(Bid.fund), joinedload(Bid.lead_school)),
        )
    )


def decisions_of(bid: Bid) -> Sequence[Decision]:
    """Every decision on a bid, undone ones too, newest first."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.bid_id == bid.id)
        .order_by(Decision.id.desc())
        .options(
            joinedload(Decision.decided_by),
            joinedload(Decision.undone_by),
            joinedload(Decision.rules),
            selectinload(Decision.feedback),
        )
    ).all()


def standing_decision(bid: Bid) -> Decision | None:
    """The latest decision about the bid itself that was not undone."""
    return db.session.scalar(
        select(Decision)
        .where(Decision.bid_id == bid.id, Decision.undone_at.is_(None), Decision.change_id.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    )


def decision_on(item: AgendaItem) -> Decision | None:
    """The decision on an item that stands, while no later one about the same bid or change does."""
    if item.change_id is None:
        found = standing_decision(item.bid)
        return found if found and found.item_id == item.id else None
    query = select(Decision).where(Decision.item_id == item.id, Decision.undone_at.is_(None))
    return db.session.scalar(query.order_by(Decision.id.desc()).limit(1))


PAPERS = Lists(
    Bid.partners,
    Bid.declarations,
    Bid.items,
    Bid.offers,
    Bid.award_conditions,
    also=[Declaration.user, AgendaItem.meeting, AgendaItem.kept_rules],
)


def items_of(bid: Bid, now: datetime) -> Sequence[AgendaItem]:
    """Every time a bid was before the panel, newest first."""
    items = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.bid_id == bid.id)
        .order_by(AgendaItem.id.desc())
        .options(
            selectinload(AgendaItem.presences),
            selectinload(AgendaItem.votes).joinedload(Vote.seat).joinedload(Seat.user),
            selectinload(AgendaItem.scores),
        )
    ).all()
    load_records(items, now)
    return items


def last_step(bid: Bid) -> HistoryEntry | None:
    """The last step that changed the bid’s state."""
    return db.session.scalar(
        select(HistoryEntry)
        .where(HistoryEntry.process == bid.workflow.name, HistoryEntry.record_id == bid.id)
        .where(HistoryEntry.from_state != HistoryEntry.to_state)
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
