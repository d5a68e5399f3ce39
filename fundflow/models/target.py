"""Two-year targets that the council sets for a school: staff alone read them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, key_to, where
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.school import School


class SchoolTarget(Base):
    """A measure of a school that is to move, from its baseline on. Of one measure only one runs at a time.

    Where it is to come to, by when and with whom are `terms`: the latest count, and none is changed.
    """

    __tablename__ = "school_target"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (end_reason = '')", name="ended_with_a_reason"),
        Index(
            "ix_school_target_running", "school_id", "measure_id", unique=True, **where("ended_at IS NULL")
        ),
    )

    id: Mapped[Id]
    school_id: Mapped[int] = key_to("school.id")
    measure_id: Mapped[int] = key_to("measure.id")
    baseline: Mapped[Decimal] = mapped_column(Numeric(10, 2))  # in the measure's unit
    baseline_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = key_to("person.id", index=False)
    end_reason: Mapped[str] = mapped_column(Text, default="")

    school: Mapped[School] = relationship()
    measure: Mapped[Measure] = relationship(lazy="joined")
    ended_by: Mapped[User | None] = relationship()
    terms: Mapped[list["TargetTerms"]] = relationship(order_by="TargetTerms.id.desc()")
    figures: Mapped[list["TargetFigure"]] = relationship(
        order_by="(TargetFigure.measured_on.desc(), TargetFigure.id.desc())"
    )

    @property
    def now(self) -> "TargetTerms":
        """What it is to come to, by when and with whom, as it was set last."""
        return self.terms[0]

    @property
    def latest(self) -> "TargetFigure | None":
        """The figure measured last that stands."""
        return next((one for one in self.figures if one.removed_at is None), None)

    def look_after(self, owner: User, reason: str, by: User, at: datetime) -> None:
        """The same target with another owner: terms beside those before."""
        before = self.now
        said = {"target": before.target, "target_on": before.target_on, "reason": reason}
        self.terms.append(TargetTerms(**said, owner_id=owner.id, at=at, by_id=by.id))
        self.touch()

    def touch(self) -> None:
        self.version += 1


class TargetTerms(Base):
    """What a target is to come to, by when, and who of the council looks after it. Append-only."""

    __tablename__ = "target_terms"

    id: Mapped[Id]
    target_id: Mapped[int] = key_to("school_target.id")
    target: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    target_on: Mapped[date]
    owner_id: Mapped[int] = key_to("person.id")
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    owner: Mapped[User] = relationship(foreign_keys="TargetTerms.owner_id")
    by: Mapped[User] = relationship(foreign_keys="TargetTerms.by_id")


class TargetFigure(Base):
    """Where a target stood on a day. A wrong one is removed with a reason, and kept."""

    __tablename__ = "target_figure"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removal_reason = '')", name="removed_with_a_reason"),
    )

    id: Mapped[Id]
    target_id: Mapped[int] = key_to("school_target.id")
    value: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    measured_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = key_to("person.id", index=False)
    removal_reason: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User] = relationship(foreign_keys="TargetFigure.by_id")
    removed_by: Mapped[User | None] = relationship(foreign_keys="TargetFigure.removed_by_id")
