"""Visits to schools of a bid: planned, done or missed, with what was seen."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.visit import VISIT, VisitState

COLOURS = {
    VisitState.NEW: "grey",
    VisitState.PLANNED: "yellow",
    VisitState.DONE: "green",
    VisitState.MISSED: "red",
}


class Visit(Base):
    """A visit to one school of a bid. A note that is kept is never shown to a school."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("half_days > 0", name="some_time"),
        CheckConstraint("teaching BETWEEN 1 AND 4", name="teaching_on_the_scale"),
        CheckConstraint(
            "state != 'done' OR (visited_on IS NOT NULL AND note != '')", name="done_with_a_note"
        ),
        Index("ix_visit_planned", "planned_on", **where("state = 'planned'")),
    )
    workflow: ClassVar[Workflow] = VISIT

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id", index=False)
    state: Mapped[VisitState] = mapped_column(enum_of(VisitState))
    version: Mapped[int] = mapped_column(default=1)
    planned_on: Mapped[date]
    half_days: Mapped[int]  # planned, then taken
    purpose: Mapped[str] = mapped_column(Text)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_by_id: Mapped[int] = key_to("person.id", index=False)  # who visits
    visited_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    shared: Mapped[bool] = mapped_column(default=False)  # whether the school reads the note
    teaching: Mapped[int | None]  # quality of the teaching that was seen, 1 to 4: TEACHING_WORDS
    teaching_note: Mapped[str] = mapped_column(Text, default="")  # read with the note
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was moved, or did not take place

    bid: Mapped[Bid] = relationship()
    school: Mapped[School] = relationship(lazy="joined")
    planned_by: Mapped[User] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", VisitState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def day_words(self) -> str:
        return day_words(self.visited_on or self.planned_on)

    @property
    def state_words(self) -> str:
        return VISIT.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
