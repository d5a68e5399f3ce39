"""Decisions, the offers they make, what the school is told, and interests found afterwards."""

from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    SQLColumnExpression,
    String,
    Text,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to, where
from fundflow.models.history import REMOVED, HistoryEntry
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import User
from fundflow.workflow.panel_rules import points

if TYPE_CHECKING:
    from fundflow.models.condition import AwardCondition
    from fundflow.models.plan import RevisedPlan


class Decision(Base):
    """What was decided, by whom and why. A wrong one is corrected or undone, with a reason, and kept."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(outcome = 'approved') = (pence IS NOT NULL)", name="an_amount_when_approved"),
        Index(
            "ix_decision_unread",
            "bid_id",
            **where("pence IS NOT NULL AND published_at IS NULL AND undone_at IS NULL AND change_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    item_id: Mapped[int] = key_to("agenda_item.id")
    change_id: Mapped[int | None] = key_to("change_request.id", index=False)  # empty: about the bid itself
    outcome: Mapped[ItemOutcome] = mapped_column(enum_of(ItemOutcome, "decision_outcome"))
    pence: Mapped[Pence | None]
    conditions: Mapped[str] = mapped_column(Text, default="")  # in words, as the letter gives them
    reasons: Mapped[str] = mapped_column(Text)
    equality_note: Mapped[str] = mapped_column(Text, default="")
    delegation: Mapped[str] = mapped_column(String(300), default="")
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstentions: Mapped[int]
    score_hundredths: Mapped[int | None]  # points of 100, times 100
    by_email: Mapped[bool] = mapped_column(default=False)  # voted on between meetings
    rules_id: Mapped[int | None] = key_to("panel_rules.id")  # the version it was made under
    sitting: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # who sat, voted, scored: `freeze_sitting`
    # How many of its members were barred, had disclosed an interest, voted though, and whose vote counts no
    # more: beside it, as numbers that reports add up.
    barred: Mapped[int] = mapped_column(default=0)
    disclosed: Mapped[int] = mapped_column(default=0)
    disclosed_voted: Mapped[int] = mapped_column(default=0)
    voided: Mapped[int] = mapped_column(default=0)
    corrects_id: Mapped[int | None] = key_to("decision.id")  # the decision it stands instead of
    entry_id: Mapped[int | None] = key_to("history_entry.id")  # the step that it was
    # The letters about it: held for the officer to read over, until they go or this day ends.
    letters_due_on: Mapped[date | None]
    letters_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    letters_sent_by_id: Mapped[int | None] = key_to("person.id")  # empty: the day had come
    opening: Mapped[str] = mapped_column(Text, default="")  # the officer's own line at the letter's head
    closing: Mapped[str] = mapped_column(Text, default="")  # and at its end
    # Reasons for the public register, read by a person first: no pupil, no member of staff.
    published_reasons: Mapped[str] = mapped_column(Text, default="")
    published_title: Mapped[str] = mapped_column(String(140), default="", server_default="")  # else the bid's
    published_by_id: Mapped[int | None] = key_to("person.id")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = key_to("person.id")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = key_to("person.id")
    undone_reason: Mapped[str] = mapped_column(Text, default="")

    decided_by: Mapped[User] = relationship(foreign_keys="Decision.decided_by_id")
    undone_by: Mapped[User | None] = relationship(foreign_keys="Decision.undone_by_id")
    rules: Mapped[PanelRules | None] = relationship()
    item: Mapped[AgendaItem] = relationship()
    bid: Mapped[Bid] = relationship()
    corrects: Mapped["Decision | None"] = relationship(remote_side="Decision.id")
    feedback: Mapped[list["CriterionFeedback"]] = relationship(
        back_populates="decision", order_by="CriterionFeedback.id"
    )
    award_conditions: Mapped[list["AwardCondition"]] = relationship(
        back_populates="decision", order_by="AwardCondition.id"
    )

    @validates("sitting")
    def _count_interests(self, _name: str, sitting: dict[str, Any] | None) -> dict[str, Any] | None:
        members = (sitting or {}).get("members", ())
        disclosed = [m for m in members if m["disclosed"] and not m["barred"]]
        self.barred = sum(bool(m["barred"]) for m in members)
        self.disclosed = len(disclosed)
        self.disclosed_voted = sum(bool(m["vote"]) and not m["voided"] for m in disclosed)
        self.voided = sum(bool(m["voided"]) for m in members)
        return sitting

    @property
    def holds_letters(self) -> bool:
        """Whether the school's letters about it wait to be read over."""
        return self.letters_due_on is not None and self.letters_sent_at is None

    @property
    def told_reasons(self) -> str:
        """The reasons as its letter gives them: without how it departs from the panel's score."""
        session = object_session(self)
        entry = session.get(HistoryEntry, self.entry_id) if session and self.entry_id else None
        if entry is not None and entry.words is None:
            return REMOVED  # our own reasons may say more than the school was told
        return str((entry and entry.given.get("reasons")) or self.reasons)

    @property
    def score_words(self) -> str:
        """The total it was made on, as “71” or “59.75”; empty where the bid was not scored."""
        if self.score_hundredths is None:
            return ""
        return points(Fraction(self.score_hundredths, 100))


class CriterionFeedback(Base):
    """What the school is told about one criterion."""

    __tablename__ = "criterion_feedback"
    __table_args__ = (UniqueConstraint("decision_id", "criterion"),)

    id: Mapped[Id]
    decision_id: Mapped[int] = key_to("decision.id")
    criterion: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))  # as the rules had it then
    text: Mapped[str] = mapped_column(Text)

    decision: Mapped[Decision] = relationship(back_populates="feedback")


class LateInterest(Base):
    """An interest found after the decision: the decision maker must say whether it still stands."""

    __tablename__ = "late_interest"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled_by_somebody"),
        Index("ix_late_interest_unsettled", "decision_id", **where("settled_at IS NULL")),
    )

    id: Mapped[Id]
    decision_id: Mapped[int] = key_to("decision.id")
    user_id: Mapped[int] = key_to("person.id")  # whose interest
    text: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text)  # what becomes of quorum and vote without them
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = key_to("person.id")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = key_to("person.id")
    settled_reason: Mapped[str] = mapped_column(Text, default="")

    decision: Mapped[Decision] = relationship()
    user: Mapped[User] = relationship(foreign_keys="LateInterest.user_id")


class Offer(Base):
    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_positive"),
        Index("ix_offer_out", "bid_id", **where("ended_at IS NULL")),
    )

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
    plan: Mapped["RevisedPlan | None"] = relationship(back_populates="offer")  # once the school has begun one


def is_untold(entry: SQLColumnExpression[int] | SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    """Whether a history entry (its id) is a decision about which no letter has gone to the school.

    Looked up by the entry: a list of all such entries grows with the fund's decisions.
    """
    return exists().where(
        Decision.entry_id == entry,
        Decision.letters_due_on.is_not(None),
        Decision.letters_sent_at.is_(None),
    )
