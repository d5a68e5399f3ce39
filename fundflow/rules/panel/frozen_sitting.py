"""Who sat on a decision, frozen as it was made, and what follows from that under its rules alone.

`Decision.sitting` is what `freeze_sitting` gives; `recomputed` works it out again from it and from the
version of the rules the decision keeps, whatever became of the panel, its rules and the schools since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem, AttendanceEvent, Vote
from fundflow.models.person import SeatPosition, Sector, User
from fundflow.models.scores import ScoreSheet
from fundflow.rules.panel.sitting import ItemStanding, Sitting, Tally, quorum_needed
from fundflow.rules.panel.sittings import casting, sitting_of
from fundflow.workflow.interests import Bar, BarKind, Tie
from fundflow.workflow.panel_rules import Band, Choice, Rules, mean

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
        "declared": standing.declared,
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


# -- working it out again ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FrozenSeat:
    """As much of a seat as the rules of the panel ask about."""

    id: int
    name: str
    position: SeatPosition
    sector: Sector
    stands_in_for_id: int | None


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What follows from a frozen sitting: the quorum, the vote, who chaired, the score."""

    sitting: Sitting
    casting: Choice | None
    scores: Mapping[str, int | Fraction]
    rules: Rules

    @property
    def tally(self) -> Tally:
        return self.sitting.tally

    @property
    def chair(self) -> str | None:
        return self.sitting.chair.name if self.sitting.chair else None  # type: ignore[attr-defined]

    @property
    def total(self) -> Fraction | None:
        return self.rules.total(self.scores)

    @property
    def band(self) -> Band | None:
        return self.rules.band(self.scores)

    def why_not(self, wanted: Choice) -> str | None:
        """None where the panel could decide so, else what forbids it."""
        lacking = self.sitting.inquorate
        return lacking.words() if lacking else self.tally.why_not(wanted, self.casting)


def recomputed(decision: Decision, *, without: int | None = None, barred: bool = True) -> Recomputed | None:
    """A decision's sitting worked out again under its own rules; None where it keeps no sitting.

    without  a person's id who is to be left out: as barred, else as one who disclosed an interest
    """
    if decision.sitting is None or decision.rules is None:
        return None
    frozen, rules = decision.sitting, decision.rules.rules
    standings = [_standing(member) for member in frozen["members"]]
    casting = Choice(frozen["casting"]["choice"]) if frozen["casting"] else None
    if without is not None:
        names = {m["name"] for m in frozen["members"] if m["user_id"] == without}
        standings = [
            _left_out(s, m, without, barred) for s, m in zip(standings, frozen["members"], strict=True)
        ]
        if frozen["casting"] and frozen["casting"]["by"] in names:
            casting = None
    least = sum(not standing.is_substitute for standing in standings)
    needed = quorum_needed(least, rules.quorum_least, rules.quorum_percent)
    sitting = Sitting(standings, needed, rules.disclosed_may_vote)
    return Recomputed(sitting, casting, _scores(frozen, sitting, rules), rules)


def _standing(member: Frozen) -> ItemStanding:
    seat = FrozenSeat(
        member["seat_id"],
        member["name"],
        SeatPosition(member["position"]),
        Sector(member["sector"]),
        0 if member["substitute_for"] else None,
    )
    vote = Choice(member["vote"]) if member["vote"] and not member["voided"] else None
    return ItemStanding(
        seat=seat,  # type: ignore[arg-type]
        present=member["present"],
        barred=bar_of_member(member),
        declared=member["declared"],
        vote=vote,
        disclosed=ties_of_member(member),
    )


def bar_of_member(member: Frozen) -> Bar | None:
    """What barred a member of a frozen sitting."""
    return Bar.thawed(member["barred"]) if member["barred"] else None


def ties_of_member(member: Frozen) -> tuple[Tie, ...]:
    """What a member of a frozen sitting had to disclose."""
    return tuple(map(Tie.thawed, member["disclosed"]))


def _left_out(standing: ItemStanding, member: Frozen, user_id: int, barred: bool) -> ItemStanding:
    if member["user_id"] != user_id:
        return standing
    bar = Bar(BarKind.FOUND_LATE) if barred else standing.barred
    return replace(standing, barred=bar, declared="barred" if barred else "disclosed")


def _scores(frozen: Frozen, sitting: Sitting, rules: Rules) -> dict[str, int | Fraction]:
    """By criterion the agreed score, or the mean of the members' who had a voice."""
    if not frozen["individually"]:
        return dict(frozen["agreed"])
    pairs = zip(sitting.standings, frozen["members"], strict=True)
    given = [
        member["counted_scores"]
        for standing, member in pairs
        if standing.has_voice(disclosed_may_vote=rules.disclosed_may_vote)
    ]
    columns = {slug: [s[slug] for s in given if slug in s] for slug in rules.slugs}
    return {slug: mean(column) for slug, column in columns.items() if column}


def effect_without(decision: Decision, user: User, *, barred: bool = True) -> str:
    """What becomes of a decision's quorum and vote without one person, as a sentence."""
    left = recomputed(decision, without=user.id, barred=barred)
    if left is None:
        return f"What the vote would be without {user.name} can’t be worked out: who sat was not kept."
    if lacking := left.sitting.inquorate:
        why = lacking.words()
        return f"Without {user.name}: {why[:1].lower()}{why[1:]} The panel would not be quorate."
    wanted = Choice.DO_NOT_FUND if decision.pence is None else Choice.FUND
    count = left.tally
    carries = (
        "it would still carry" if left.tally.why_not(wanted, left.casting) is None else "it would not carry"
    )
    return (
        f"Without {user.name} {left.sitting.counted} present, {left.sitting.needed} needed; the vote "
        f"would be {count.votes_for} for, {count.votes_against} against: {carries}."
    )


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
