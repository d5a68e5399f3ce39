"""What keeps an award's claims from being checked and paid, until somebody lifts it."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.person import User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.payment_block import PAYMENT_BLOCK, BlockState
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date


class BlockKind(Worded):
    CONDITION = "condition", "A condition of the award is due"
    REPORT = "report", "A report is overdue"
    PAYEE = "payee", "Who is paid is changing"
    OTHER = "other", "Something else"
    PAUSED = "paused", "The award is paused"  # put and lifted by pausing the bid and resuming it


CHOSEN_KINDS = tuple(kind for kind in BlockKind if kind is not BlockKind.PAUSED)


class PaymentBlock(Base):
    """A block of one bid's payments. What was said as it was put, and as it was lifted, never changes."""

    __tablename__ = "payment_block"
    __table_args__ = (
        CheckConstraint("reason != ''", name="put_with_a_reason"),
        CheckConstraint(
            "(state = 'lifted') = (lifted_at IS NOT NULL) AND (lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name="lifted_with_a_reason",
        ),
        Index("ix_payment_block_standing", "bid_id", **where("state = 'standing'")),
    )
    workflow: ClassVar[Workflow] = PAYMENT_BLOCK

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    kind: Mapped[BlockKind] = mapped_column(enum_of(BlockKind))
    state: Mapped[BlockState] = mapped_column(enum_of(BlockState))
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    put_by_id: Mapped[int] = key_to("person.id", index=False)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = key_to("person.id", index=False)
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship()
    put_by: Mapped[User] = relationship(foreign_keys="PaymentBlock.put_by_id")
    lifted_by: Mapped[User | None] = relationship(foreign_keys="PaymentBlock.lifted_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", BlockState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def put_words(self) -> str:
        """“3 March 2027”: the day it was put."""
        return day_words(london_date(self.put_at))

    @property
    def about(self) -> str:
        """“A report is overdue. We wait for the final report.”: its kind, where one is named, and why."""
        return self.reason if self.kind is BlockKind.OTHER else f"{self.kind.words}. {self.reason}"

    @property
    def why_unpaid(self) -> str:
        """Why payments wait, as sentences."""
        return f"Payments on this bid have been blocked since {self.put_words}. {self.about}"

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
