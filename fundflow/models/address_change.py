"""Somebody wants letters, and sign-in links, at another address: both addresses say yes first."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.person import User


class AddressChange(Base):
    """A change that its person asked for; ended when it is carried out, dropped or asked for again."""

    __tablename__ = "address_change"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_lower_case"),)

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id")
    email: Mapped[str] = mapped_column(String(254))  # the new one
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
