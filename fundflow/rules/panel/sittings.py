"""The panel as it sits on agenda items: who is a member, present, barred, and how they voted."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, event, inspect, select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.models.bid import Bid
from fundflow.models.fund import Decider
from fundflow.models.interest import RegisteredInterest
from fundflow.models.lists import Lists
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import Membership, Seat, SeatPosition, User
from fundflow.rules.interests.bars import bar_on
from fundflow.rules.interests.records import shown_by_records, shown_on_many
from fundflow.rules.panel.sitting import ItemStanding, Sitting, quorum_needed, without_replaced_substitutes
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.interests import Tie, TieKind
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import london_date

THERE = Lists(AgendaItem.presences, AgendaItem.votes)
# People with what they hold and are tied to. One holds little, so that a join costs less than three queries.
HELD = (
    joinedload(User.memberships).joinedload(Membership.school),
    joinedload(User.seats).joinedload(Seat.school),
    joinedload(User.registered_interests).joinedload(RegisteredInterest.school),
)
HOLDERS = select(User).where(User.id.in_(bindparam("ids", expanding=True))).options(*HELD)
SEATS = (
    select(Seat)
    .where(Seat.fund_id == bindparam("fund"))
    .order_by(Seat.id)
    .options(joinedload(Seat.user).options(*HELD))
)


def sitting_of(item: AgendaItem, now: datetime) -> Sitting:
    """The panel as it sits on this item now."""
    rules, standings = item.rules, standings_of(item, now)
    members = sum(not standing.is_substitute for standing in standings)
    needed = quorum_needed(members, rules.quorum_least, rules.quorum_percent)
    return Sitting(standings, needed, rules.disclosed_may_vote)


def standings_of(item: AgendaItem, now: datetime) -> list[ItemStanding]:
    """Every member of the panel as they stand on this item: present, barred, voted how."""
    day = london_date(now)
    THERE.load(item)
    present = {p.seat_id for p in item.presences if p.present}
    votes = {v.seat_id: v.choice for v in item.votes if v.counts}
    declared = {said.user_id: said.kind for said in item.bid.declarations}
    seats = seats_of(item, now)
    shown = shown_of(item, seats, day)
    return without_replaced_substitutes(
        [
            ItemStanding(
                seat=seat,
                present=seat.id in present,
                barred=bar_on(item.bid, seat.user, day),
                declared=declared.get(seat.user_id),
                vote=votes.get(seat.id),
                disclosed=tuple(shown.get(seat.user_id, ())),
            )
            for seat in seats
        ]
    )


def seats_of(item: AgendaItem, now: datetime) -> list[Seat]:
    """The panel's members on the day: the meeting's, or today's once it lies in the past."""
    day = max(london_date(now), london_date(item.meeting.starts_at))
    fund, session = item.bid.fund, object_session(item)
    if session is not None and "seats" in inspect(fund).unloaded:
        set_committed_value(fund, "seats", session.scalars(SEATS, {"fund": fund.id}).unique().all())
    else:
        _load_holders(session, fund.seats)
    return [seat for seat in fund.seats if seat.is_valid_on(day)]


def shown_of(item: AgendaItem, seats: list[Seat], day: date) -> dict[int, list[Tie]]:
    """What records show of these people's part in the bid; asked once a transaction."""
    known: dict[int, list[Tie]] | None = item.__dict__.get("_shown")
    if known is None:
        known = shown_by_records(
            item.bid, [seat.user for seat in seats], on=day, clusters=item.rules.cluster_discloses
        )
        item.__dict__["_shown"] = known
    return known


def why_no_majority(item: AgendaItem, wanted: Choice, sitting: Sitting, now: datetime) -> str | None:
    left = len(sitting.may_still_vote) if item.votes_by_email(now) else 0
    if left and item.email_vote_until:
        return (
            f"Members can vote by email until {moment_words(item.email_vote_until)}: "
            f"{left} {'has' if left == 1 else 'have'} not voted yet."
        )
    return sitting.tally.why_not(wanted, casting(item, sitting))


def casting(item: AgendaItem, sitting: Sitting) -> Choice | None:
    """The casting vote, while its giver may vote: it goes with them, as their own vote does."""
    voters = {
        s.seat.user_id for s in sitting.standings if s.may_vote(disclosed_may_vote=sitting.disclosed_may_vote)
    }
    return item.casting_choice if item.casting_by_id in voters else None


def is_carried(item: AgendaItem, sitting: Sitting, now: datetime) -> bool:
    """Whether the vote is complete, for or against: what is left is to record the decision."""
    if not item.is_open or not any(vote.counts for vote in item.votes):
        return False
    if sitting.inquorate or sitting.yet_to_declare:
        return False
    return any(
        why_no_majority(item, choice, sitting, now) is None for choice in (Choice.FUND, Choice.DO_NOT_FUND)
    )


def items_to_settle(meeting: Meeting, now: datetime) -> list[AgendaItem]:
    """What the meeting itself must still decide or move: not what members are voting on by email,
    nor what they carried and an authorised officer is yet to decide."""
    left = [item for item in meeting.undecided_items() if not item.votes_by_email(now)]
    if meeting.fund.decider is not Decider.AUTHORISED_OFFICER:
        return left
    load_sittings(left, now)
    return [item for item in left if not is_carried(item, sitting_of(item, now), now)]


def load_sittings(items: Sequence[AgendaItem], now: datetime) -> None:
    """Load at once what the sittings on many items ask of each."""
    session = object_session(items[0]) if items else None
    if session is None:
        return
    session.scalars(
        select(AgendaItem)
        .where(AgendaItem.id.in_([item.id for item in items]))
        .options(
            selectinload(AgendaItem.votes),
            selectinload(AgendaItem.presences),
            selectinload(AgendaItem.bid).options(
                joinedload(Bid.lead_school),
                selectinload(Bid.partners),
                selectinload(Bid.declarations),
                selectinload(Bid.named_people),
            ),
        )
    ).all()
    load_records(items, now)


def load_records(items: Sequence[AgendaItem], now: datetime) -> None:
    """Ask once, for many items, what the records show of their members; not again in a transaction."""
    asked = [item for item in items if "_shown" not in item.__dict__]
    people = {seat.user for item in asked for seat in seats_of(item, now)}
    bids = {item.bid_id: item.bid for item in asked}
    clusters = {item.bid_id for item in asked if item.rules.cluster_discloses}
    found = shown_on_many(list(bids.values()), people, clusters=clusters, on=london_date(now))
    for item in asked:
        ties = found.get(item.bid_id, {})
        item.__dict__["_shown"] = ties if item.rules.cluster_discloses else _without_clusters(ties)


def _without_clusters(ties: dict[int, list[Tie]]) -> dict[int, list[Tie]]:
    """Another item of the same bid may be under rules that disclose them."""
    kept = {person: [t for t in told if t.kind is not TieKind.CLUSTER] for person, told in ties.items()}
    return {person: told for person, told in kept.items() if told}


@event.listens_for(AgendaItem, "expire", raw=True)
def _forget_records(state: Any, _attributes: Any) -> None:
    state.dict.pop("_shown", None)


def _load_holders(session: Session | None, seats: list[Seat]) -> None:
    """Load who holds these seats and what bars them, in one query however many they are, once
    a transaction."""
    unknown = [
        seat.user_id
        for seat in seats
        if "user" in inspect(seat).unloaded
        or {"memberships", "seats", "registered_interests"} & inspect(seat.user).unloaded
    ]
    if session is None or not unknown:
        return
    people = session.scalars(HOLDERS, {"ids": unknown}).unique().all()
    holders = {person.id: person for person in people}
    for seat in seats:
        if seat.user_id in holders:
            set_committed_value(seat, "user", holders[seat.user_id])


def deputy_decides(item: AgendaItem | None, bid: Bid, user: User, now: datetime) -> bool:
    """Whether the deputy stands in: the chair is not there for the item, or may not vote on it. What never
    was on an agenda the deputy decides where the chair is barred from the bid."""
    if item is not None:
        seat = sitting_of(item, now).casting_seat
        return seat is not None and seat.user_id == user.id
    day = london_date(now)
    seats = [seat for seat in bid.fund.seats if seat.position is SeatPosition.CHAIR and seat.is_valid_on(day)]
    return all(bar_on(bid, seat.user, day) for seat in seats)
