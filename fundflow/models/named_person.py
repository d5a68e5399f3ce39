"""Somebody of the council or the panel whose address a bid names, and what a colleague said about it."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.confirmation import ASKING
from fundflow.models.interest import InterestKind
from fundflow.models.person import User
from fundflow.workflow.engine import Workflow
from fundflow.workflow.named_person import NAMED_PERSON, NamedState


class NamedPerson(Base):
    """Until it is settled they look at the bid and take no step of it; then they are barred, or free."""

    __tablename__ = "named_person"
    __table_args__ = (UniqueConstraint("bid_id", "user_id"),)
    workflow: ClassVar[Workflow] = NAMED_PERSON

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    user_id: Mapped[int] = key_to("person.id")
    state: Mapped[NamedState] = mapped_column(enum_of(NamedState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    named_as: Mapped[str] = mapped_column(String(120))  # “its contact”
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[InterestKind | None] = mapped_column(enum_of(InterestKind))  # what they had declared
    before_text: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship(back_populates="named_people")
    user: Mapped[User] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", NamedState.TO_SETTLE)
        super().__init__(**values)

    @property
    def is_open(self) -> bool:
        return self.state is NamedState.TO_SETTLE

    @property
    def is_before_decision(self) -> bool:
        return self.bid.state in ASKING

    def touch(self) -> None:
        self.version += 1
