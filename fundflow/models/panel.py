"""The panel: meetings, agenda items, who is there for which, agreed scores and votes."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, event, inspect, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    joinedload,
    mapped_column,
    object_session,
    relationship,
    selectinload,
)
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to
from fundflow.models.fund import Decider, Fund
from fundflow.models.interest import InterestKind, RegisteredInterest
from fundflow.models.interest_records import shown_by_records, shown_on_many
from fundflow.models.item_deciders import DecidedItem
from fundflow.models.item_scores import ScoredItem
from fundflow.models.panel_rules import Choice, Rules
from fundflow.models.panel_settings import PanelRules
from fundflow.models.panel_sitting import Sitting, Standing, Tally, never_both, quorum_needed
from fundflow.models.person import Membership, Seat, User
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.interests import Bar, BarKind, Tie
from fundflow.workflow.meeting import MEETING, MeetingState
from fundflow.workflow.working_days import add_working_days, london_date

if TYPE_CHECKING:
    from fundflow.models.scores import Moderation, ScoreSheet


class Outcome(Enum):
    """How an agenda item ended."""

    APPROVED = "approved"
    DECLINED = "declined"
    DEFERRED = "deferred"
    REMOVED = "removed"  # taken back, withdrawn, or moved to another meeting

    @property
    def words(self) -> str:
        return {
            "approved": "Fund",
            "declined": "Do not fund",
            "deferred": "Deferred",
            "removed": "Taken off the agenda",
        }[self.value]


class Meeting(Base):
    __tablename__ = "meeting"
    workflow: ClassVar[Workflow] = MEETING

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    state: Mapped[MeetingState] = mapped_column(enum_of(MeetingState))
    version: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    minutes_long: Mapped[int] = mapped_column(default=90)
    place: Mapped[str] = mapped_column(String(200))
    sequence: Mapped[int] = mapped_column(default=0)  # of its calendar entry: counts changes of date or place

    fund: Mapped[Fund] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(back_populates="meeting", order_by="AgendaItem.position")

    bid = None  # a meeting belongs to no single bid
    bid_id = None

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", MeetingState.PLANNED)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/meetings/{self.id}"

    def undecided_items(self) -> list["AgendaItem"]:
        return [item for item in self.items if item.is_open]

    def items_to_settle(self, now: datetime) -> list["AgendaItem"]:
        """What the meeting itself must still decide or move: not what members are voting on by email,
        nor what they carried and an authorised officer is yet to decide."""
        left = [item for item in self.undecided_items() if not item.votes_by_email(now)]
        if self.fund.decider is not Decider.AUTHORISED_OFFICER:
            return left
        load_sittings(left, now)
        return [item for item in left if not item.is_carried(item.sitting(now), now)]

    @property
    def takes_bids(self) -> bool:
        return self.state in (MeetingState.PLANNED, MeetingState.PAPERS_ISSUED)

    @property
    def papers_due_on(self) -> date:
        """The day by which members should have the papers."""
        return add_working_days(london_date(self.starts_at), -self.fund.papers_days, self.fund.council_off)

    def papers_are_late(self, today: date) -> bool:
        return self.state is MeetingState.PLANNED and today > self.papers_due_on

    def touch(self) -> None:
        """Count a change in the database itself: bids come and go without holding the meeting."""
        self.version = Meeting.version + 1


class AgendaItem(Base, ScoredItem, DecidedItem):
    """One bid before the panel, at a meeting or by correspondence (votes by email)."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("meeting_id", "position"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = key_to("meeting.id")
    bid_id: Mapped[int] = key_to("bid.id")
    position: Mapped[int]
    rules_id: Mapped[int | None] = key_to("panel_rules.id")  # kept from when its papers went out
    outcome: Mapped[Outcome | None] = mapped_column(enum_of(Outcome))
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    was_deferred: Mapped[bool] = mapped_column(default=False)
    # What the panel votes on; nothing proposed means the amount asked for.
    proposed_pence: Mapped[Pence | None]
    proposed_reason: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int | None] = key_to("person.id")
    email_vote_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email_vote_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    casting_choice: Mapped[Choice | None] = mapped_column(enum_of(Choice))
    casting_by_id: Mapped[int | None] = key_to("person.id")
    casting_reason: Mapped[str] = mapped_column(Text, default="")

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    bid: Mapped[Bid] = relationship(back_populates="items")
    kept_rules: Mapped[PanelRules | None] = relationship()
    presences: Mapped[list["Presence"]] = relationship(back_populates="item")
    votes: Mapped[list["Vote"]] = relationship(back_populates="item", order_by="Vote.id")
    scores: Mapped[list["AgreedScore"]] = relationship(back_populates="item")
    sheets: Mapped[list["ScoreSheet"]] = relationship(back_populates="item", order_by="ScoreSheet.id")
    moderations: Mapped[list["Moderation"]] = relationship(back_populates="item", order_by="Moderation.id")

    @property
    def is_open(self) -> bool:
        return self.outcome is None and self.meeting.state is not MeetingState.CANCELLED

    @property
    def rules(self) -> Rules:
        """The rules this item is handled under: those its papers went out with, else today's."""
        return self.kept_rules.rules if self.kept_rules else self.bid.fund.rules

    @property
    def voted_pence(self) -> int:
        """What a vote for funding would give."""
        return self.bid.requested_pence if self.proposed_pence is None else self.proposed_pence

    # -- who sits --------------------------------------------------------------------------------

    def sitting(self, now: datetime) -> Sitting:
        """The panel as it sits on this item now."""
        rules, standings = self.rules, self.standings(now)
        members = sum(not standing.is_substitute for standing in standings)
        needed = quorum_needed(members, rules.quorum_least, rules.quorum_percent)
        return Sitting(standings, needed, rules.disclosed_may_vote)

    def standings(self, now: datetime) -> list[Standing]:
        """Every member of the panel as they stand on this item: present, barred, voted how."""
        day = london_date(now)
        present = {p.seat_id for p in self.presences if p.present}
        votes = {v.seat_id: v.choice for v in self.votes if v.counts}
        declared = {said.user_id: said.kind for said in self.bid.declarations}
        seats = self.seats(now)
        shown = self._shown_by_records(seats, day)
        return never_both(
            [
                Standing(
                    seat=seat,
                    present=seat.id in present,
                    barred=self.bid.undeclared_bar(seat.user, day)
                    or (Bar(BarKind.DECLARED) if declared.get(seat.user_id) is InterestKind.BARRED else None),
                    declared=declared[seat.user_id].value if seat.user_id in declared else None,
                    vote=votes.get(seat.id),
                    disclosed=tuple(shown.get(seat.user_id, ())),
                )
                for seat in seats
            ]
        )

    def seats(self, now: datetime) -> list[Seat]:
        """The panel's members on the day: the meeting's, or today's once it lies in the past."""
        day = max(london_date(now), london_date(self.meeting.starts_at))
        held = self.bid.fund.seats
        _load_holders(object_session(self), held)
        return [seat for seat in held if seat.holds_on(day)]

    def _shown_by_records(self, seats: list[Seat], day: date) -> dict[int, list[Tie]]:
        """What records show of these people's part in the bid; asked once a transaction."""
        known: dict[int, list[Tie]] | None = self.__dict__.get("_shown")
        if known is None:
            known = shown_by_records(
                self.bid, [seat.user for seat in seats], on=day, clusters=self.rules.cluster_discloses
            )
            self.__dict__["_shown"] = known
        return known

    def tally(self, now: datetime) -> Tally:
        return self.sitting(now).tally

    def why_no_majority(self, wanted: str, sitting: Sitting, now: datetime) -> str | None:
        left = len(sitting.may_still_vote) if self.votes_by_email(now) else 0
        if left and self.email_vote_until:
            return (
                f"Members can vote by email until {moment_words(self.email_vote_until)}: "
                f"{left} {'has' if left == 1 else 'have'} not voted yet."
            )
        return sitting.tally.why_not(Choice(wanted), self.casting(sitting))

    def casting(self, sitting: Sitting) -> Choice | None:
        """The casting vote, while whoever gave it may vote: it goes with them, as their own vote does."""
        voters = {
            s.seat.user_id
            for s in sitting.standings
            if s.may_vote(disclosed_may_vote=sitting.disclosed_may_vote)
        }
        return self.casting_choice if self.casting_by_id in voters else None

    def is_carried(self, sitting: Sitting, now: datetime) -> bool:
        """Whether the vote is complete, for or against: what is left is to record the decision."""
        if not self.is_open or not any(vote.counts for vote in self.votes):
            return False
        if sitting.inquorate or sitting.yet_to_declare:
            return False
        return any(
            self.why_no_majority(choice.value, sitting, now) is None
            for choice in (Choice.FUND, Choice.DO_NOT_FUND)
        )

    def chair(self, now: datetime) -> Seat | None:
        """Who chairs this item: the chair if present and not barred, else the deputy."""
        return self.sitting(now).chair

    def votes_by_email(self, now: datetime) -> bool:
        """Whether members may vote from their own page, without being at a meeting."""
        return self.is_open and self.email_vote_until is not None and now <= self.email_vote_until


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
    people = {seat.user for item in asked for seat in item.seats(now)}
    clusters = {item.bid_id for item in asked if item.rules.cluster_discloses}
    found = shown_on_many([item.bid for item in asked], people, clusters=clusters, on=london_date(now))
    for item in asked:
        item.__dict__["_shown"] = found.get(item.bid_id, {})


@event.listens_for(AgendaItem, "expire", raw=True)
def _forget_records(state: Any, _attributes: Any) -> None:
    state.dict.pop("_shown", None)


def _load_holders(session: Session | None, seats: list[Seat]) -> None:
    """Load who holds these seats and what bars them, in four queries however many they are, once
    a transaction."""
    unknown = [
        seat.user_id
        for seat in seats
        if "user" in inspect(seat).unloaded
        or {"memberships", "seats", "registered_interests"} & inspect(seat.user).unloaded
    ]
    if session is None or not unknown:
        return
    people = session.scalars(
        select(User)
        .where(User.id.in_(unknown))
        .options(
            selectinload(User.memberships).joinedload(Membership.school),
            selectinload(User.seats).joinedload(Seat.school),
            selectinload(User.registered_interests).joinedload(RegisteredInterest.school),
        )
    ).all()
    holders = {person.id: person for person in people}
    for seat in seats:
        if seat.user_id in holders:
            set_committed_value(seat, "user", holders[seat.user_id])


class Presence(Base):
    """Whether a member is there for one item now; members may leave and come back."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("item_id", "seat_id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    seat_id: Mapped[int] = key_to("seat.id")
    present: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    item: Mapped[AgendaItem] = relationship(back_populates="presences")


class AttendanceEvent(Base):
    """Somebody joined or left, for one item or (no item) for the whole call. Append-only: the
    minutes are drafted from it."""

    __tablename__ = "attendance_event"

    id: Mapped[Id]
    meeting_id: Mapped[int] = key_to("meeting.id")
    item_id: Mapped[int | None] = key_to("agenda_item.id")
    seat_id: Mapped[int] = key_to("seat.id")
    present: Mapped[bool]
    why: Mapped[str] = mapped_column(String(300), default="")  # “their school … takes part in it”
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = key_to("person.id")

    seat: Mapped[Seat] = relationship()


class AgreedScore(Base):
    __tablename__ = "agreed_score"
    __table_args__ = (
        UniqueConstraint("item_id", "criterion"),
        CheckConstraint("score BETWEEN 0 AND 4", name="score_on_the_scale"),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    criterion: Mapped[str] = mapped_column(String(20))
    score: Mapped[int]

    item: Mapped[AgendaItem] = relationship(back_populates="scores")


class Vote(Base):
    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("item_id", "seat_id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    seat_id: Mapped[int] = key_to("seat.id")
    choice: Mapped[Choice] = mapped_column(enum_of(Choice))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = key_to("person.id")
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # kept, and no longer counted
    voided_why: Mapped[str] = mapped_column(String(300), default="")
    by_email: Mapped[bool] = mapped_column(default=False)

    item: Mapped[AgendaItem] = relationship(back_populates="votes")
    seat: Mapped[Seat] = relationship()

    @property
    def counts(self) -> bool:
        return self.voided_at is None
