"""A school let into a round after its closing, by an officer, with a reason."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base, db
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.models.school import School


class LateEntry(Base):
    __tablename__ = "late_entry"

    id: Mapped[Id]
    round_id: Mapped[int] = key_to("round.id")
    school_id: Mapped[int] = key_to("school.id")
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = key_to("person.id")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # let in by mistake

    path: ClassVar[None] = None  # no page of its own

    round: Mapped[Round] = relationship()
    school: Mapped[School] = relationship()
    by: Mapped[User] = relationship()

    @property
    def bid(self) -> Any:
        """The school's newest draft in the round, if it has one."""
        from fundflow.models.bid import Bid
        from fundflow.workflow.application import BidState

        return db.session.scalar(
            select(Bid)
            .where(
                Bid.round_id == self.round_id,
                Bid.lead_school_id == self.school_id,
                Bid.state == BidState.DRAFT,
            )
            .order_by(Bid.id.desc())
            .limit(1)
        )
