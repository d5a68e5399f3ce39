"""What happened: one entry a step, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import BigId, Id, UtcDateTime, key_to
from fundflow.models.person import User


class HistoryEntry(Base):
    """A step that was taken, or another act worth keeping (a correction, a hand-over)."""

    __tablename__ = "history_entry"
    __table_args__ = (Index("ix_history_entry_record", "process", "record_id", "id"),)

    id: Mapped[Id]
    process: Mapped[str] = mapped_column(String(40))  # a workflow's name
    record_id: Mapped[int] = mapped_column(BigId)
    bid_id: Mapped[int | None] = key_to("bid.id")
    step: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))  # in the past tense
    from_state: Mapped[str] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = key_to("person.id")  # empty: the clock, or an approver's link
    actor_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    internal: Mapped[bool] = mapped_column(default=False)  # not shown to schools
    form_version: Mapped[int | None]  # the version of the page it was taken from
    given: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    user: Mapped[User | None] = relationship()
