"""The files of the DfE and Ofsted on schools: which were looked at and imported, and how old they are."""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.person import User
from fundflow.workflow.worded import Worded

OLD = timedelta(days=92)  # GIAS writes its files every day; schools change each term


class Register(Worded):
    SCHOOLS = "schools", "GIAS schools"
    LINKS = "links", "GIAS links"
    PREMIUM = "premium", "Pupil premium"
    INSPECTIONS = "inspections", "Ofsted inspections"

    @property
    def names_every_school(self) -> bool:
        """Whether the file should name all our schools: links and inspections are of some alone."""
        return self in (Register.SCHOOLS, Register.PREMIUM)


class RegisterFile(Base):
    """A file that was looked at, and, once somebody confirmed it, imported."""

    __tablename__ = "register_file"

    id: Mapped[Id]
    register: Mapped[Register] = mapped_column(enum_of(Register))
    name: Mapped[str] = mapped_column(String(200))
    file_on: Mapped[date | None]  # the day whose facts it holds
    year: Mapped[int | None]  # of the pupil premium: 2019 is 2019–20
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # rows added, updated …
    lacks: Mapped[list[str]] = mapped_column(JSON, default=list)  # columns it does not have
    missing: Mapped[list[str]] = mapped_column(JSON, default=list)  # URNs of our areas it does not name
    store_key: Mapped[str] = mapped_column(String(100), default="")  # where it waits to be imported
    sha256: Mapped[str] = mapped_column(String(64), default="")
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_at_by_id: Mapped[int | None] = key_to("person.id")  # None: from the command line
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    looked_at_by: Mapped[User | None] = relationship()

    @property
    def words(self) -> str:
        """“GIAS schools”, “Pupil premium 2026–27”."""
        years = f" {self.year}–{(self.year + 1) % 100:02}" if self.year else ""
        return f"{self.register.words}{years}"

    def is_old_on(self, day: date) -> bool:
        """Whether a newer file should be there: of GIAS after a term, of the premium after its year."""
        if self.register is Register.PREMIUM:
            return self.year is not None and day > date(self.year + 1, 6, 30)
        return self.file_on is not None and self.file_on < day - OLD
