"""What changed: a school's report, its actuals, and the supported schools' feedback."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to
from fundflow.models.school import School
from fundflow.models.unfinished import REPORT, wrong_under
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.impact_return import IMPACT_RETURN, ReturnState
from fundflow.workflow.worded import Worded


class Rag(Worded):
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"

    @property
    def colour(self) -> str:
        return {"green": "green", "amber": "yellow", "red": "red"}[self.value]


TEACHING_WORDS = {1: "1: weak", 2: "2: developing", 3: "3: secure", 4: "4: strong"}
RATING_WORDS = {1: "1: poor", 2: "2: weak", 3: "3: fair", 4: "4: good", 5: "5: excellent"}

EDITABLE_RETURNS = (ReturnState.SCHEDULED, ReturnState.DUE, ReturnState.RETURNED)


class ImpactReturn(Base):
    """The report at the end; one page on the lean path."""

    __tablename__ = "impact_return"
    __table_args__ = (
        CheckConstraint("teaching_before BETWEEN 1 AND 4", name="teaching_before_on_the_scale"),
        CheckConstraint("teaching_after BETWEEN 1 AND 4", name="teaching_after_on_the_scale"),
        CheckConstraint("state != 'accepted' OR rag IS NOT NULL", name="rated_when_accepted"),
    )
    workflow: ClassVar[Workflow] = IMPACT_RETURN

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", unique=True)
    state: Mapped[ReturnState] = mapped_column(enum_of(ReturnState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    half_days_delivered: Mapped[int | None]
    spent_pence: Mapped[Pence | None]
    teaching_before: Mapped[int | None]  # quality of teaching, 1 to 4: TEACHING_WORDS
    teaching_after: Mapped[int | None]
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
        if wrong := wrong_under(self.bid, REPORT):
            return f"{wrong[0]}."
        missing = [o for o in self.bid.outcomes if self.actual_of(o) is None]
        if missing:
            return f"Enter the result for “{missing[0].measure}” first."
        wanted = {
            "the days delivered": self.half_days_delivered,
            "what was spent": self.spent_pence,
            "lessons": self.lessons or None,
            "a summary": self.summary or None,
        }
        gap = next((name for name, value in wanted.items() if value is None), None)
        return f"Enter {gap} first." if gap else None

    @property
    def is_editable(self) -> bool:
        """Whether the school may write in it: once the support has ended, until it is sent."""
        return self.bid.is_in_monitoring and self.state in EDITABLE_RETURNS

    @property
    def _results(self) -> list["Actual"]:
        """The results of the bid's outcomes, without those that a change of the award dropped."""
        return [actual for actual in self.actuals if actual.outcome.dropped_on is None]

    @property
    def mean_movement_percent(self) -> Decimal:
        """The movement of all results on average, in percent; 0 without results."""
        moves = [actual.movement_percent for actual in self._results]
        return sum(moves, Decimal(0)) / len(moves) if moves else Decimal(0)

    @property
    def late_results(self) -> int:
        """Results measured after their target date."""
        return sum(actual.is_late for actual in self._results)

    @property
    def has_money_query(self) -> bool:
        """Whether the school still owes an answer about a claim."""
        return any(claim.state is ClaimState.QUERIED for claim in self.bid.claims)

    def suggested_rag(self) -> Rag:
        """Green ≥ 80 % of the movement on average, amber ≥ 40 %, else red (docs/rules.md, "Impact").

        One late result makes green amber; two, or a money query, make it red.
        """
        mean, late = self.mean_movement_percent, self.late_results
        if mean < 40 or late >= 2 or self.has_money_query:
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
    outcome: Mapped[Outcome] = relationship(lazy="joined")

    @property
    def is_late(self) -> bool:
        return self.measured_on > self.outcome.target_on

    @property
    def movement_percent(self) -> Decimal:
        """(actual − baseline) ÷ (target − baseline), in percent."""
        way = self.outcome.target - self.outcome.baseline
        return (self.value - self.outcome.baseline) / way * 100


class Feedback(Base):
    """A supported school's rating of the support, 1 to 5 (RATING_WORDS), asked for at its end."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("bid_id", "school_id"),
        *(
            CheckConstraint(f"{name} BETWEEN 1 AND 5", name=f"{name}_on_the_scale")
            for name in ("quality", "timeliness", "fit")
        ),
    )

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

    @property
    def is_given(self) -> bool:
        return self.given_at is not None
