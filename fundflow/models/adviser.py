"""Advisers, the schools they are allocated to, and their visits."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.brokering import Expertise
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, in_states, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.workflow.adviser_visit import ADVISER_VISIT, AHEAD, TOOK_PLACE, WAITING
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.terms import Term
from fundflow.workflow.worded import Worded

COLOURS = {
    S.TO_PLAN: "grey",
    S.PLANNED: "yellow",
    S.DONE: "turquoise",
    S.RATED: "green",
    S.NOT_RATED: "green",
    S.MISSED: "red",
    S.CAUGHT_UP: "grey",
    S.LET_GO: "grey",
    S.CANCELLED: "grey",
}


class AdviserKind(Worded):
    SERVING_HEAD = "serving_head", "Serving head"
    RETIRED_HEAD = "retired_head", "Retired head"
    COUNCIL = "council", "The council’s adviser"
    INDEPENDENT = "independent", "Independent adviser"


class OffPayroll(Worded):
    """Whether somebody who is paid as an individual falls under the rules for off-payroll working."""

    NOT_INDIVIDUAL = "not_individual", "Not paid as an individual"
    INSIDE = "inside", "Inside the rules"
    OUTSIDE = "outside", "Outside the rules"
    TO_DECIDE = "to_decide", "To decide"


DETERMINED = (OffPayroll.INSIDE, OffPayroll.OUTSIDE)


class Adviser(Base):
    """Somebody who visits schools for a fund, with or without an account. `half_days` a school year."""

    __tablename__ = "adviser"
    __table_args__ = (
        CheckConstraint("half_days >= 0", name="half_days_not_negative"),
        CheckConstraint(
            "(off_payroll IN ('inside', 'outside')) = (off_payroll_on IS NOT NULL)",
            name="determined_on_a_day",
        ),
        CheckConstraint("kind != 'serving_head' OR school_id IS NOT NULL", name="head_of_a_school"),
        UniqueConstraint("fund_id", "email"),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    search_text: Mapped[str] = folded(searchable, "name", "email", most=400)
    kind: Mapped[AdviserKind] = mapped_column(enum_of(AdviserKind))
    account_id: Mapped[int | None] = key_to("person.id")
    school_id: Mapped[int | None] = key_to("school.id")  # where they work: never advised by them
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)  # values of Expertise
    half_days: Mapped[int]
    availability: Mapped[str] = mapped_column(Text, default="")
    off_payroll: Mapped[OffPayroll] = mapped_column(enum_of(OffPayroll))
    off_payroll_on: Mapped[date | None]
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    bid: ClassVar[None] = None
    fund: Mapped[Fund] = relationship()
    account: Mapped[User | None] = relationship()
    school: Mapped[School | None] = relationship()
    records: Mapped[list["AdviserRecord"]] = relationship(
        back_populates="adviser", order_by="AdviserRecord.id.desc()"
    )

    @property
    def path(self) -> str:
        return f"/advisers/{self.id}"

    @property
    def subject_words(self) -> str:
        return ", ".join(one.words for one in Expertise if one.value in self.subjects)

    def touch(self) -> None:
        self.version += 1


class RecordKind(Worded):
    TRAINING = "training", "Training"
    QUALITY = "quality", "Quality check"


class RecordOutcome(Worded):
    MET = "met", "Met"
    NOT_YET = "not_yet", "Not yet met"
    DONE = "done", "Done"


class AdviserRecord(Base):
    """A training or a quality check that was done, with the day of the next; or one that is due.

    Only added to: the next one renews it.
    """

    __tablename__ = "adviser_record"
    __table_args__ = (
        CheckConstraint("(done_on IS NULL) = (outcome IS NULL)", name="outcome_once_done"),
        CheckConstraint("done_on IS NOT NULL OR due_on IS NOT NULL", name="done_or_due"),
        Index("ix_adviser_record_due", "due_on", **where("due_on IS NOT NULL")),
    )

    id: Mapped[Id]
    adviser_id: Mapped[int] = key_to("adviser.id")
    kind: Mapped[RecordKind] = mapped_column(enum_of(RecordKind))
    what: Mapped[str] = mapped_column(String(140))
    done_on: Mapped[date | None]
    outcome: Mapped[RecordOutcome | None] = mapped_column(enum_of(RecordOutcome))
    due_on: Mapped[date | None]  # the next
    note: Mapped[str] = mapped_column(Text, default="")
    renews_id: Mapped[int | None] = key_to("adviser_record.id", unique=True, index=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    adviser: Mapped[Adviser] = relationship(back_populates="records")


class AdviserAllocation(Base):
    """An adviser's allocation to a school, with so many visits a school year; open until it has an end."""

    __tablename__ = "adviser_allocation"
    __table_args__ = (
        CheckConstraint("visits BETWEEN 1 AND 12", name="some_visits"),
        CheckConstraint("ends_on >= starts_on", name="in_order"),
        Index("ix_adviser_allocation_open", "fund_id", "school_id", unique=True, **where("ends_on IS NULL")),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    adviser_id: Mapped[int] = key_to("adviser.id")
    school_id: Mapped[int] = key_to("school.id")
    version: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    visits: Mapped[int]  # a school year, each of half a day
    why: Mapped[str] = mapped_column(Text)
    end_reason: Mapped[str] = mapped_column(Text, default="")

    bid: ClassVar[None] = None
    fund: Mapped[Fund] = relationship()
    adviser: Mapped[Adviser] = relationship()
    school: Mapped[School] = relationship()
    plan: Mapped[list["AdviserVisit"]] = relationship(
        back_populates="allocation", order_by="AdviserVisit.due_on, AdviserVisit.id"
    )

    @property
    def path(self) -> str:
        """The school's page, which shows who advises it and the visits."""
        return f"/schools/{self.school.urn}"

    def touch(self) -> None:
        self.version += 1


class AdviserVisit(Base):
    """A half-day visit of the plan, or one that makes up for a missed one; due by the end of its term.

    actions  what was agreed: dicts of what, owner and due_on (ISO)
    """

    __tablename__ = "adviser_visit"
    __table_args__ = (
        UniqueConstraint("allocation_id", "school_year", "number"),
        CheckConstraint("state != 'planned' OR planned_on IS NOT NULL", name="planned_for_a_day"),
        CheckConstraint(
            "state NOT IN ('done', 'rated', 'not_rated') OR (visited_on IS NOT NULL AND note != '')",
            name="done_with_a_note",
        ),
        CheckConstraint(
            "(state = 'rated') = (usefulness IS NOT NULL AND helped IS NOT NULL)", name="rated_in_full"
        ),
        CheckConstraint("usefulness BETWEEN 1 AND 5", name="usefulness_on_the_scale"),
        Index("ix_adviser_visit_waiting", "due_on", **where(in_states(WAITING))),
    )
    workflow: ClassVar[Workflow] = ADVISER_VISIT

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    allocation_id: Mapped[int] = key_to("adviser_allocation.id", index=False)
    adviser_id: Mapped[int] = key_to("adviser.id")
    school_id: Mapped[int] = key_to("school.id")
    state: Mapped[S] = mapped_column(enum_of(S))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    school_year: Mapped[int]  # in which it began
    term: Mapped[int]  # 1 to 3
    number: Mapped[int | None]  # in the year's plan; None: it makes up for a missed one
    makes_up_for_id: Mapped[int | None] = key_to("adviser_visit.id", unique=True, index=False)
    due_on: Mapped[date]
    planned_on: Mapped[date | None]
    purpose: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was moved, missed or cancelled
    visited_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    actions: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    chased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    usefulness: Mapped[int | None]  # RATING_WORDS of models.feedback
    helped: Mapped[bool | None]
    feedback: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rated_by_id: Mapped[int | None] = key_to("person.id", index=False)

    bid: ClassVar[None] = None
    fund: Mapped[Fund] = relationship()
    allocation: Mapped[AdviserAllocation] = relationship(back_populates="plan")
    adviser: Mapped[Adviser] = relationship()
    school: Mapped[School] = relationship()
    makes_up_for: Mapped["AdviserVisit | None"] = relationship(
        remote_side="AdviserVisit.id", back_populates="made_up_by"
    )
    made_up_by: Mapped["AdviserVisit | None"] = relationship(back_populates="makes_up_for", uselist=False)

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", S.TO_PLAN)
        super().__init__(**values)

    @property
    def path(self) -> str:
        return f"/advisers/visits/{self.id}"

    @property
    def schools(self) -> list[School]:
        return [self.school]

    @property
    def day(self) -> date | None:
        """When it took place, or is planned for."""
        return self.visited_on or self.planned_on

    @property
    def day_words(self) -> str:
        return day_words(self.day) if self.day else "a day that is not agreed yet"

    @property
    def due_words(self) -> str:
        return day_words(self.due_on)

    @property
    def term_words(self) -> str:
        return Term(self.school_year, self.term).words

    @property
    def state_words(self) -> str:
        return ADVISER_VISIT.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def agreed(self) -> list[tuple[str, str, date]]:
        """The actions that were agreed: what, who does it and by when."""
        return [(one["what"], one["owner"], date.fromisoformat(one["due_on"])) for one in self.actions]

    @property
    def is_advised_now(self) -> bool:
        """Whether its adviser still advises the school."""
        return self.allocation.ends_on is None and self.adviser.left_at is None

    @property
    def took_place(self) -> bool:
        return self.state in TOOK_PLACE

    def is_late(self, today: date) -> bool:
        """Whether its term, or the day it is planned for, is over and nothing is recorded."""
        return self.state in AHEAD and min(self.due_on, self.planned_on or self.due_on) < today

    def touch(self) -> None:
        self.version += 1
