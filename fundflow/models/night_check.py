"""What `fundflow check` found by night."""

from datetime import date, datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from fundflow.extensions import Base
from fundflow.models.columns import UtcDateTime


class NightCheck(Base):
    """One night’s look at all data (`fundflow.checking`), begun by the first worker that got to it."""

    __tablename__ = "night_check"

    night: Mapped[date] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # empty: it goes on, or was broken off
    count: Mapped[int] = mapped_column(default=0)  # of things wrong
    found: Mapped[list[str]] = mapped_column(JSON, default=list)  # the first of them, a sentence each
