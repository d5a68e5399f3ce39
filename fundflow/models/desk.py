"""What officers keep for themselves: notes inside a bid, and cover while a colleague is away."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, key_to, where
from fundflow.models.person import User


class StaffNote(Base):
    """A note inside a bid; the school never sees it unless somebody sends it."""

    __tablename__ = "staff_note"

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = key_to("person.id")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the school
    sent_by_id: Mapped[int | None] = key_to("person.id")

    bid: Mapped[Bid] = relationship()
    by: Mapped[User] = relationship(foreign_keys="StaffNote.by_id")
    sent_by: Mapped[User | None] = relationship(foreign_keys="StaffNote.sent_by_id")
    mentions: Mapped[list["Mention"]] = relationship(back_populates="note", order_by="Mention.id")


class Mention(Base):
    """A colleague a note is meant for, who is told."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("note_id", "user_id"),
        Index("ix_mention_unread", "user_id", **where("read_at IS NULL")),
    )

    id: Mapped[Id]
    note_id: Mapped[int] = key_to("staff_note.id")
    user_id: Mapped[int] = key_to("person.id")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    note: Mapped[StaffNote] = relationship(back_populates="mentions")
    user: Mapped[User] = relationship()


class Cover(Base):
    """One officer covers for another from one day to another (both inclusive), or until it is ended.

    Nobody has two covers at once, and who covers is not away then: so there are no chains.
    """

    __tablename__ = "cover"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("away_id != covering_id", name="two_people"),
    )

    id: Mapped[Id]
    away_id: Mapped[int] = key_to("person.id")
    covering_id: Mapped[int] = key_to("person.id")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    arranged_by_id: Mapped[int] = key_to("person.id")
    arranged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # before its last day
    ended_by_id: Mapped[int | None] = key_to("person.id")

    away: Mapped[User] = relationship(foreign_keys="Cover.away_id")
    covering: Mapped[User] = relationship(foreign_keys="Cover.covering_id")

    @staticmethod
    def is_valid_on(day: date) -> ColumnElement[bool]:
        """The covers in force on a day, as a condition."""
        return and_(Cover.starts_on <= day, Cover.ends_on >= day, Cover.ended_at.is_(None))
