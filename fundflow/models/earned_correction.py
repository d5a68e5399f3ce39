"""A correction of what was earned on a line before its award was entered as one already running: what was
entered stays, and the difference counts beside it."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to, where
from fundflow.models.money import days_words, pounds
from fundflow.models.person import User
from fundflow.workflow.earned_correction import EARNED_CORRECTION, EarnedCorrectionState
from fundflow.workflow.engine import Workflow

COLOURS = {
    EarnedCorrectionState.NEW: "grey",
    EarnedCorrectionState.PROPOSED: "turquoise",
    EarnedCorrectionState.CONFIRMED: "green",
    EarnedCorrectionState.REFUSED: "grey",
}


class EarnedCorrection(Base):
    """The right amount of one line, and who says so.

    was         half days, or pence of another cost, that counted when it was asked for
    half_days   the difference, above or below 0; `pence` where the line is of another cost
    up_to       the day of service that years count it by, as of what it corrects
    """

    __tablename__ = "earned_correction"
    __table_args__ = (
        CheckConstraint("(half_days IS NULL) != (pence IS NULL)", name="one_of_both"),
        CheckConstraint("half_days != 0 OR pence != 0", name="something"),
        CheckConstraint("was + coalesce(half_days, pence) >= 0", name="not_below_zero"),
        CheckConstraint("reason != ''", name="asked_with_a_reason"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id != asked_by_id", name="two_people"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name="confirmed_by_somebody",
        ),
        Index("uq_earned_correction_proposed", "line_id", unique=True, **where("state = 'proposed'")),
    )
    workflow: ClassVar[Workflow] = EARNED_CORRECTION

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    line_id: Mapped[int] = key_to("award_line.id", index=False)
    state: Mapped[EarnedCorrectionState] = mapped_column(enum_of(EarnedCorrectionState))
    version: Mapped[int] = mapped_column(default=1)
    up_to: Mapped[date]
    was: Mapped[Pence]
    half_days: Mapped[int | None]
    pence: Mapped[Pence | None]
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = key_to("person.id", index=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = key_to("person.id", index=False)

    bid: Mapped[Bid] = relationship()
    line: Mapped[AwardLine] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys="EarnedCorrection.asked_by_id")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys="EarnedCorrection.confirmed_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", EarnedCorrectionState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def words(self) -> str:
        return EARNED_CORRECTION.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def right(self) -> int:
        """Half days, or pence, that were earned in truth."""
        return self.was + (self.half_days or self.pence or 0)

    @property
    def was_words(self) -> str:
        return earned_words(self.line, self.was)

    @property
    def right_words(self) -> str:
        return earned_words(self.line, self.right)

    @property
    def about(self) -> str:
        """“Reading lead (RL1): 2.5 days were entered as earned before; 2 days is right. Why: misread.”"""
        line = self.line
        name = f"{line.what} ({line.staff_code})" if line.is_days else line.what
        was = f"{self.was_words} entered as earned before"
        return f"{name}: {was}. Right is {self.right_words}. Why: {self.reason}"

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()


def earned_words(line: AwardLine, amount: int) -> str:
    """“2.5 days”, or “£60.00” of another cost."""
    return days_words(amount) if line.is_days else pounds(amount)
