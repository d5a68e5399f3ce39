"""Who sat on a decision, frozen as it was made: what `Decision.sitting` keeps, and how it is read.

`recomputed_sitting` works out again what follows from it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem, AttendanceEvent, Vote
from fundflow.models.person import User
from fundflow.models.scores import ScoreSheet
from fundflow.rules.panel.sitting import ItemStanding, Sitting
from fundflow.rules.panel.sittings import casting, sitting_of
from fundflow.workflow.interests import Bar, Tie

Frozen = dict[str, Any]


def freeze_sitting(
    item: AgendaItem, now: datetime, events: Iterable[AttendanceEvent] | None = None
) -> Frozen:
    """The panel as it sits on an item, plain enough for JSON.

    events  who came and left at the item's meeting, in order, where the caller has read them already

    needed, counted      the quorum
    chair                who chairs the item, by name; None where nobody does
    proposed_pence       what a vote for funding would give (pence), and why it is not what was asked
    agreed               criterion → agreed score; empty where members score
    members              one each: `position` and `sector` as values of their enums; `barred` and
                         `disclosed` as a frozen Bar and Ties; `declared` an InterestKind's value or None;
                         `vote` a Choice's value or None, `voided` why it counts no more or empty;
                         `scores` their own, `counted_scores` those that count (after moderation);
                         `left` {at, why} of who was there and left, else None
    """
    sitting = sitting_of(item, now)
    return {
        "needed": sitting.needed,
        "counted": sitting.counted,
        "chair": sitting.chair.user.name if sitting.chair else None,
        "proposed_pence": item.voted_pence,
        "proposed_reason": item.proposed_reason,
        "individually": item.scores_individually,
        "by_email": was_by_email(item),
        "email_until": item.email_vote_until.isoformat() if item.email_vote_until else None,
        "casting": _casting(item, sitting),
        "agreed": {s.criterion: s.score for s in item.scores},
        "members": _members(item, sitting, _events_of(item) if events is None else events),
    }


def was_by_email(item: AgendaItem) -> bool:
    """Whether members voted, or were asked to vote, between meetings."""
    return item.email_vote_until is not None or any(vote.by_email for vote in item.votes)


def _casting(item: AgendaItem, sitting: Sitting) -> Frozen | None:
    if item.casting_choice is None or casting(item, sitting) is None:
        return None
    by = db.session.get(User, item.casting_by_id)
    return {"by": by.name if by else "", "choice": item.casting_choice.value, "reason": item.casting_reason}


def _members(item: AgendaItem, sitting: Sitting, events: Iterable[AttendanceEvent]) -> list[Frozen]:
    votes = {vote.seat_id: vote for vote in item.votes}
    sheets = {sheet.seat_id: sheet for sheet in item.sheets}
    left = _who_left(item, events)
    return [
        _member(
            standing,
            votes.get(standing.seat.id),
            sheets.get(standing.seat.id),
            None if standing.present else left.get(standing.seat.id),
        )
        for standing in sitting.standings
    ]


def _member(
    standing: ItemStanding, vote: Vote | None, sheet: ScoreSheet | None, left: Frozen | None
) -> Frozen:
    seat = standing.seat
    return {
        "seat_id": seat.id,
        "user_id": seat.user_id,
        "name": seat.user.name,
        "position": seat.position.value,
        "sector": seat.sector.value,
        "substitute_for": seat.stands_in_for.user.name if seat.stands_in_for else None,
        "present": standing.present,
        "barred": standing.barred.frozen() if standing.barred else None,
        "disclosed": [tie.frozen() for tie in standing.disclosed],
        "declared": standing.declared.value if standing.declared else None,
        "left": left,
        "vote": vote.choice.value if vote else None,
        "voided": "" if vote is None or vote.counts else vote.voided_why or "It no longer counts",
        "scores": sheet.own_scores if sheet and sheet.is_submitted else {},
        "counted_scores": sheet.counted_scores if sheet and sheet.counts else {},
    }


def _events_of(item: AgendaItem) -> Iterable[AttendanceEvent]:
    return db.session.scalars(
        select(AttendanceEvent)
        .where(AttendanceEvent.meeting_id == item.meeting_id)
        .order_by(AttendanceEvent.id)
    )


def _who_left(item: AgendaItem, events: Iterable[AttendanceEvent]) -> dict[int, Frozen]:
    """Seat's id → when and why its holder left, as was last recorded for the item or the whole call."""
    found = {p.seat_id: {"at": p.changed_at.isoformat(), "why": ""} for p in item.presences if not p.present}
    for event in events:
        if event.item_id not in (None, item.id):
            continue
        if event.seat_id in found and not event.present:
            found[event.seat_id] = {"at": event.at.isoformat(), "why": event.why}
    return found


# -- reading it ----------------------------------------------------------------------------------------


def bar_of_member(member: Frozen) -> Bar | None:
    """What barred a member of a frozen sitting."""
    return Bar.thawed(member["barred"]) if member["barred"] else None


def ties_of_member(member: Frozen) -> tuple[Tie, ...]:
    """What a member of a frozen sitting had to disclose."""
    return tuple(map(Tie.thawed, member["disclosed"]))


def counted_in(decision: Decision, user_id: int) -> bool:
    """Whether a person was counted, voted or scored in the sitting a decision keeps, in what still
    counted then; True where it keeps none."""
    if decision.sitting is None:
        return True
    mine = [m for m in decision.sitting["members"] if m["user_id"] == user_id]
    return any(
        (m["present"] and not m["barred"]) or (m["vote"] and not m["voided"]) or m["counted_scores"]
        for m in mine
    )
