"""What was spent on an award's other costs, each with its receipt."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, key_to
from fundflow.models.files import Attachment
from fundflow.models.payment import Claim
from fundflow.models.person import User


class SpentCost(Base):
    """An amount that was spent on a line of other costs: travel, materials, a venue.

    What was entered is never changed or deleted: a wrong cost is struck out, with a reason, and stays.
    """

    __tablename__ = "spent_cost"
    __table_args__ = (
        CheckConstraint("pence > 0", name="some_money"),
        CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck_out_with_a_reason"),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    line_id: Mapped[int] = key_to("award_line.id", index=False)
    spent_on: Mapped[date]
    pence: Mapped[Pence]
    what: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = key_to("person.id", index=False)
    by_school_id: Mapped[int] = key_to("school.id", index=False)  # for which that person acted
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    struck_by_id: Mapped[int | None] = key_to("person.id", index=False)
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    claim_id: Mapped[int | None] = key_to("claim.id")  # that asked for it last

    bid: Mapped[Bid] = relationship()
    line: Mapped[AwardLine] = relationship()
    entered_by: Mapped[User] = relationship(foreign_keys="SpentCost.entered_by_id")
    struck_by: Mapped[User | None] = relationship(foreign_keys="SpentCost.struck_by_id")
    claim: Mapped[Claim | None] = relationship(back_populates="costs")
    receipts: Mapped[list[Attachment]] = relationship(
        back_populates="spent_cost", order_by=Attachment.id
    )  # one at least

    @hybrid_property
    def counts(self) -> bool:
        """Whether it is earned: not struck out. Its receipt is the evidence; nobody confirms it."""
        return self.struck_at is None

    @counts.inplace.expression
    @classmethod
    def _counts(cls) -> ColumnElement[bool]:
        return cls.struck_at.is_(None)
