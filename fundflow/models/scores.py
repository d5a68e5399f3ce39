"""Members' own scores, from the amount up at which each member scores, and their moderation."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.panel import AgendaItem
from fundflow.models.person import Seat, User


class ScoreSheet(Base):
    """One member's scores of one bid: saved as they go, locked once handed in, kept when voided."""

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("item_id", "seat_id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    seat_id: Mapped[int] = key_to("seat.id")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = key_to("person.id")  # the member, or the clerk for them
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_why: Mapped[str] = mapped_column(String(300), default="")

    item: Mapped[AgendaItem] = relationship(back_populates="sheets")
    seat: Mapped[Seat] = relationship()
    scores: Mapped[list["MemberScore"]] = relationship(
        back_populates="sheet", order_by="MemberScore.id", lazy="selectin"
    )

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def counts(self) -> bool:
        return self.is_submitted and self.voided_at is None

    @property
    def own_scores(self) -> dict[str, int]:
        """Criterion → what the member gave before any moderation."""
        return {s.criterion: s.score for s in self.scores if s.score is not None}

    @property
    def counted_scores(self) -> dict[str, int]:
        """Criterion → what counts: the moderated score where there is one."""
        return {s.criterion: s.counted for s in self.scores if s.counted is not None}


class MemberScore(Base):
    """One criterion on a member's sheet: 0 to 4, with a reason."""

    __tablename__ = "member_score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion"),
        CheckConstraint("score BETWEEN 0 AND 4", name="score_on_the_scale"),
        CheckConstraint("moderated BETWEEN 0 AND 4", name="moderated_on_the_scale"),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = key_to("score_sheet.id")
    criterion: Mapped[str] = mapped_column(String(20))
    score: Mapped[int | None]  # empty while only a reason was saved
    reason: Mapped[str] = mapped_column(Text, default="")
    moderated: Mapped[int | None]  # what the member says after moderation; `score` is kept

    sheet: Mapped[ScoreSheet] = relationship(back_populates="scores")

    @property
    def counted(self) -> int | None:
        return self.score if self.moderated is None else self.moderated


class Moderation(Base):
    """The panel talked about a criterion on which its members differed. Append-only."""

    __tablename__ = "moderation"

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    criterion: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, list[int]]] = mapped_column(JSON)  # sheet's id → [before, after]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id")

    item: Mapped[AgendaItem] = relationship(back_populates="moderations")
    by: Mapped[User] = relationship()
