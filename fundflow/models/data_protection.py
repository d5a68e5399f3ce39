"""People's rights over their data: copies of what is held about them, and their complaints."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.payee import NoFund
from fundflow.models.person import User
from fundflow.workflow.actors import Actor
from fundflow.workflow.data_complaint import ACKNOWLEDGED_WITHIN, DATA_COMPLAINT, ComplaintState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.working_days import london_date


class SubjectExport(Base):
    """A copy of what is held about one person, made for them. The copy itself is not kept.

    person_id  the account it is about; empty where somebody without one is known by an address
    sha256     of the archive, so that a copy shown later can be known again
    """

    __tablename__ = "subject_export"
    __table_args__ = (CheckConstraint("person_id IS NULL OR person_id != made_by_id", name="not_of_oneself"),)

    id: Mapped[Id]
    person_id: Mapped[int | None] = key_to("person.id")
    email: Mapped[str] = mapped_column(String(254))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = key_to("person.id")
    size: Mapped[int]  # how many records it holds
    sha256: Mapped[str] = mapped_column(String(64))

    person: Mapped[User | None] = relationship(foreign_keys="SubjectExport.person_id")
    made_by: Mapped[User] = relationship(foreign_keys="SubjectExport.made_by_id")


class DataRestriction(Base):
    """One person’s data, which is kept and not removed while this is not lifted (UK GDPR, article 18)."""

    __tablename__ = "data_restriction"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="put_for_a_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lift_reason = '')", name="lifted_for_a_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by_somebody"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = key_to("person.id")
    reason: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    put_by_id: Mapped[int] = key_to("person.id")
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = key_to("person.id")
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[User] = relationship(foreign_keys="DataRestriction.person_id")
    put_by: Mapped[User] = relationship(foreign_keys="DataRestriction.put_by_id")


class DataComplaint(NoFund, Base):
    """A complaint about how personal data is used. It is the council's, whichever fund it is about.

    due_on  the last day to say that it came
    answer  the latest; earlier ones stand in the history
    """

    __tablename__ = "data_complaint"
    __table_args__ = (CheckConstraint("(state = 'answered') = (answer <> '')", name="answered_in_words"),)
    workflow: ClassVar[Workflow] = DATA_COMPLAINT
    link_actor: ClassVar[Actor] = Actor.COMPLAINANT

    id: Mapped[Id]
    state: Mapped[ComplaintState] = mapped_column(enum_of(ComplaintState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    text: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(Text, default="")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ComplaintState.NEW)
        values.setdefault("version", 1)
        if "received_at" in values:
            values.setdefault("due_on", london_date(values["received_at"]) + timedelta(ACKNOWLEDGED_WITHIN))
        super().__init__(**values)

    @property
    def reference(self) -> str:
        """“DP-12”, by which letters and people name it."""
        return f"DP-{self.id}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/data-protection/complaints/{self.id}"

    def touch(self) -> None:
        self.version += 1
