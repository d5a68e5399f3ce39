"""An award as a budget: what the school accepted, line by line, frozen with the acceptance."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ColumnElement, String, UniqueConstraint, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid_parts import BackfillLine, CostLine
from fundflow.models.columns import Id, Pence, UtcDateTime, key_to
from fundflow.models.fund import StaffGrade
from fundflow.models.money import backfill_pence
from fundflow.models.school import School
from fundflow.workflow.award import Milestone, Tranche

if TYPE_CHECKING:
    from fundflow.models.bid import Bid


class Award(Base):
    """A version of a bid's award; the last is in force. Rows are never changed."""

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("bid_id", "number"), CheckConstraint("pence > 0", name="some_money"))

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", index=False)
    number: Mapped[int] = mapped_column(default=1)
    pence: Mapped[Pence]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    schedule: Mapped[list[tuple[str, int]]] = mapped_column(JSON)  # see `tranches`

    bid: Mapped["Bid"] = relationship(back_populates="awards")
    lines: Mapped[list["AwardLine"]] = relationship(
        back_populates="award", order_by="AwardLine.id", lazy="joined"
    )

    @property
    def tranches(self) -> tuple[Tranche, ...]:
        """What is paid when; empty where everything is claimed as it is done."""
        return tuple(Tranche(Milestone(when), percent) for when, percent in self.schedule)

    @property
    def pays_at_half_time(self) -> bool:
        """Whether a share of it waits for half-time."""
        return any(tranche.when is Milestone.HALF_TIME for tranche in self.tranches)


class AwardLine(Base):
    """A line of the budget: days of one released member of staff, or another cost."""

    __tablename__ = "award_line"
    __table_args__ = (
        CheckConstraint("pence >= 0", name="pence_not_negative"),
        CheckConstraint("(half_days IS NULL) = (day_rate_pence IS NULL)", name="days_have_a_rate"),
        CheckConstraint("(half_days IS NULL) = (staff_code = '')", name="days_are_somebodys"),
    )

    id: Mapped[Id]
    award_id: Mapped[int] = key_to("award.id")
    first_id: Mapped[int | None] = key_to("award_line.id", index=False)  # the same line in the first version
    payee_id: Mapped[int] = key_to("school.id")  # to whom it is paid, as named in the offer
    school_id: Mapped[int] = key_to("school.id")  # whose staff, or whose cost
    backfill_line_id: Mapped[int | None] = key_to(
        "backfill_line.id", index=False
    )  # of the bid, from which it comes
    cost_line_id: Mapped[int | None] = key_to("cost_line.id", index=False)
    what: Mapped[str] = mapped_column(String(200))  # the role of the member of staff, or the cost
    staff_code: Mapped[str] = mapped_column(String(20), default="")
    half_days: Mapped[int | None]
    day_rate_pence: Mapped[Pence | None]
    on_cost_basis_points: Mapped[int] = mapped_column(default=0)
    pence: Mapped[Pence]  # rounded once
    from_on: Mapped[date | None]  # the first day at this rate; None: every day of the support
    grade_id: Mapped[int | None] = key_to("staff_grade.id", index=False)  # of a line that a change added

    award: Mapped[Award] = relationship(back_populates="lines")
    payee: Mapped[School] = relationship(foreign_keys="AwardLine.payee_id")
    school: Mapped[School] = relationship(foreign_keys="AwardLine.school_id")
    backfill_line: Mapped[BackfillLine | None] = relationship()
    cost_line: Mapped[CostLine | None] = relationship()
    grade: Mapped[StaffGrade | None] = relationship()

    @hybrid_property
    def key(self) -> int:
        """The same in every version of the award: what is logged on one counts for the next."""
        return self.first_id or self.id

    @key.inplace.expression
    @classmethod
    def _key(cls) -> ColumnElement[int]:
        return func.coalesce(cls.first_id, cls.id)

    @property
    def is_days(self) -> bool:
        return self.half_days is not None

    def pence_of(self, half_days: int) -> int:
        """What so many half days of this line come to, rounded once."""
        return backfill_pence(half_days, self.day_rate_pence or 0, self.on_cost_basis_points)
