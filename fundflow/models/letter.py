"""The outbox: a letter is written with what it tells of, and delivered afterwards."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import BigId, Id, UtcDateTime, enum_of, key_to
from fundflow.models.person import LinkPurpose
from fundflow.workflow.worded import Worded


class LetterStatus(Worded):
    HELD = "held", "Held"  # somebody reads it over first
    QUEUED = "queued", "Waiting to go"
    IN_DIGEST = "in_digest", "In the daily digest"  # goes with the person's daily digest
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


class Letter(Base):
    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_its_moment"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index("ix_letter_due", "status", "due"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(400), unique=True)  # step:812:officer:a@b
    bid_id: Mapped[int | None] = key_to("bid.id")
    history_entry_id: Mapped[int | None] = key_to("history_entry.id")
    user_id: Mapped[int | None] = key_to("person.id")
    recipient: Mapped[str] = mapped_column(String(40))  # the block: school, officer, provider …
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str] = mapped_column(String(254), default="")  # the fund's contact
    outside: Mapped[bool]  # to somebody outside the council
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    link_purpose: Mapped[LinkPurpose | None] = mapped_column(enum_of(LinkPurpose))
    asked_process: Mapped[str | None] = mapped_column(String(40))  # what the link takes an answer to
    asked_id: Mapped[int | None] = mapped_column(BigId)
    status: Mapped[LetterStatus] = mapped_column(enum_of(LetterStatus))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due: Mapped[datetime] = mapped_column(UtcDateTime)  # when to try, and the lease while trying
    attempts: Mapped[int] = mapped_column(default=0)
    resends: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest_id: Mapped[int | None] = key_to("letter.id")  # the digest that carried it
    dropped_why: Mapped[str | None] = mapped_column(String(200))  # of a held one that never goes

    digest: Mapped["Letter | None"] = relationship(remote_side="Letter.id")


class Heartbeat(Base):
    """When the worker, and the mail server, last gave a sign of life: see `fundflow.letters.troubles`."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(String(500), default="")  # what the mail server says
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when that began
