"""What a member of the panel owes on My work: scores of their own, and votes."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from fundflow.desk.panel_work import MOST, OUT, Waiting, votes_ended
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import AgendaItem, Meeting, Presence, Vote
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import Seat, User
from fundflow.models.school import School
from fundflow.models.scores import ScoreSheet
from fundflow.rules.interests.bars import hidden_from
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date


def scores_and_votes(user: User, now: datetime, bid: Bid | None = None) -> list[Waiting]:
    """For panel members: bids that they are to score or to vote on, by the end of a vote by email or the
    day of the meeting; all, or of one bid."""
    day = london_date(now)
    seats = user.seats_on(day)
    if not seats:
        return []
    mine = [seat.id for seat in seats]
    to_score, by_email = _to_score(user, mine), AgendaItem.email_vote_until >= now
    to_vote = ~exists().where(
        Vote.item_id == AgendaItem.id, Vote.voided_at.is_(None), Vote.seat_id.in_(mine)
    ).correlate(AgendaItem)
    there = and_(
        Meeting.state == MeetingState.IN_SESSION,
        _declared(user),
        exists().where(
            Presence.item_id == AgendaItem.id, Presence.seat_id.in_(mine), Presence.present.is_(True)
        ),
    )
    # Of the items that are open most are not for this member yet: nothing else is asked of those.
    may_be_theirs = or_(AgendaItem.email_vote_until >= now, _declared(user))
    query = (
        select(
            AgendaItem.id,
            AgendaItem.meeting_id,
            AgendaItem.email_vote_until,
            Meeting.starts_at,
            to_score,
            and_(to_vote, AgendaItem.email_vote_until.is_not(None), by_email),
            Bid.reference,
            Bid.title,
            School.name,
        )
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(Bid, Bid.id == AgendaItem.bid_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(School, School.id == Bid.lead_school_id)
        .join(PanelRules, PanelRules.id == AgendaItem.rules_id)
        .where(
            Bid.id == bid.id if bid else true(),
            AgendaItem.outcome.is_(None),
            may_be_theirs,
            or_(Bid.state == S.AT_PANEL, AgendaItem.change_id.is_not(None)),
            or_(to_score, and_(to_vote, or_(by_email, there))),
            or_(*(_asked_of(seat, day) for seat in seats)),
            or_(PanelRules.disclosed_may_vote, ~_declared(user, InterestKind.DISCLOSED)),
            ~hidden_from(user, day),
        )
        .order_by(Meeting.starts_at, AgendaItem.id)
        .limit(MOST)
    )
    return [
        Waiting(
            reference,
            title,
            school,
            _what(scores=scores, by_email=email),
            london_date(until if email and until else starts),
            f"/meetings/{meeting}/items/{item}",
        )
        for item, meeting, until, starts, scores, email, reference, title, school in db.session.execute(query)
    ]


def _what(*, scores: bool, by_email: bool) -> str:
    vote = "Vote by email" if by_email else "Vote"
    if not scores:
        return vote
    return "Give your scores, then vote by email" if by_email else "Give your scores"


def _to_score(user: User, seats: list[int]) -> ColumnElement[bool]:
    """The bids that members score one by one, and whose scores this member, who has declared, has yet to
    hand in."""
    handed_in = exists().where(
        ScoreSheet.item_id == AgendaItem.id,
        ScoreSheet.seat_id.in_(seats),
        ScoreSheet.submitted_at.is_not(None),
        ScoreSheet.voided_at.is_(None),
    )
    return and_(
        AgendaItem.change_id.is_(None),
        Bid.requested_pence >= PanelRules.individual_from_pence,
        Meeting.state.in_(OUT),
        _declared(user),
        ~handed_in,
    )


def _declared(user: User, kind: InterestKind | None = None) -> ColumnElement[bool]:
    return exists().where(
        Declaration.bid_id == AgendaItem.bid_id,
        Declaration.user_id == user.id,
        Declaration.kind == kind if kind else true(),
    )


def _asked_of(seat: Seat, day: date) -> ColumnElement[bool]:
    """The bids on which the holder of this seat is asked: of a substitute, those from which the member is
    barred."""
    mine = Fund.id == seat.fund_id
    return and_(mine, hidden_from(seat.stands_in_for.user, day)) if seat.stands_in_for else mine


def scores_and_votes_on(bid: Bid, user: User, now: datetime) -> list[Waiting]:
    """The lines about scores and votes on one bid; asked of the database only where this person declared
    and its papers are out, or where there is a vote by email."""
    opened = [item for item in bid.items if item.is_open]
    by_email = any(item.email_vote_until for item in opened)
    declared = any(said.user_id == user.id for said in bid.declarations)
    out = declared and any(item.meeting.state in OUT for item in opened)
    lines = scores_and_votes(user, now, bid) if by_email or out else []
    return lines + (votes_ended(user, now, bid) if by_email else [])
