"""Money that comes back from a school, to which it was paid and which did not earn it."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, in_states, key_to, where
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.engine import Workflow
from fundflow.workflow.recovery import OWED, RECOVERY, RecoveryState
from fundflow.workflow.worded import Worded

S = RecoveryState


class Ground(Worded):
    """Why money comes back. That the support had no impact is none."""

    NOT_EARNED = "not_earned", "Paid and not earned"
    MISUSED = "misused", "Not spent as agreed"


UNASKED = (S.REQUESTED, S.CANCELLED)
LET_GO = (S.LET_GO, S.WRITTEN_OFF)
TO_COME = (S.REQUESTED, S.ASKED_FOR, S.INVOICED, S.SET_AGAINST)

COLOURS = {
    S.REQUESTED: "turquoise",
    S.ASKED_FOR: "yellow",
    S.INVOICED: "yellow",
    S.SET_AGAINST: "yellow",
    S.RECOVERED: "green",
    S.UNDO_ASKED: "turquoise",
    S.LET_GO: "grey",
    S.WRITTEN_OFF: "grey",
    S.CANCELLED: "grey",
}


class Recovery(Base):
    __tablename__ = "recovery"
    __table_args__ = (
        UniqueConstraint("bid_id", "number"),
        CheckConstraint("pence > 0", name="some_money"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id != opened_by_id", name="two_people"),
        CheckConstraint(
            f"state IN ({in_states((S.REQUESTED, S.LET_GO, S.CANCELLED))}) OR approved_by_id IS NOT NULL",
            name="approved_by_somebody",
        ),
        CheckConstraint("undone_by_id IS NULL OR undone_by_id != undo_asked_by_id", name="undone_by_two"),
        CheckConstraint("state != 'set_against' OR claim_id IS NOT NULL", name="set_against_a_claim"),
        Index("ix_recovery_to_come", "opened_at", "id", **where(in_states(TO_COME))),
    )
    workflow: ClassVar[Workflow] = RECOVERY

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", index=False)
    school_id: Mapped[int] = key_to("school.id")  # to which it was paid, or its successor while it stands
    number: Mapped[int]
    state: Mapped[RecoveryState] = mapped_column(enum_of(RecoveryState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    ground: Mapped[Ground] = mapped_column(enum_of(Ground))
    pence: Mapped[Pence]
    reason: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = key_to("person.id")  # None where an emailed answer settled the award
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = key_to("person.id")
    due_on: Mapped[date | None]  # by when it is to be paid back
    invoice_number: Mapped[str] = mapped_column(String(60), default="")
    claim_id: Mapped[int | None] = key_to("claim.id")  # off whose payment it is taken
    payment_reference: Mapped[str] = mapped_column(String(60), default="")
    authority: Mapped[str] = mapped_column(String(60), default="")  # by which it was written off
    # Who said last that it had not come back after all, and who agreed.
    undo_asked_by_id: Mapped[int | None] = key_to("person.id", index=False)
    undone_by_id: Mapped[int | None] = key_to("person.id", index=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    bid: Mapped[Bid] = relationship()
    school: Mapped[School] = relationship()
    claim: Mapped[Claim | None] = relationship()
    opened_by: Mapped[User | None] = relationship(foreign_keys="Recovery.opened_by_id")
    approved_by: Mapped[User | None] = relationship(foreign_keys="Recovery.approved_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", RecoveryState.REQUESTED)
        super().__init__(**values)

    @property
    def reference(self) -> str:
        return f"{self.bid.reference}/R{self.number}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/bids/{self.bid.reference}/recoveries/{self.id}"

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def words(self) -> str:
        return RECOVERY.words[self.state]

    @property
    def is_unasked(self) -> bool:
        """Whether the school has not heard of it: nobody approved it."""
        return self.state in UNASKED and self.approved_at is None

    @property
    def to_pay_by(self) -> date | None:
        """By when the school is to pay it back; None where it is not asked to, or no longer."""
        return self.due_on if self.state in OWED else None

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
