"""Quality checks of the support that a bid pays for."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, enum_of, key_to, where
from fundflow.models.person import User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.quality_check import QUALITY_CHECK, CheckState, Stage
from fundflow.workflow.worded import Worded

COLOURS = {
    CheckState.TO_DO: "grey",
    CheckState.GREEN: "green",
    CheckState.TO_ACT: "turquoise",
    CheckState.ACTED: "yellow",
    CheckState.GREEN_AGAIN: "green",
}


class CheckRating(Worded):
    """What a check found; it never changes."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return "yellow" if self is CheckRating.AMBER else str(self.value)


class QualityCheck(Base):
    """One check of a bid's support, and the action that it asked for. The note is never shown to a school."""

    __tablename__ = "quality_check"
    __table_args__ = (
        UniqueConstraint("bid_id", "stage"),
        CheckConstraint(
            "(state = 'to_do') = (rating IS NULL) AND (rating IS NULL) = (checked_on IS NULL)",
            name="rated_when_checked",
        ),
        CheckConstraint(
            "state NOT IN ('to_act', 'acted', 'green_again') OR (action != '' AND action_due_on IS NOT NULL)",
            name="action_after_a_concern",
        ),
        Index("ix_quality_check_to_do", "due_on", **where("state = 'to_do'")),
        Index("ix_quality_check_to_act", "action_due_on", **where("state = 'to_act'")),
    )
    workflow: ClassVar[Workflow] = QUALITY_CHECK

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", index=False)
    stage: Mapped[Stage] = mapped_column(enum_of(Stage))
    state: Mapped[CheckState] = mapped_column(enum_of(CheckState))
    version: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date]
    checked_on: Mapped[date | None]
    checked_by_id: Mapped[int | None] = key_to("person.id", index=False)
    rating: Mapped[CheckRating | None] = mapped_column(enum_of(CheckRating))
    found: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")  # for the council's staff alone
    action: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(120), default="")  # who carries it out, in words
    action_due_on: Mapped[date | None]
    done_note: Mapped[str] = mapped_column(Text, default="")
    done_on: Mapped[date | None]
    again_found: Mapped[str] = mapped_column(Text, default="")
    again_on: Mapped[date | None]

    bid: Mapped[Bid] = relationship()
    checked_by: Mapped[User | None] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", CheckState.TO_DO)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def words(self) -> str:
        """“Check of the plan, due by 1 March 2027”."""
        about = {Stage.PLAN: "of the plan", Stage.MIDWAY: "mid-way", Stage.END: "at the end"}[self.stage]
        return f"Check {about}, due by {day_words(self.due_on)}"

    @property
    def action_words(self) -> str:
        """“Swap the coach: the head of the provider, by 12 March 2027”."""
        due = day_words(self.action_due_on) if self.action_due_on else ""
        return f"{self.action.rstrip('.')}: {self.owner}, by {due}"

    @property
    def state_words(self) -> str:
        return QUALITY_CHECK.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    def is_late(self, today: date) -> bool:
        """Whether the check, or the action it asked for, is past its day."""
        if self.state is CheckState.TO_DO:
            return self.due_on < today
        return self.state is CheckState.TO_ACT and bool(self.action_due_on and self.action_due_on < today)

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
