"""Follow-up actions: what is done after a rating, by whom and by when."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.follow_up import FOLLOW_UP, FollowUpState

COLOURS = {
    FollowUpState.NEW: "grey",
    FollowUpState.OPEN: "yellow",
    FollowUpState.DONE: "green",
    FollowUpState.LET_GO: "grey",
}


class FollowUp(Base):
    """One action. What was agreed never changes; another is a new one."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("ix_follow_up_open", "due_on", **where("state = 'open'")),)
    workflow: ClassVar[Workflow] = FOLLOW_UP

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    report_id: Mapped[int | None] = key_to("impact_return.id")  # whose rating asked for it
    state: Mapped[FollowUpState] = mapped_column(enum_of(FollowUpState))
    version: Mapped[int] = mapped_column(default=1)
    what: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(120))  # who does it, in words
    due_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = key_to("person.id", index=False)
    note: Mapped[str] = mapped_column(
        Text, default=""
    )  # the latest word: what was done, or why it was let go
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    bid: Mapped[Bid] = relationship()
    report: Mapped[ImpactReturn | None] = relationship()
    asked_by: Mapped[User] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", FollowUpState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def words(self) -> str:
        """“Train the new teaching assistants: deputy head, by 12 March 2027”."""
        return f"{self.what.rstrip('.')}: {self.owner}, by {day_words(self.due_on)}"

    @property
    def state_words(self) -> str:
        return FOLLOW_UP.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    def is_overdue(self, today: date) -> bool:
        return self.state is FollowUpState.OPEN and self.due_on < today

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
