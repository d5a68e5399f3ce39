"""Conditions of an award: what must be done, by whom, by when, until it is discharged."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.decision import Decision
from fundflow.workflow.application import BidState
from fundflow.workflow.condition import CONDITION, ConditionState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow

# While an award is in one of these its conditions are reported, met or let go: after it was closed too,
# since what was promised for later is still owed.
IN_FORCE = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING, BidState.CLOSED)
BEFORE = (BidState.AT_PANEL, BidState.OFFERED, BidState.NOT_TAKEN_UP)
OPEN_CONDITIONS = (ConditionState.OUTSTANDING, ConditionState.REPORTED)

SCHOOL_WORDS = {
    ConditionState.OUTSTANDING: "To do",
    ConditionState.REPORTED: "We are checking it",
    ConditionState.DISCHARGED: "Met",
    ConditionState.WAIVED: "No longer asked for",
}
COLOURS = {
    ConditionState.OUTSTANDING: "yellow",
    ConditionState.REPORTED: "turquoise",
    ConditionState.DISCHARGED: "green",
    ConditionState.WAIVED: "grey",
}


class AwardCondition(Base):
    """One condition of a decision. Those of a decision that was corrected or undone no longer bind."""

    __tablename__ = "award_condition"
    workflow: ClassVar[Workflow] = CONDITION

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    decision_id: Mapped[int] = key_to("decision.id")
    state: Mapped[ConditionState] = mapped_column(enum_of(ConditionState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(120))  # who does it, in words
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")  # the latest word: how it was met, or why not
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    bid: Mapped[Bid] = relationship(back_populates="award_conditions")
    decision: Mapped[Decision] = relationship(back_populates="award_conditions")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ConditionState.OUTSTANDING)
        super().__init__(**values)

    @property
    def binds(self) -> bool:
        """Whether its decision still stands."""
        return self.decision.undone_at is None

    @property
    def is_open(self) -> bool:
        return self.binds and self.state in OPEN_CONDITIONS

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and nobody has said that it is met."""
        return self.binds and self.state is ConditionState.OUTSTANDING and self.due_on < today

    def why_not_in_force(self) -> str | None:
        """None while the award it belongs to runs, else the sentence."""
        if self.bid.state in IN_FORCE:
            return None
        if self.bid.state in BEFORE:
            return "The school has not accepted the offer, so its conditions do not run yet."
        return "The funding was stopped, so its conditions no longer run."

    def state_words(self, *, for_staff: bool) -> str:
        return CONDITION.words[self.state] if for_staff else SCHOOL_WORDS[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def why_unpaid(self) -> str:
        """Why payments wait for it, once its day has come."""
        return f"The condition “{self.text.rstrip('.')}” was due on {day_words(self.due_on)} and is not met."

    @property
    def words(self) -> str:
        """“Publish the scheme of work: Head of English, by 12 March 2027”."""
        return f"{self.text.rstrip('.')}: {self.owner}, by {day_words(self.due_on)}"

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
