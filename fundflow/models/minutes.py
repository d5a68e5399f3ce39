"""Papers as they were issued, and the minutes of a meeting."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.fund import Fund
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.review import Submission
from fundflow.workflow.engine import Workflow
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.minutes import MINUTES, MinutesState


class Paper(Base):
    """What the panel was given on one bid, frozen when it was issued. Append-only; the latest counts."""

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[Id]
    item_id: Mapped[int] = key_to("agenda_item.id")
    number: Mapped[int]
    submission_id: Mapped[int | None] = key_to("submission.id")  # the bid as it was sent
    report: Mapped[dict[str, Any]] = mapped_column(JSON)  # the officer's, as it stood
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)  # public data on the schools, as held then
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = key_to("person.id")
    sha256: Mapped[str] = mapped_column(String(64))  # of the three

    item: Mapped[AgendaItem] = relationship()
    submission: Mapped[Submission | None] = relationship()


class Minutes(Base):
    """The minutes of one meeting."""

    __tablename__ = "minutes"
    workflow: ClassVar[Workflow] = MINUTES

    id: Mapped[Id]
    meeting_id: Mapped[int] = key_to("meeting.id", unique=True)
    state: Mapped[MinutesState] = mapped_column(enum_of(MinutesState))
    version: Mapped[int] = mapped_column(default=1)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_at_id: Mapped[int | None] = key_to("meeting.id")  # the meeting that agreed them
    seal: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of the records, the newest when they were agreed

    meeting: Mapped[Meeting] = relationship(foreign_keys="Minutes.meeting_id")
    agreed_at: Mapped[Meeting | None] = relationship(foreign_keys="Minutes.agreed_at_id")
    sections: Mapped[list["MinutesSection"]] = relationship(
        back_populates="minutes", order_by="MinutesSection.position"
    )

    bid = None  # minutes belong to no single bid
    bid_id = None

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", MinutesState.DRAFT)
        super().__init__(**values)

    @property
    def fund(self) -> Fund:
        return self.meeting.fund

    @property
    def fund_id(self) -> int:
        return self.meeting.fund_id

    @property
    def path(self) -> str:
        return f"{self.meeting.path}/minutes"

    @property
    def meeting_is_over(self) -> bool:
        return self.meeting.state is MeetingState.CLOSED

    def touch(self) -> None:
        self.version += 1


class MinutesSection(Base):
    """One section; the part about an item is hidden from anyone who is barred from its bid."""

    __tablename__ = "minutes_section"
    __table_args__ = (UniqueConstraint("minutes_id", "position"),)

    id: Mapped[Id]
    minutes_id: Mapped[int] = key_to("minutes.id")
    position: Mapped[int]
    item_id: Mapped[int | None] = key_to("agenda_item.id")
    heading: Mapped[str] = mapped_column(String(200))
    drafted: Mapped[str] = mapped_column(Text)  # from the records
    text: Mapped[str] = mapped_column(Text)  # as the clerk has it
    edited_by_id: Mapped[int | None] = key_to("person.id")
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    minutes: Mapped[Minutes] = relationship(back_populates="sections")
    item: Mapped[AgendaItem | None] = relationship()
