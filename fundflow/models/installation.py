"""What an installation says of itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from fundflow.extensions import Base
from fundflow.models.columns import UtcDateTime


class Demonstration(Base):
    """The mark of a demonstration: one row, written by its loader into an empty database.

    A database without it holds real people: the demonstration switch is refused there.
    """

    __tablename__ = "demonstration"
    __table_args__ = (CheckConstraint("id = 1", name="one_mark"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
