"""What somebody typed into a form and has not saved yet, kept for that person alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, key_to


class KeptTyping(Base):
    """`place` is the page's path; `fields` are its fields as typed, by name."""

    __tablename__ = "kept_typing"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id")
    bid_id: Mapped[int | None] = key_to("bid.id")
    place: Mapped[str] = mapped_column(String(200))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
