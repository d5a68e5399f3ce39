"""The panel: meetings, agenda items, interests, scores, votes, decisions and offers."""

from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, inspect, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    mapped_column,
    object_session,
    relationship,
    selectinload,
)  # fmt: skip
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to
from fundflow.models.fund import Fund
from fundflow.models.panel_rules import (
    Choice,
    Sitting,
    Standing,
    Tally,
    quorum_needed,
    total_score,
)  # fmt: skip
from fundflow.models.person import Membership, Seat, User
from fundflow.workflow.engine import Workflow
from fundflow.workflow.meeting import MEETING, MeetingState
from fundflow.workflow.working_days import add_working_days, london_date

# How a barring declaration ends the sentence “You can’t …: ” (as `Bid.why_barred` does).
DECLARED = "you declared an interest in it"


class InterestKind(Enum):
    NONE = "none"
    DISCLOSED = "disclosed"
    BARRED = "barred"

    @property
    def words(self) -> str:
        return {"none": "No interest", "disclosed": "An interest, disclosed",
                "barred": "An interest that bars"}[self.value]  # fmt: skip


class Outcome(Enum):
    """How an agenda item ended."""

    APPROVED = "approved"
    DECLINED = "declined"
    DEFERRED = "deferred"
    REMOVED = "removed"  # taken back, withdrawn, or moved to another meeting

    @property
    def words(self) -> str:
        return {"approved": "Fund", "declined": "Do not fund", "deferred": "Deferred",
                "removed": "Taken off the agenda"}[self.value]  # fmt: skip


class Meeting(Base):
    __tablename__ = "meeting"
    workflow: ClassVar[Workflow] = MEETING

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    state: Mapped[MeetingState] = mapped_column(enum_of(MeetingState))
    version: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    place: Mapped[str] = mapped_column(String(200))

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

    @property
    def takes_bids(self) -> bool:
        return self.state in (MeetingState.PLANNED, MeetingState.PAPERS_ISSUED)

    @property
    def papers_due_on(self) -> date:
        """The day by which members should have the papers."""
        return add_working_days(london_date(self.starts_at), -self.fund.papers_days)

    def papers_are_late(self, today: date) -> bool:
        return self.state is MeetingState.PLANNED and today > self.papers_due_on

    def touch(self) -> None:
        """Count a change in the database itself: bids come and go without holding the meeting."""
        self.version = Meeting.version + 1


class AgendaItem(Base):
    """One bid before the panel, at a meeting or by correspondence (votes by email)."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("meeting_id", "position"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = key_to("meeting.id")
    bid_id: Mapped[int] = key_to("bid.id")
    position: Mapped[int]
    outcome: Mapped[Outcome | None] = mapped_column(enum_of(Outcome))
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    was_deferred: Mapped[bool] = mapped_column(default=False)
    email_vote_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    casting_choice: Mapped[Choice | None] = mapped_column(enum_of(Choice))
    casting_by_id: Mapped[int | None] = key_to("person.id")
    casting_reason: Mapped[str] = mapped_column(Text, default="")

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    bid: Mapped[Bid] = relationship(back_populates="items")
    presences: Mapped[list["Presence"]] = relationship(back_populates="item")
    votes: Mapped[list["Vote"]] = relationship(back_populates="item", order_by="Vote.id")
    scores: Mapped[list["AgreedScore"]] = relationship(back_populates="item")

    @property
    def is_open(self) -> bool:
        return self.outcome is None and self.meeting.state is not MeetingState.CANCELLED

    def sitting(self, now: datetime) -> Sitting:
        """The panel as it sits on this item now."""
        fund, standings = self.bid.fund, self.standings(now)
        needed = quorum_needed(len(standings), fund.quorum_least, fund.quorum_percent)
        return Sitting(standings, needed, fund.disclosed_may_vote)

    def standings(self, now: datetime) -> list[Standing]:
        """Every member of the panel as they stand on this item: present, barred, voted how."""
        day = london_date(now)
        present = {p.seat_id for p in self.presences if p.present}
        votes = {v.seat_id: v.choice for v in self.votes if v.counts}
        declared = {said.user_id: said.kind for said in self.bid.declarations}
        return [
            Standing(
                seat=seat,
                present=seat.id in present,
                barred=self.bid.why_school_bars(seat.user, day)
                or (DECLARED if declared.get(seat.user_id) is InterestKind.BARRED else None),
                declared=declared[seat.user_id].value if seat.user_id in declared else None,
                vote=votes.get(seat.id),
            )
            for seat in self.seats(now)
        ]

    def seats(self, now: datetime) -> list[Seat]:
        """The panel's members on the day: the meeting's, or today's once it lies in the past."""
        day = max(london_date(now), london_date(self.meeting.starts_at))
        held = self.bid.fund.seats
        _load_holders(object_session(self), held)
        return [seat for seat in held if seat.holds_on(day)]

    def why_inquorate(self, now: datetime) -> str | None:
        return self.sitting(now).why_inquorate

    def members_yet_to_declare(self, now: datetime) -> list[str]:
        return [standing.seat.user.name for standing in self.sitting(now).yet_to_declare]

    def tally(self, now: datetime) -> Tally:
        return self.sitting(now).tally

    def why_no_majority(self, wanted: str, now: datetime) -> str | None:
        return self.tally(now).why_not(Choice(wanted), self.casting_choice)

    def chair(self, now: datetime) -> Seat | None:
        """Who chairs this item: the chair if present and not barred, else the deputy."""
        return self.sitting(now).chair

    def votes_by_email(self, now: datetime) -> bool:
        """Whether members may vote from their own page, without being at a meeting."""
        return self.is_open and self.email_vote_until is not None and now <= self.email_vote_until

    @property
    def given_scores(self) -> dict[str, int]:
        """The agreed scores so far, by criterion."""
        return {score.criterion: score.score for score in self.scores}

    @property
    def total_score(self) -> int | None:
        """The agreed score out of 100, rounded half up, or None until every criterion has one."""
        return total_score(self.given_scores)


def _load_holders(session: Session | None, seats: list[Seat]) -> None:
    """Load who holds these seats and what bars them, in three queries however many they are, once
    a transaction."""
    unknown = [seat.user_id for seat in seats if "user" in inspect(seat).unloaded
               or {"memberships", "seats"} & inspect(seat.user).unloaded]  # fmt: skip
    if session is None or not unknown:
        return
    people = session.scalars(
        select(User).where(User.id.in_(unknown)).options(
            selectinload(User.memberships).joinedload(Membership.school),
            selectinload(User.seats).joinedload(Seat.school),
        )
    ).all()  # fmt: skip
    holders = {person.id: person for person in people}
    for seat in seats:
        if seat.user_id in holders:
            set_committed_value(seat, "user", holders[seat.user_id])


class Presence(Base):
    """Whether a member is there for one item; members may leave and come back."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("item_id", "seat_id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    seat_id: Mapped[int] = key_to("seat.id")
    present: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    item: Mapped[AgendaItem] = relationship(back_populates="presences")


class Declaration(Base):
    """What a person last said about their interest in a bid; history keeps what it was before."""

    __tablename__ = "declaration"
    __table_args__ = (UniqueConstraint("bid_id", "user_id"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    user_id: Mapped[int] = key_to("person.id")
    kind: Mapped[InterestKind] = mapped_column(enum_of(InterestKind))
    text: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="declarations")
    user: Mapped[User] = relationship(foreign_keys="Declaration.user_id")

    @property
    def bars(self) -> bool:
        return self.kind is InterestKind.BARRED


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
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # an interest found late

    item: Mapped[AgendaItem] = relationship(back_populates="votes")
    seat: Mapped[Seat] = relationship()

    @property
    def counts(self) -> bool:
        return self.voided_at is None


class Decision(Base):
    """What was decided, by whom and why. A wrong one is undone, with a reason, and kept."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(outcome = 'approved') = (pence IS NOT NULL)",
                        name="an_amount_when_approved"),
    )  # fmt: skip

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    item_id: Mapped[int] = key_to("agenda_item.id")
    outcome: Mapped[Outcome] = mapped_column(enum_of(Outcome, "decision_outcome"))
    pence: Mapped[Pence | None]
    conditions: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[str] = mapped_column(Text)
    equality_note: Mapped[str] = mapped_column(Text, default="")
    delegation: Mapped[str] = mapped_column(String(300), default="")
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstentions: Mapped[int]
    score: Mapped[int | None]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = key_to("person.id")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = key_to("person.id")
    undone_reason: Mapped[str] = mapped_column(Text, default="")

    decided_by: Mapped[User] = relationship(foreign_keys="Decision.decided_by_id")
    undone_by: Mapped[User | None] = relationship(foreign_keys="Decision.undone_by_id")


class Offer(Base):
    __tablename__ = "offer"
    __table_args__ = (CheckConstraint("pence > 0", name="pence_positive"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    decision_id: Mapped[int] = key_to("decision.id")
    pence: Mapped[Pence]
    conditions: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply_by: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_how: Mapped[str] = mapped_column(String(40), default="")

    bid: Mapped[Bid] = relationship(back_populates="offers")
    decision: Mapped[Decision] = relationship()
