"""Ofsted's inspections of schools, as staff typed them or a file of Ofsted had them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.inspection import REGIME, Regime
from fundflow.workflow.worded import Worded


class InspectionSource(Worded):
    TYPED = "typed", "Entered by the council"
    IMPORTED = "imported", "Ofsted’s file"


class Inspection(Base):
    """One inspection with its grades. It never changes: what is wrong is removed with a reason and kept,
    and another entered. Of one school, kind and day only one stands."""

    __tablename__ = "inspection"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removal_reason = '')", name="removed_with_a_reason"),
        CheckConstraint("published_on >= inspected_on", name="published_afterwards"),
        Index(
            "ix_inspection_standing",
            "school_id",
            "regime",
            "inspected_on",
            unique=True,
            **where("removed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    school_id: Mapped[int] = key_to("school.id")
    regime: Mapped[str] = mapped_column(String(40))  # of `REGIMES`
    inspected_on: Mapped[date]
    published_on: Mapped[date | None]
    source: Mapped[InspectionSource] = mapped_column(enum_of(InspectionSource))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = key_to("person.id", index=False)  # None: from the command line
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = key_to("person.id", index=False)
    removal_reason: Mapped[str] = mapped_column(Text, default="")

    school: Mapped[School] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys="Inspection.by_id")
    removed_by: Mapped[User | None] = relationship(foreign_keys="Inspection.removed_by_id")
    grades: Mapped[list["InspectionGrade"]] = relationship(order_by="InspectionGrade.id")

    @property
    def kind(self) -> Regime:
        return REGIME[self.regime]

    @property
    def said(self) -> dict[str, str]:
        """The grade of each area that was judged."""
        return {grade.area: grade.grade for grade in self.grades}


class InspectionGrade(Base):
    """The grade of one area, both in Ofsted's words of that time."""

    __tablename__ = "inspection_grade"

    id: Mapped[Id]
    inspection_id: Mapped[int] = key_to("inspection.id")
    area: Mapped[str] = mapped_column(String(80))
    grade: Mapped[str] = mapped_column(String(40))
