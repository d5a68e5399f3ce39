"""A revised plan: the days and costs of a bid, changed to fit an offer smaller than what was asked for."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, CostLine
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to
from fundflow.models.decision import Offer
from fundflow.workflow.engine import Workflow
from fundflow.workflow.plan import PLAN, PlanState


class RevisedPlan(Base):
    """One for each offer that needs it."""

    __tablename__ = "revised_plan"
    workflow: ClassVar[Workflow] = PLAN

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    offer_id: Mapped[int] = key_to("offer.id", index=False, unique=True)
    state: Mapped[PlanState] = mapped_column(enum_of(PlanState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    question: Mapped[str] = mapped_column(Text, default="")  # why the officer asked for another

    bid: Mapped[Bid] = relationship()
    offer: Mapped[Offer] = relationship(back_populates="plan")
    lines: Mapped[list["PlanLine"]] = relationship(back_populates="plan", order_by="PlanLine.id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", PlanState.DRAFT)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def is_editable(self) -> bool:
        return self.state in (PlanState.DRAFT, PlanState.RETURNED)

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()


class PlanLine(Base):
    """A line of the bid as the plan has it: half days of somebody, or pence of another cost; 0 drops it."""

    __tablename__ = "plan_line"
    __table_args__ = (
        UniqueConstraint("plan_id", "backfill_line_id"),
        UniqueConstraint("plan_id", "cost_line_id"),
        CheckConstraint("(backfill_line_id IS NULL) = (half_days IS NULL)", name="half_days_of_staff"),
        CheckConstraint("(cost_line_id IS NULL) = (pence IS NULL)", name="pence_of_costs"),
        CheckConstraint("(half_days IS NULL) != (pence IS NULL)", name="one_of_both"),
        CheckConstraint("half_days >= 0 AND pence >= 0", name="not_negative"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = key_to("revised_plan.id", index=False)
    backfill_line_id: Mapped[int | None] = key_to("backfill_line.id", index=False)
    cost_line_id: Mapped[int | None] = key_to("cost_line.id", index=False)
    half_days: Mapped[int | None]
    pence: Mapped[Pence | None]

    plan: Mapped[RevisedPlan] = relationship(back_populates="lines")
    backfill_line: Mapped[BackfillLine | None] = relationship(lazy="joined")
    cost_line: Mapped[CostLine | None] = relationship(lazy="joined")
