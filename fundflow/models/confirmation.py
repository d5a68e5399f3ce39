"""Words that others give for a bid: partner schools confirm, an approver signs."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.approval import APPROVAL, ApprovalState
from fundflow.workflow.confirmation import CONFIRMATION, ConfirmationState
from fundflow.workflow.engine import Workflow


class Confirmation(Base):
    """One partner school's answer to “do you take part?”; the provider's covers its staff."""

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('confirmed', 'declined') OR answered_at IS NOT NULL", name="answer_has_its_moment"
        ),
    )
    workflow: ClassVar[Workflow] = CONFIRMATION

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    part: Mapped[Part] = mapped_column(enum_of(Part))
    for_lead: Mapped[bool] = mapped_column(default=False)  # of a bid an officer entered or commissioned
    state: Mapped[ConfirmationState] = mapped_column(enum_of(ConfirmationState))
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = key_to("person.id")
    reason: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship(back_populates="confirmations")
    school: Mapped[School] = relationship(lazy="joined")
    answered_by: Mapped[User | None] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ConfirmationState.ASKED)
        super().__init__(**values)

    def waiting_words(self) -> str | None:
        """What the bid waits for here, as part of a sentence, or None."""
        if self.state is ConfirmationState.DECLINED and self.for_lead:
            return f"the head of {self.school.name}, who did not agree to the bid that was entered for it"
        if self.state is ConfirmationState.DECLINED:
            return f"another school in place of {self.school.name}, which declined"
        if self.state is not ConfirmationState.ASKED:
            return None
        if self.for_lead:
            return f"the head of {self.school.name} to confirm the bid that was entered for it"
        what = "it can release its staff" if self.part is Part.PROVIDER else "it takes part"
        return f"{self.school.name} to confirm {what}"

    def touch(self) -> None:
        self.version += 1


class Approval(Base):
    """A signature through an emailed link, without an account."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('signed', 'refused') OR answered_at IS NOT NULL", name="answer_has_its_moment"
        ),
    )
    workflow: ClassVar[Workflow] = APPROVAL

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    state: Mapped[ApprovalState] = mapped_column(enum_of(ApprovalState))
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_name: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship(back_populates="approvals")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ApprovalState.ASKED)
        super().__init__(**values)

    def waiting_words(self) -> str | None:
        if self.state is ApprovalState.REFUSED:
            return f"{self.name}, who refused to sign"
        return f"{self.name} to sign" if self.state is ApprovalState.ASKED else None

    def touch(self) -> None:
        self.version += 1
