"""What changed: a school's report, its actuals, and the supported schools' feedback."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to
from fundflow.models.school import School
from fundflow.workflow.engine import Workflow
from fundflow.workflow.impact_return import IMPACT_RETURN, ReturnState


class Rag(Enum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def words(self) -> str:
        return self.value.capitalize()


class ImpactReturn(Base):
    """The report at the end; one page on the lean path."""

    __tablename__ = "impact_return"
    workflow: ClassVar[Workflow] = IMPACT_RETURN

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", unique=True)
    state: Mapped[ReturnState] = mapped_column(enum_of(ReturnState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    half_days_delivered: Mapped[int | None]
    spent_pence: Mapped[Pence | None]
    teaching_before: Mapped[str] = mapped_column(Text, default="")
    teaching_after: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")  # may be published
    question: Mapped[str] = mapped_column(Text, default="")
    rag: Mapped[Rag | None] = mapped_column(enum_of(Rag))
    rag_reason: Mapped[str] = mapped_column(Text, default="")
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_id: Mapped[int | None] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="report")
    actuals: Mapped[list["Actual"]] = relationship(back_populates="report")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ReturnState.SCHEDULED)
        super().__init__(**values)

    @property
    def is_accepted(self) -> bool:
        return self.state is ReturnState.ACCEPTED

    def actual_of(self, outcome: Outcome) -> "Actual | None":
        return next((a for a in self.actuals if a.outcome_id == outcome.id), None)

    def why_incomplete(self) -> str | None:
        missing = [o for o in self.bid.outcomes if self.actual_of(o) is None]
        if missing:
            return f"Enter the result for “{missing[0].measure}” first."
        wanted = {"the days delivered": self.half_days_delivered, "what was spent": self.spent_pence,
                  "lessons": self.lessons or None, "a summary": self.summary or None}  # fmt: skip
        gap = next((name for name, value in wanted.items() if value is None), None)
        return f"Enter {gap} first." if gap else None

    def suggested_rag(self) -> Rag:
        """Green ≥ 80 % of the movement on average, amber ≥ 40 %, else red (domain.md section 7).

        One result measured after its target date makes green amber; two make it red.
        """
        moves = [a.movement_percent for a in self.actuals]
        late = sum(a.measured_on > a.outcome.target_on for a in self.actuals)
        mean = sum(moves, Decimal(0)) / len(moves) if moves else Decimal(0)
        if mean < 40 or late >= 2:
            return Rag.RED
        return Rag.GREEN if mean >= 80 and not late else Rag.AMBER

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()


class Actual(Base):
    __tablename__ = "actual"
    __table_args__ = (UniqueConstraint("report_id", "outcome_id"),)

    id: Mapped[Id]
    report_id: Mapped[int] = key_to("impact_return.id")
    outcome_id: Mapped[int] = key_to("outcome.id")
    value: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    measured_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")

    report: Mapped[ImpactReturn] = relationship(back_populates="actuals")
    outcome: Mapped[Outcome] = relationship()

    @property
    def movement_percent(self) -> Decimal:
        """(actual − baseline) ÷ (target − baseline), in percent."""
        way = self.outcome.target - self.outcome.baseline
        return (self.value - self.outcome.baseline) / way * 100


class Feedback(Base):
    """A supported school's rating of the support, 1 to 4; asked for when the support ends."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("bid_id", "school_id"),
        *(CheckConstraint(f"{name} BETWEEN 1 AND 4", name=f"{name}_on_the_scale")
          for name in ("quality", "timeliness", "fit")),
    )  # fmt: skip

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    quality: Mapped[int | None]
    timeliness: Mapped[int | None]
    fit: Mapped[int | None]
    use_again: Mapped[bool | None]
    text: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_by_id: Mapped[int | None] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="feedback")
    school: Mapped[School] = relationship(lazy="joined")
