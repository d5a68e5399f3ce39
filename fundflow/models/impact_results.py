"""What a report says of each outcome, and how it was rated."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid_parts import Aim, Outcome
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.impact import SAID, ImpactReturn, Rag
from fundflow.models.person import User
from fundflow.workflow.movement import movement


class Rating(Base):
    """A rating of a report, as the impact officer gave it. The latest counts; none is ever changed."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        CheckConstraint("coalesce(rag = worked_out, false) OR reason != ''", name="another_with_a_reason"),
    )

    id: Mapped[Id]
    report_id: Mapped[int] = key_to("impact_return.id", index=False)
    number: Mapped[int]  # from 1
    rag: Mapped[Rag] = mapped_column(enum_of(Rag))
    worked_out: Mapped[Rag | None] = mapped_column(enum_of(Rag, "worked_out"))  # from the results, that day
    reason: Mapped[str] = mapped_column(Text, default="")  # the school reads it
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by_id: Mapped[int] = key_to("person.id", index=False)

    report: Mapped[ImpactReturn] = relationship(back_populates="ratings")
    given_by: Mapped[User] = relationship(lazy="joined")


class Actual(Base):
    __tablename__ = "actual"
    __table_args__ = (UniqueConstraint("report_id", "outcome_id"),)

    id: Mapped[Id]
    report_id: Mapped[int] = key_to("impact_return.id")
    outcome_id: Mapped[int] = key_to("outcome.id")
    value: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    measured_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")
    method: Mapped[str] = mapped_column(String(500), default="")  # empty: as the bid said
    next_step: Mapped[str] = mapped_column(String(500), default="")  # where it is not on track
    next_owner: Mapped[str] = mapped_column(String(120), default="")
    next_on: Mapped[date | None]
    # The outcome's as its report was sent: a change of the award moves no result that was sent before it.
    baseline: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    target: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    target_on: Mapped[date | None]

    report: Mapped[ImpactReturn] = relationship(back_populates="actuals")
    outcome: Mapped[Outcome] = relationship(lazy="joined")

    @property
    def said(self) -> dict[str, Any]:
        """What the school entered, by the column's name."""
        return {name: getattr(self, name) for name in SAID}

    @property
    def aim(self) -> Aim:
        """What it is measured against: what was kept as it was sent, else the outcome's of today."""
        if self.baseline is None or self.target is None or self.target_on is None:
            return self.outcome.aim
        return Aim(self.baseline, self.target, self.target_on)

    def keep_aim(self) -> None:
        """Measure it against its outcome as it is now, from here on; what is kept already stays."""
        self.baseline, self.target, self.target_on = self.aim

    def let_go_of_aim(self) -> None:
        """Measure it against its outcome of the day again, while the school may change it."""
        self.baseline = self.target = self.target_on = None

    @property
    def is_late(self) -> bool:
        return self.measured_on > self.aim.target_on

    @property
    def movement(self) -> Decimal:
        """In percent of the way from the baseline to the target."""
        return movement(self.aim.baseline, self.aim.target, self.value)

    @property
    def is_off_track(self) -> bool:
        """Whether the outcome is amber or red; nothing is said of one whose target date lies ahead."""
        green_from = self.report.bid.fund.green_from_percent
        return self.report.due_on >= self.aim.target_on and self.movement < green_from
