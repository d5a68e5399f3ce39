"""Files and evidence that belong to a bid. The bytes lie in the file store, never in the database."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.person import User

if TYPE_CHECKING:
    from fundflow.models.impact import ImpactReturn
    from fundflow.models.spent_cost import SpentCost


class FileKind(Enum):
    """What may be attached (docs/rules.md, "The form"), as found in the content."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    ODT = "odt"
    ODS = "ods"
    JPEG = "jpg"
    PNG = "png"


class Attachment(Base):
    """One file. Removing it takes it off the bid; frozen versions that name it keep its bytes.

    A file is attached to the form, or belongs to late evidence or to a report, or is a receipt, which is
    never removed.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(sha256) = 64", name="hash_whole"),
        Index("ix_attachment_receipt", "sha256", **where("spent_cost_id IS NOT NULL")),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    name: Mapped[str] = mapped_column(String(200))  # as the sender called it, made harmless
    kind: Mapped[FileKind] = mapped_column(enum_of(FileKind))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    store_key: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[str] = mapped_column(String(300), default="")
    scanned: Mapped[bool] = mapped_column(default=False)  # a virus scanner found nothing
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int] = key_to("person.id")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_evidence_id: Mapped[int | None] = key_to("late_evidence.id")
    spent_cost_id: Mapped[int | None] = key_to("spent_cost.id")  # whose receipt it is
    report_id: Mapped[int | None] = key_to("impact_return.id")  # whose evidence it is

    bid: Mapped[Bid] = relationship(back_populates="attachments")
    uploaded_by: Mapped[User] = relationship()
    late_evidence: Mapped["LateEvidence | None"] = relationship(back_populates="attachments")
    spent_cost: Mapped["SpentCost | None"] = relationship(back_populates="receipts")
    report: Mapped["ImpactReturn | None"] = relationship(back_populates="files")

    @property
    def is_of_form(self) -> bool:
        """Whether it is, or was, attached to the bid's form."""
        return self.late_evidence_id is None and self.spent_cost_id is None and self.report_id is None


class LateEvidence(Base):
    """Evidence received after submission: stamped, and kept beside the frozen copy."""

    __tablename__ = "late_evidence"

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    text: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_from_id: Mapped[int] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="late_evidence")
    received_from: Mapped[User] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="late_evidence", order_by=Attachment.id
    )


class Viewing(Base):
    """Somebody read a file of a bid. Only ever added to (see `fundflow.files.viewing`)."""

    __tablename__ = "viewing"

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    user_id: Mapped[int] = key_to("person.id")
    what: Mapped[str] = mapped_column(String(250))  # in words, as in “File: plan.pdf”
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonViewing(Base):
    """Somebody opened what is held about a person. Only ever added to (see `fundflow.files.viewing`)."""

    __tablename__ = "person_viewing"

    id: Mapped[Id]
    person_id: Mapped[int] = key_to("person.id")
    user_id: Mapped[int] = key_to("person.id")
    what: Mapped[str] = mapped_column(String(250))  # in words, as in “Account”
    at: Mapped[datetime] = mapped_column(UtcDateTime)
