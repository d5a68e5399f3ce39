"""A school let into a round after its closing, by an officer, with a reason."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base, db
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.fund import Round
from fundflow.models.person import RoleGrant, RoleName, User
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

    @classmethod
    def lets_in(cls, round_id: int, school_id: int, now: datetime) -> bool:
        """Whether this school may still submit in this round at this moment."""
        return cls.open_until(round_id, school_id, now) is not None

    @classmethod
    def open_until(cls, round_id: int, school_id: int, now: datetime) -> datetime | None:
        """The moment until which this school was let in, or None."""
        return db.session.scalar(
            select(func.max(cls.until)).where(
                cls.round_id == round_id,
                cls.school_id == school_id,
                cls.until > now,
                cls.ended_at.is_(None),
            )
        )


def whom_to_ask(fund_id: int, day: date) -> str:
    """Who may let a school in late, as a sentence for the school."""
    names = db.session.scalars(
        select(User.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == RoleName.OFFICER,
            User.active.is_(True),
            RoleGrant.starts_on <= day,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
            or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id == fund_id),
        )
        .order_by(RoleGrant.id)
        .limit(2)
    ).all()
    named = f", {' or '.join(dict.fromkeys(names))}," if names else ""
    return f"Ask the liaison officer{named} whether your bid can still come in."
