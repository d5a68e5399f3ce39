"""The rows of the members' table on an item's page: who is there, what they said and voted, and what
the clerk can record of them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, Vote
from fundflow.models.person import User
from fundflow.panel.meetings.call_queries import Attendance, LastSeen
from fundflow.panel.operations import items
from fundflow.rules.panel.sitting import ItemStanding, Sitting
from fundflow.workflow.date_words import clock_time
from fundflow.workflow.meeting import MeetingState

SAID = {InterestKind.NONE: "None", InterestKind.DISCLOSED: "Disclosed", InterestKind.BARRED: "Barred"}


class AttendanceAct(NamedTuple):
    """One thing to record of a member: for the whole call, or for this item alone."""

    text: str
    whole_call: bool
    present: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the members' table; empty text where there is nothing to say, or it is hidden.

    attendance    as “Here” or “Left the call 16:10”
    vote, how     as “For”, and how it was given where that is worth saying
    voided        why a vote no longer counts
    stands_in_for a substitute's member
    """

    standing: ItemStanding
    attendance: str
    interest: str
    vote: str
    how: str
    voided: str
    is_me: bool
    can_record_vote: bool
    acts: tuple[AttendanceAct, ...]
    stands_in_for: str


def rows(
    item: AgendaItem,
    sitting: Sitting,
    came: Attendance,
    user: User,
    at: datetime,
    *,
    shown: bool,
    clerk: bool,
) -> list[MemberRow]:
    """The members, each with their substitutes below; `shown`: others’ votes may be told."""
    return [
        _row(item, standing, sitting.standings, came, user, at, shown, clerk)
        for standing in in_order(sitting.standings)
    ]


def in_order(standings: Sequence[ItemStanding]) -> list[ItemStanding]:
    """Members in the order of their seats, each followed by their substitute."""
    seats = {standing.seat.id for standing in standings}
    place = {s.seat.id: n for n, s in enumerate(standings)}

    def key(standing: ItemStanding) -> tuple[int, bool, int]:
        seat = standing.seat
        principal = seat.stands_in_for_id if seat.stands_in_for_id in seats else seat.id
        return place[principal or seat.id], standing.is_substitute, place[seat.id]

    return sorted(standings, key=key)


def _row(
    item: AgendaItem,
    standing: ItemStanding,
    others: Sequence[ItemStanding],
    came: Attendance,
    user: User,
    at: datetime,
    shown: bool,
    clerk: bool,
) -> MemberRow:
    seat, mine = standing.seat, standing.seat.user_id == user.id
    vote = next((v for v in item.votes if v.seat_id == seat.id), None)
    told = vote if shown or mine else None
    votes = mine or clerk
    return MemberRow(
        standing=standing,
        attendance=_attendance_words(item, standing, came, vote),
        interest=interest_words(standing),
        vote=told.choice.words if told else ("Voted" if standing.vote else ""),
        how=_how(told),
        voided=_why_void(told),
        is_me=mine,
        can_record_vote=votes and items.why_no_vote(item, standing, user, at, others) is None,
        acts=tuple(_acts(item, standing, came)) if clerk and item.is_open else (),
        stands_in_for=seat.stands_in_for.user.name if seat.stands_in_for else "",
    )


def _attendance_words(item: AgendaItem, standing: ItemStanding, came: Attendance, vote: Vote | None) -> str:
    """Whether a member is there for the item, or when they left it or the call; empty: never came."""
    seat_id = standing.seat.id
    of_call, of_item = came.call.get(seat_id), came.item.get(seat_id)
    presence = next((p for p in item.presences if p.seat_id == seat_id), None)
    if standing.present and not standing.barred:
        return "Votes by email" if vote and vote.by_email else "Here"
    if presence is None or standing.barred:
        return _outside_the_item(standing, of_call, of_item)
    left_call = of_call and not of_call.present and of_call.at >= presence.changed_at
    return f"Left {'the call' if left_call else 'for this item'} {clock_time(presence.changed_at)}"


def _outside_the_item(standing: ItemStanding, of_call: LastSeen | None, of_item: LastSeen | None) -> str:
    """The same of somebody who was never there for this item, or may not be: of the call, if anything."""
    if standing.barred:
        return f"Left at {clock_time(of_item.at)}" if of_item and not of_item.present else ""
    if of_call is None:
        return ""
    return "On the call" if of_call.present else f"Left the call {clock_time(of_call.at)}"


def _acts(item: AgendaItem, standing: ItemStanding, came: Attendance) -> list[AttendanceAct]:
    """What the clerk can record of somebody's coming and going."""
    if item.meeting.state is MeetingState.CLOSED:
        text = "Was not here" if standing.present else "Was here"
        return (
            [] if standing.barred else [AttendanceAct(text, whole_call=False, present=not standing.present)]
        )
    if item.meeting.state is not MeetingState.IN_SESSION:
        return []
    on_call, there = standing.seat.id in came.on_call, standing.present
    found = [AttendanceAct("Left the call" if on_call or there else "Joined", True, not (on_call or there))]
    if not standing.barred and (on_call or there):
        back = "Came back" if standing.seat.id in came.item else "Is here for this item"
        found.append(AttendanceAct("Left for this item" if there else back, False, not there))
    return found


def interest_words(standing: ItemStanding) -> str:
    """What a member said, and what the records show of them."""
    if standing.declared is None:
        return ""
    shown_alone = standing.declared is InterestKind.NONE and standing.disclosed
    return SAID[InterestKind.DISCLOSED if shown_alone else standing.declared]


def _how(vote: Vote | None) -> str:
    """By email, and who recorded it where that was not the member."""
    if vote is None or not vote.by_email:
        return ""
    if vote.recorded_by_id == vote.seat.user_id:
        return "by email"
    by = db.session.get(User, vote.recorded_by_id)
    return f"by email, recorded by {by.name if by else 'somebody else'}"


def _why_void(vote: Vote | None) -> str:
    if vote is None or vote.counts:
        return ""
    return vote.voided_why or "an interest was found late"


# -- everybody's vote at once -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BulkVote:
    """Who is recorded where “all present vote for” or “against” is clicked, and who is not, with why."""

    names: list[str]
    exceptions: list[str]


def bulk_vote(item: AgendaItem, sitting: Sitting, user: User, at: datetime) -> BulkVote | None:
    """Whom one click can record as voting the same, and who is left out; None where nobody present is
    still to vote."""
    names, exceptions = [], []
    for standing in sitting.standings:
        name = standing.seat.user.name
        if standing.vote and standing.present:
            exceptions.append(f"{name} has voted")
        elif not standing.present or standing.barred:
            continue
        elif items.why_no_vote(item, standing, user, at, sitting.standings) is None:
            names.append(name)
        else:
            exceptions.append(_left_out_because(item, standing))
    return BulkVote(names, exceptions) if names else None


def _left_out_because(item: AgendaItem, standing: ItemStanding) -> str:
    """Why somebody present can’t vote yet, short enough for a list."""
    name = standing.seat.user.name
    if standing.declared is None:
        return f"{name} has not said whether they have an interest"
    if standing.is_disclosed and not item.rules.disclosed_may_vote:
        return f"{name} has disclosed an interest"
    return f"{name} has not handed in scores" if item.scores_individually else f"{name} can’t vote now"
