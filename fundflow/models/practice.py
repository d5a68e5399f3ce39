"""Entries of the directory of good practice: specialist units, and schools that do well."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.brokering import Expertise
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.workflow.engine import Workflow
from fundflow.workflow.practice import PRACTICE, PracticeState
from fundflow.workflow.worded import Worded

COLOURS = {
    PracticeState.PROPOSED: "yellow",
    PracticeState.AGREED: "green",
    PracticeState.DECLINED: "red",
}


class PracticeKind(Worded):
    UNIT = "unit", "Specialist unit"
    DOES_WELL = "does_well", "School that does well"


class PracticeEntry(Base):
    """What a school does well, or a unit that it has. Other schools see it once its head agreed."""

    __tablename__ = "practice_entry"
    __table_args__ = (
        CheckConstraint("title != '' AND what != ''", name="says_something"),
        CheckConstraint("(measure_id IS NULL) = (figure = '')", name="figure_of_a_measure"),
        CheckConstraint("figure = '' OR source != ''", name="figure_with_its_source"),
        CheckConstraint(
            "state != 'agreed' OR (agreed_at IS NOT NULL AND agreed_by_id IS NOT NULL)",
            name="agreed_by_somebody",
        ),
        CheckConstraint("(withdrawn_at IS NOT NULL) = (state = 'withdrawn')", name="withdrawn_at_a_moment"),
        Index("ix_practice_entry_review", "review_on", **where("state = 'agreed'")),
        Index("ix_practice_entry_agreed", "agreed_at", "id", **where("state = 'agreed'")),
    )
    workflow: ClassVar[Workflow] = PRACTICE
    bid: ClassVar[None] = None  # no part of a bid

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    school_id: Mapped[int] = key_to("school.id")
    state: Mapped[PracticeState] = mapped_column(enum_of(PracticeState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[PracticeKind] = mapped_column(enum_of(PracticeKind))
    expertise: Mapped[Expertise] = mapped_column(enum_of(Expertise))  # the need that it is found by
    title: Mapped[str] = mapped_column(String(140))
    what: Mapped[str] = mapped_column(Text)  # what it does well
    measure_id: Mapped[int | None] = key_to("measure.id", index=False)
    figure: Mapped[str] = mapped_column(String(60), default="")  # of the measure, with its year
    source: Mapped[str] = mapped_column(String(200), default="")  # where the figure is published
    contact: Mapped[str] = mapped_column(String(300), default="")  # as the school wishes; empty: the council
    search_text: Mapped[str] = folded(searchable, "title", "what")
    review_on: Mapped[date]  # when an officer looks at it again
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = key_to("person.id", index=False)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_by_id: Mapped[int | None] = key_to("person.id", index=False)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was declined or withdrawn

    fund: Mapped[Fund] = relationship()
    school: Mapped[School] = relationship()
    measure: Mapped[Measure | None] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys="PracticeEntry.proposed_by_id")
    agreed_by: Mapped[User | None] = relationship(foreign_keys="PracticeEntry.agreed_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", PracticeState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/good-practice/{self.id}"

    @property
    def schools(self) -> list[School]:
        """The school that it names, as `bar_from_brokering` asks for it."""
        return [self.school]

    @property
    def asked_schools(self) -> set[int]:
        """The id of its school, or of the successor."""
        return {self.school.today_id}

    def is_led_by(self, user: User, day: date) -> bool:
        """Whether this person is a head of its school."""
        return bool(self.asked_schools & user.school_ids(day, leading=True))

    @property
    def figure_words(self) -> str:
        """“Pupils at the phonics standard (%): 91 in 2026”; empty where no figure is given."""
        return f"{self.measure.words}: {self.figure}" if self.measure else ""

    @property
    def state_words(self) -> str:
        return PRACTICE.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS.get(self.state, "grey")

    def touch(self) -> None:
        self.version += 1
