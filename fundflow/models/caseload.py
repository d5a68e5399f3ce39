"""How the council looks after each school: concerns, caseloads, a focus on looked-after children, and the
review of each term. Staff alone read them; no school, board or panel does."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.area import Tier
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.concern import CONCERN, ConcernState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.terms import Term
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date


class ConcernKind(Worded):
    FLOOR = "floor", "Below a measure’s floor"
    INSPECTION = "inspection", "An inspection’s outcome"
    JUDGEMENT = "judgement", "An officer’s judgement"


class Concern(Base):
    """A concern about a school. Of one kind only one is open at a time."""

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (end_reason != '')", name="ended_with_a_reason"),
        CheckConstraint("reason != ''", name="raised_with_a_reason"),
        Index("ix_concern_open", "fund_id", "school_id", "kind", unique=True, **where("state = 'open'")),
    )
    workflow: ClassVar[Workflow] = CONCERN

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    kind: Mapped[ConcernKind] = mapped_column(enum_of(ConcernKind))
    state: Mapped[ConcernState] = mapped_column(enum_of(ConcernState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date]  # the next review
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by_id: Mapped[int] = key_to("person.id", index=False)
    found: Mapped[str] = mapped_column(Text, default="")  # at the last review
    reviewed_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")

    bid: ClassVar[None] = None
    fund: Mapped[Fund] = relationship()
    school: Mapped[School] = relationship()
    raised_by: Mapped[User] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ConcernState.NEW)
        super().__init__(**values)

    @property
    def path(self) -> str:
        return f"/schools/concerns/{self.id}"

    @property
    def schools(self) -> list[School]:
        return [self.school]

    @property
    def is_open(self) -> bool:
        return self.state is ConcernState.OPEN

    @property
    def ended_on(self) -> date | None:
        return None if self.is_open else london_date(self.state_since)

    @property
    def review_words(self) -> str:
        return day_words(self.review_on)

    @property
    def state_words(self) -> str:
        return CONCERN.words[self.state]

    def colour(self, today: date) -> str:
        """The colour of the state's tag: red once its review is overdue."""
        if not self.is_open:
            return "grey"
        return "red" if self.review_on < today else "yellow"

    def touch(self) -> None:
        self.version += 1


class Caseload(Worded):
    CHALLENGE = "challenge", "Challenge"
    TRADED = "traded", "Traded"
    NEITHER = "neither", "In no caseload"


class CaseloadEntry(Base):
    """Which caseload a school is in from a day on, and why. Append-only: the latest entry counts.

    officer  who looks after the school; None: the link officer of its patch
    """

    __tablename__ = "caseload_entry"
    __table_args__ = (CheckConstraint("reason != ''", name="with_a_reason"),)

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    caseload: Mapped[Caseload] = mapped_column(enum_of(Caseload))
    officer_id: Mapped[int | None] = key_to("person.id", index=False)
    reason: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    school: Mapped[School] = relationship()
    officer: Mapped[User | None] = relationship(foreign_keys="CaseloadEntry.officer_id")
    by: Mapped[User] = relationship(foreign_keys="CaseloadEntry.by_id")

    def with_officer(self, officer: User, reason: str, by: User, at: datetime) -> "CaseloadEntry":
        """The same caseload with another officer: an entry beside this one."""
        return CaseloadEntry(
            fund_id=self.fund_id,
            school_id=self.school_id,
            caseload=self.caseload,
            officer_id=officer.id,
            reason=reason,
            from_on=self.from_on,
            at=at,
            by_id=by.id,
        )


class FocusEntry(Base):
    """What a school does for its looked-after children that the council watches. Append-only: the latest
    entry counts; one without a day of review says that nothing is watched any more."""

    __tablename__ = "focus_entry"
    __table_args__ = (CheckConstraint("focus != ''", name="says_something"),)

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    focus: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    school: Mapped[School] = relationship()
    by: Mapped[User] = relationship()


class ReviewOutcome(Worded):
    CONFIRMED = "confirmed", "Tier confirmed"
    RAISED = "raised", "Tier raised: more support"
    LOWERED = "lowered", "Tier lowered: less support"
    CONCERN = "concern", "A concern"
    NO_CONCERN = "no_concern", "No concern"


class TermReview(Base):
    """The council's review of a school in one term. Append-only: the latest of a term counts.

    tier  after the review; None where the school has none
    """

    __tablename__ = "term_review"
    __table_args__ = (
        CheckConstraint("term BETWEEN 1 AND 3", name="of_a_term"),
        CheckConstraint("note != ''", name="with_a_note"),
        CheckConstraint("outcome NOT IN ('raised', 'lowered') OR tier IS NOT NULL", name="tier_that_changed"),
        Index("ix_term_review_term", "school_year", "term"),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    school_year: Mapped[int]  # in which it began
    term: Mapped[int]  # 1 to 3
    reviewed_on: Mapped[date]
    outcome: Mapped[ReviewOutcome] = mapped_column(enum_of(ReviewOutcome))
    tier: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    school: Mapped[School] = relationship()
    by: Mapped[User] = relationship()

    @property
    def term_words(self) -> str:
        return Term(self.school_year, self.term).words

    @property
    def tier_words(self) -> str:
        return Tier(self.tier).words if self.tier else "No tier"
