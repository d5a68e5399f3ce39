"""What an installation says of itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.files import FileKind
from fundflow.models.payee import NoFund
from fundflow.models.person import User


class Demonstration(Base):
    """The mark of a demonstration: one row, written by its loader into an empty database.

    A database without it holds real people: the demonstration switch is refused there.
    """

    __tablename__ = "demonstration"
    __table_args__ = (CheckConstraint("id = 1", name="one_mark"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Brand(NoFund, Base):
    """A version of the council's colour and logo; one that has no number yet is a draft.

    The version with the highest number is in force. An empty colour is the service's own.
    """

    __tablename__ = "brand"
    __table_args__ = (
        CheckConstraint(
            "(number IS NULL) = (put_at IS NULL) AND (number IS NULL) = (put_by_id IS NULL)",
            name="put_by_somebody",
        ),
        CheckConstraint(
            "(store_key IS NULL) = (sha256 IS NULL) AND (store_key IS NULL) = (kind IS NULL)",
            name="logo_is_whole",
        ),
        CheckConstraint("(store_key IS NULL) = (alt_text = '')", name="logo_has_words"),
    )

    id: Mapped[Id]
    number: Mapped[int | None] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)  # of the draft
    colour: Mapped[str] = mapped_column(String(7), default="")  # “#0b4f4a”
    kind: Mapped[FileKind | None] = mapped_column(enum_of(FileKind))  # of the logo
    store_key: Mapped[str | None] = mapped_column(String(100))  # versions may share a logo
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    width: Mapped[int | None]  # pixels
    height: Mapped[int | None]
    alt_text: Mapped[str] = mapped_column(String(120), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = key_to("person.id")
    put_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # in force
    put_by_id: Mapped[int | None] = key_to("person.id")

    made_by: Mapped[User] = relationship(foreign_keys="Brand.made_by_id")
    put_by: Mapped[User | None] = relationship(foreign_keys="Brand.put_by_id")
