"""The panel: meetings, agenda items, who is there for which, agreed scores and votes."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import (
    Mapped,
    mapped_column,
    relationship,
)

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, in_states, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import Seat
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.meeting import MEETING, OPEN, MeetingState
from fundflow.workflow.panel_rules import Choice, Rules
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import add_working_days, london_date

if TYPE_CHECKING:
    from fundflow.models.scores import Moderation, ScoreSheet


MORE_FOR = "More money for {}"  # how agendas name a change of an award


class ItemOutcome(Worded):
    """How an agenda item ended."""

    APPROVED = "approved", "Fund"
    DECLINED = "declined", "Do not fund"
    DEFERRED = "deferred", "Deferred"
    REMOVED = "removed", "Taken off the agenda"  # taken back, withdrawn, or moved to another meeting


# How an item about a change of an award ended.
OF_CHANGE = {
    ItemOutcome.APPROVED: "Agreed",
    ItemOutcome.DECLINED: "Refused",
    ItemOutcome.DEFERRED: "Put off",
    ItemOutcome.REMOVED: ItemOutcome.REMOVED.words,
}


class Meeting(Base):
    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_state_starts_at", "state", "starts_at"),
        Index("ix_meeting_open", "starts_at", **where(in_states(OPEN))),
    )
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


class AgendaItem(Base):
    """One bid before the panel, or a change of its award that asks for more money, at a meeting or by
    correspondence (votes by email)."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        Index("ix_agenda_item_open", "bid_id", **where("outcome IS NULL")),
        Index("ix_agenda_item_outcome_at", "outcome_at"),  # the year’s, of the ranked list
    )

    id: Mapped[Id]
    meeting_id: Mapped[int] = key_to("meeting.id")
    bid_id: Mapped[int] = key_to("bid.id")
    change_id: Mapped[int | None] = key_to("change_request.id")
    position: Mapped[int]
    rules_id: Mapped[int | None] = key_to("panel_rules.id")  # kept from when its papers went out
    outcome: Mapped[ItemOutcome | None] = mapped_column(enum_of(ItemOutcome, "outcome"))
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
    change: Mapped[ChangeRequest | None] = relationship(back_populates="items")
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
    def is_of_bid(self) -> bool:
        """Whether it is about the bid itself; asked without loading the change."""
        return self.change_id is None and self.change is None

    @property
    def record(self) -> Bid | ChangeRequest:
        """What the panel decides: the change of the award, else the bid."""
        return self.change or self.bid

    @property
    def is_before_panel(self) -> bool:
        """Whether the panel can vote on it, in what is decided as in the item itself."""
        return self.is_open and self.record.state in (BidState.AT_PANEL, ChangeState.AT_PANEL)

    @property
    def reply_until(self) -> date | None:
        """Until when the school may reply to the officer's report on it; None where it may not."""
        return self.bid.review.reply_until if self.bid.review else None

    @property
    def rules(self) -> Rules:
        """The rules this item is handled under: those its papers went out with, else today's."""
        return self.kept_rules.rules if self.kept_rules else self.bid.fund.rules

    @property
    def asked_pence(self) -> int:
        """What the school asks for; of a change, what its award is to be."""
        return self.change.pence if self.change else self.bid.requested_pence

    @property
    def voted_pence(self) -> int:
        """What a vote for funding would give; of a change, what the award would be."""
        return self.asked_pence if self.proposed_pence is None else self.proposed_pence

    @property
    def title(self) -> str:
        """As agendas name it."""
        return MORE_FOR.format(self.bid.listed_title) if self.change else self.bid.listed_title

    @property
    def outcome_words(self) -> str:
        """How it ended; empty while it has not."""
        if self.outcome is None:
            return ""
        return OF_CHANGE[self.outcome] if self.change_id else self.outcome.words

    @property
    def is_scored(self) -> bool:
        """A change is voted on alone: the bid has been scored."""
        return self.is_of_bid

    @property
    def scores_individually(self) -> bool:
        return self.is_scored and self.rules.scores_individually(self.bid.requested_pence)

    def votes_by_email(self, now: datetime) -> bool:
        """Whether members may vote from their own page, without being at a meeting."""
        return self.is_open and self.email_vote_until is not None and now <= self.email_vote_until

    def touch(self) -> None:
        """Count a change of what is decided, so that a page made before it is known to be stale."""
        self.record.touch()

    def take_off(self, now: datetime) -> None:
        """End it undecided: its bid leaves the agenda."""
        self.outcome, self.outcome_at = ItemOutcome.REMOVED, now
        self.meeting.touch()


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
