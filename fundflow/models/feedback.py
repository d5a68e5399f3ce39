"""What a supported school says of the support."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.feedback import FEEDBACK, FeedbackState
from fundflow.workflow.working_days import london_date

RATING_WORDS = {1: "1: poor", 2: "2: weak", 3: "3: fair", 4: "4: good", 5: "5: excellent"}


class Feedback(Base):
    """A supported school's rating of the support, 1 to 5 (RATING_WORDS), asked for at its end."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("bid_id", "school_id"),
        Index("ix_feedback_asked", "bid_id", **where("state = 'asked'")),
        *(
            CheckConstraint(f"{name} BETWEEN 1 AND 5", name=f"{name}_on_the_scale")
            for name in ("quality", "timeliness", "fit", "council")
        ),
    )
    workflow: ClassVar[Workflow] = FEEDBACK

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    state: Mapped[FeedbackState] = mapped_column(enum_of(FeedbackState))
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chased_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quality: Mapped[int | None]
    timeliness: Mapped[int | None]
    fit: Mapped[int | None]
    use_again: Mapped[bool | None]
    text: Mapped[str] = mapped_column(Text, default="")
    council: Mapped[int | None]  # how the council handled it; staff read it, no school does
    council_text: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_by_id: Mapped[int | None] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="feedback")
    school: Mapped[School] = relationship(lazy="joined")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", FeedbackState.ASKED)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def is_given(self) -> bool:
        return self.given_at is not None

    @property
    def is_open_to_answers(self) -> bool:
        """Whether the support has ended, so that it can be rated."""
        return self.bid.state in (BidState.IN_MONITORING, BidState.CLOSED)

    @property
    def is_part_of_report(self) -> bool:
        """Whether the lead school received the support itself, and rates it beside its report."""
        return self.school_id == self.bid.lead_school_id

    @property
    def holds_closing(self) -> bool:
        """Whether the bid waits for it: neither given nor chased twice."""
        asked = self.state is FeedbackState.ASKED and self.chased_again_at is None
        return asked and not self.is_part_of_report

    @property
    def latest_word(self) -> str:
        """“Asked again on 3 March 2027.”"""
        if self.state is FeedbackState.NOT_GIVEN:
            return (
                "Asked three times. No answer was given." if self.chased_again_at else "No answer was given."
            )
        again = self.chased_again_at or self.chased_at
        if again:
            return f"Asked again on {day_words(london_date(again))}. No answer yet."
        return f"Asked on {day_words(london_date(self.asked_at))}. No answer yet."

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
