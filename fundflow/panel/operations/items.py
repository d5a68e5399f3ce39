"""Votes on one item: as they are called, one for all, the casting vote."""

from collections.abc import Sequence
from datetime import datetime

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.panel import AgendaItem, Vote
from fundflow.models.person import User
from fundflow.panel.operations.attendance import STARTED, barred_leave, why_not_both
from fundflow.panel.operations.common import (
    lock_item,
    mark,
    require_clerk,
    require_open,
    standing_of,
)
from fundflow.permissions import is_clerk
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.rules.panel.sittings import sitting_of, standings_of
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_of_them, bar_to_you
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice


def vote(item: AgendaItem, seat_id: int, choice: Choice, *, user: User, now: datetime) -> None:
    """Record a member's vote: by themselves, or by the clerk as it is called.

    Raises Refused, with the reason, for anyone who may not vote on this item now. A vote by email
    counts as being present.
    """
    lock_item(item)
    standing = standing_of(item, seat_id, now)
    if standing.seat.user_id != user.id:
        require_clerk(item, user, now)
    refuse_if(why_no_vote(item, standing, user, now))
    by_email = is_by_email(item, standing, now)
    joined = by_email and mark(item, seat_id, True, now)
    if is_clerk(user, item.bid.fund_id, now):
        barred_leave(item, user=user, now=now)
    if _keep_vote(item, standing, choice, by_email, user, now) or joined:
        item.touch()
    db.session.commit()


def vote_alike(item: AgendaItem, choice: Choice, *, user: User, now: datetime) -> int:
    """Record the same vote for everybody present who may vote and has not; answers for how many."""
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    barred_leave(item, user=user, now=now)
    voting = [
        s
        for s in standings_of(item, now)
        if s.present and s.vote is None and why_no_vote(item, s, user, now) is None
    ]
    for standing in voting:
        _keep_vote(item, standing, choice, is_by_email(item, standing, now), user, now)
    if voting:
        item.touch()
    db.session.commit()
    return len(voting)


def is_by_email(item: AgendaItem, standing: ItemStanding, now: datetime) -> bool:
    """Whether a vote given now is one by email: not that of somebody present at a meeting in session."""
    at_meeting = item.meeting.state is MeetingState.IN_SESSION and standing.present
    return item.votes_by_email(now) and not at_meeting


def why_no_vote(
    item: AgendaItem,
    standing: ItemStanding,
    user: User,
    now: datetime,
    others: Sequence[ItemStanding] | None = None,
) -> str | None:
    """Why this member's vote can't be recorded by this person now, as a sentence, or None.

    others  everybody's standings, where they are at hand
    """
    own = standing.seat.user_id == user.id
    name, has = ("You", "have") if own else (standing.seat.user.name, "has")
    if not item.is_before_panel:
        return "This item is no longer open, so votes can’t change."
    if standing.barred:
        why = bar_to_you(standing.barred) if own else bar_of_them(standing.barred)
        return f"{name} can’t vote on this bid: {why}."
    if standing.declared is None:
        return f"{name} must first say whether {'you' if own else 'they'} have an interest."
    if standing.is_disclosed and not item.rules.disclosed_may_vote:
        return f"{name} {has} disclosed an interest, so {'you' if own else 'they'} may not vote."
    return _why_not_now(item, standing, own, now, others) or _scores_first(item, standing, own)


def _why_not_now(
    item: AgendaItem, standing: ItemStanding, own: bool, now: datetime, others: Sequence[ItemStanding] | None
) -> str | None:
    by_email = item.votes_by_email(now)
    if standing.present:
        return None if by_email else _not_in_session(item, own)
    if by_email:
        return why_not_both(others or standings_of(item, now), standing)
    return _not_there(item, standing, own, now)


def _not_there(item: AgendaItem, standing: ItemStanding, own: bool, now: datetime) -> str:
    if item.email_vote_until and now > item.email_vote_until:
        return f"The vote by email ended on {moment_words(item.email_vote_until)}."
    name = "You are" if own else f"{standing.seat.user.name} is"
    return _not_in_session(item, own) or f"{name} not recorded as present for this item."


def _not_in_session(item: AgendaItem, own: bool) -> str | None:
    allowed = (MeetingState.IN_SESSION,) if own else STARTED
    return None if item.meeting.state in allowed else "The panel can vote once the meeting has started."


def _scores_first(item: AgendaItem, standing: ItemStanding, own: bool) -> str | None:
    """Where members score one by one, a member who votes has handed in their own scores."""
    if not item.scores_individually:
        return None
    if any(sheet.seat_id == standing.seat.id and sheet.counts for sheet in item.sheets):
        return None
    return (
        "You must first hand in your scores."
        if own
        else (f"{standing.seat.user.name} must first hand in their scores.")
    )


def _keep_vote(
    item: AgendaItem, standing: ItemStanding, choice: Choice, by_email: bool, user: User, now: datetime
) -> bool:
    known = next((v for v in item.votes if v.seat_id == standing.seat.id), None)
    if known is None:
        item.votes.append(
            Vote(seat=standing.seat, choice=choice, at=now, recorded_by_id=user.id, by_email=by_email)
        )
        return True
    if known.choice is choice and known.counts:
        return False
    record_event(
        item.bid,
        "change_vote",
        f"Recorded {standing.seat.user.name}’s vote again",
        user=user,
        now=now,
        reason=known.voided_why,
        given={"item": item.id, "before": known.choice, "voided": known.voided_why},
        internal=True,
    )
    known.choice, known.at, known.recorded_by_id, known.by_email = choice, now, user.id, by_email
    known.voided_at, known.voided_why = None, ""
    return True


def cast(item: AgendaItem, choice: Choice, reason: str, *, user: User, now: datetime) -> None:
    """Settle a tie by the casting vote of the person who chairs; the clerk or they themselves record it."""
    lock_item(item)
    require_open(item)
    sitting = sitting_of(item, now)
    seat, count = sitting.casting_seat, sitting.tally
    if seat is None:
        raise Refused("Nobody who may vote chairs this item, so nobody has a casting vote.")
    if seat.user_id != user.id:
        require_clerk(item, user, now)
    if not count.votes_for or count.votes_for != count.votes_against:
        raise Refused("The vote is not tied, so there is no casting vote.")
    if choice is Choice.ABSTAIN or not reason.strip():
        raise Refused("A casting vote is for or against, with a reason.")
    said = (choice, seat.user_id, reason.strip())
    if said == (item.casting_choice, item.casting_by_id, item.casting_reason):
        return db.session.commit()  # a second click
    item.casting_choice, item.casting_by_id, item.casting_reason = said
    record_event(
        item.bid,
        "casting_vote",
        f"Recorded {seat.user.name}’s casting vote",
        user=user,
        now=now,
        internal=True,
    )
    item.touch()
    return db.session.commit()


def keeps_this_item(item: AgendaItem, user: User, now: datetime) -> bool:
    """Whether this person runs the item as its clerk."""
    return is_clerk(user, item.bid.fund_id, now) and bar_of(item.bid, user, now) is None
