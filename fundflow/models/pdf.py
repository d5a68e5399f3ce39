"""PDFs that the worker makes. The bytes lie in the file store, never in the database."""

from datetime import datetime
from enum import Enum

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of


class PdfState(Enum):
    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"


class Pdf(Base):
    """One PDF, found by what it shows: other content is another PDF. Nothing here says who may read it."""

    __tablename__ = "pdf"
    __table_args__ = (
        CheckConstraint("(state = 'made') = (store_key IS NOT NULL)", name="made_is_stored"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index("ix_pdf_due", "state", "due"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the page and its parts' keys
    page: Mapped[str] = mapped_column(Text)  # the HTML to draw; empty once it is made
    parts: Mapped[list[list[str]]] = mapped_column(JSON)  # name and key of each PDF joined to it
    instead: Mapped[str] = mapped_column(String(200))  # where the same can be read and printed
    state: Mapped[PdfState] = mapped_column(enum_of(PdfState))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # when somebody last wanted it
    due: Mapped[datetime] = mapped_column(UtcDateTime)  # when to try, and the lease while trying
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    store_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    sha256: Mapped[str | None] = mapped_column(String(64))  # of the bytes
    pages: Mapped[int | None]
    lost: Mapped[str] = mapped_column(Text, default="")  # letters that no font here has
