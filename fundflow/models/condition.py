"""Conditions of an award: what must be done, by whom, by when, until it is discharged."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.decision import Decision
from fundflow.workflow.condition import CONDITION, ConditionState
from fundflow.workflow.engine import Workflow


class AwardCondition(Base):
    """One condition of a decision. Those of a decision that was corrected or undone no longer bind."""

    __tablename__ = "award_condition"
    workflow: ClassVar[Workflow] = CONDITION

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    decision_id: Mapped[int] = key_to("decision.id")
    state: Mapped[ConditionState] = mapped_column(enum_of(ConditionState))
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
        return self.binds and self.state in (ConditionState.OUTSTANDING, ConditionState.REPORTED)

    @property
    def words(self) -> str:
        """“Publish the scheme of work: Head of English, by 12 March 2027”."""
        return f"{self.text.rstrip('.')}: {self.owner}, by {self.due_on:%-d %B %Y}"

    def touch(self) -> None:
        self.version += 1
