"""An officer's assessment of the need that a bid names, made before money is recommended."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.person import User

if TYPE_CHECKING:
    from fundflow.models.review import Review


class NeedAssessment(Base):
    """What an officer found of a bid's need. Only added to: a later one counts instead of those before."""

    __tablename__ = "need_assessment"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[Id]
    review_id: Mapped[int] = key_to("review.id", index=False)
    number: Mapped[int]
    assessed_on: Mapped[date]
    known: Mapped[str] = mapped_column(Text)  # from data
    seen: Mapped[str] = mapped_column(Text)  # on a visit, or in records
    tried: Mapped[str] = mapped_column(Text)  # before the bid, and what came of it
    asked: Mapped[str] = mapped_column(Text)  # who was asked, by role
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    review: Mapped["Review"] = relationship(back_populates="assessments")
    by: Mapped[User] = relationship()
