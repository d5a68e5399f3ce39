"""A change of an award: the award as it is to be, beside the version it changes."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome, Part, PupilGroupKind
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, in_states, key_to, where
from fundflow.models.fund import StaffGrade
from fundflow.models.measure import Measure
from fundflow.models.money import backfill_pence
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.change_request import CHANGE_REQUEST, OPEN, ChangeState
from fundflow.workflow.engine import Workflow

if TYPE_CHECKING:
    from fundflow.models.panel import AgendaItem

S = ChangeState

COLOURS = {
    S.NEW: "grey",
    S.TO_CONFIRM: "yellow",
    S.WITH_SCHOOLS: "yellow",
    S.WITH_OFFICER: "turquoise",
    S.WITH_DECIDER: "turquoise",
    S.AT_PANEL: "turquoise",
    S.AGREED: "green",
    S.REFUSED: "red",
    S.WITHDRAWN: "grey",
}


class ChangeRequest(Base):
    """What is to change never changes itself: another change is asked for instead."""

    __tablename__ = "change_request"
    __table_args__ = (
        UniqueConstraint("bid_id", "number"),
        CheckConstraint("pence > 0", name="some_money"),
        CheckConstraint("why != ''", name="asked_with_a_reason"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id != asked_by_id", name="two_people"),
        CheckConstraint("(state = 'agreed') = (made_id IS NOT NULL)", name="agreed_makes_a_version"),
        Index("ix_change_request_open", "bid_id", unique=True, **where(in_states(OPEN))),
    )
    workflow: ClassVar[Workflow] = CHANGE_REQUEST

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", index=False)
    number: Mapped[int]
    state: Mapped[ChangeState] = mapped_column(enum_of(ChangeState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    award_id: Mapped[int] = key_to("award.id", index=False)  # the version that it changes
    by_council: Mapped[bool] = mapped_column(default=False)  # entered by the officer
    unwanted: Mapped[bool] = mapped_column(default=False)  # less money, which the school does not ask for
    for_decider: Mapped[bool] = mapped_column(default=False)  # too large for the officer
    more: Mapped[bool] = mapped_column(default=False)  # more money, which only the panel gives
    old_start_on: Mapped[date | None]
    old_end_on: Mapped[date | None]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    pence: Mapped[Pence]  # of the award once it is changed
    outcomes: Mapped[str] = mapped_column(Text, default="")  # what changes in them; empty: nothing
    why: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = key_to("person.id")  # or who entered it
    confirmed_by_id: Mapped[int | None] = key_to("person.id", index=False)  # the head, where entered
    advice: Mapped[str] = mapped_column(Text, default="")  # what the officer says of it to the panel
    waits_since: Mapped[datetime] = mapped_column(UtcDateTime)  # for the person who must act now
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = key_to("person.id", index=False)
    answer: Mapped[str] = mapped_column(Text, default="")  # why it was refused or withdrawn
    made_id: Mapped[int | None] = key_to("award.id", index=False)  # the version that it made

    bid: Mapped[Bid] = relationship()
    award: Mapped[Award] = relationship(foreign_keys="ChangeRequest.award_id")
    asked_by: Mapped[User] = relationship(foreign_keys="ChangeRequest.asked_by_id")
    decided_by: Mapped[User | None] = relationship(foreign_keys="ChangeRequest.decided_by_id")
    lines: Mapped[list["ChangeLine"]] = relationship(back_populates="change", order_by="ChangeLine.id")
    new_lines: Mapped[list["ChangeNewLine"]] = relationship(
        back_populates="change", order_by="ChangeNewLine.id"
    )
    changed_outcomes: Mapped[list["ChangeOutcome"]] = relationship(
        back_populates="change", order_by="ChangeOutcome.id"
    )
    partners: Mapped[list["ChangePartner"]] = relationship(
        back_populates="change", order_by="ChangePartner.id"
    )
    answers: Mapped[list["ChangeAnswer"]] = relationship(back_populates="change", order_by="ChangeAnswer.id")
    items: Mapped[list["AgendaItem"]] = relationship(back_populates="change", order_by="AgendaItem.id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ChangeState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/bids/{self.bid.reference}/changes/{self.id}"

    @property
    def words(self) -> str:
        return CHANGE_REQUEST.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def concerned(self) -> Sequence[School]:
        """The other schools that must agree, or agreed."""
        return [answer.school for answer in self.answers]

    @property
    def asked_schools(self) -> set[int]:
        """Their ids, or their successors'."""
        return {answer.school_today for answer in self.answers}

    @property
    def lets_join(self) -> bool:
        """Whether it asks a school to take part that does not."""
        return any(not one.leaves for one in self.partners)

    @property
    def unanswered(self) -> list["ChangeAnswer"]:
        """Of schools that have not agreed yet."""
        return [answer for answer in self.answers if answer.agreed_at is None]

    @property
    def latest_item(self) -> "AgendaItem | None":
        """Where the panel decides it, or decided; of what the panel doesn't decide, its bid's item."""
        return self.items[-1] if self.items else self.bid.latest_item

    @property
    def open_item(self) -> "AgendaItem | None":
        """The agenda item on which the panel may decide it now."""
        return next((item for item in self.items if item.is_open), None)

    @property
    def deferrals(self) -> int:
        """How often the panel has put its decision off."""
        return sum(item.was_deferred for item in self.items)

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()


class ChangeLine(Base):
    """A line of the award as it is to be: half days and staff, or pence of another cost; 0 drops it."""

    __tablename__ = "change_line"
    __table_args__ = (
        UniqueConstraint("change_id", "line_id"),
        CheckConstraint("(half_days IS NULL) != (pence IS NULL)", name="one_of_both"),
        CheckConstraint("half_days >= 0 AND pence >= 0", name="not_negative"),
    )

    id: Mapped[Id]
    change_id: Mapped[int] = key_to("change_request.id", index=False)
    line_id: Mapped[int] = key_to("award_line.id", index=False)
    half_days: Mapped[int | None]
    pence: Mapped[Pence | None]
    what: Mapped[str] = mapped_column(String(200))
    staff_code: Mapped[str] = mapped_column(String(20), default="")

    change: Mapped[ChangeRequest] = relationship(back_populates="lines")
    line: Mapped[AwardLine] = relationship(lazy="joined")


class ChangeNewLine(Base):
    """A line that the award is to have besides: days of a member of staff, or another cost."""

    __tablename__ = "change_new_line"
    __table_args__ = (
        CheckConstraint("pence > 0", name="some_money"),
        CheckConstraint("half_days > 0", name="some_time"),
        CheckConstraint("(half_days IS NULL) = (day_rate_pence IS NULL)", name="days_have_a_rate"),
        CheckConstraint("(half_days IS NULL) = (staff_code = '')", name="days_are_somebodys"),
    )

    id: Mapped[Id]
    change_id: Mapped[int] = key_to("change_request.id")
    school_id: Mapped[int] = key_to("school.id", index=False)  # whose staff, or whose cost
    what: Mapped[str] = mapped_column(String(200))
    staff_code: Mapped[str] = mapped_column(String(20), default="")
    grade_id: Mapped[int | None] = key_to("staff_grade.id", index=False)
    half_days: Mapped[int | None]
    day_rate_pence: Mapped[Pence | None]
    on_cost_basis_points: Mapped[int] = mapped_column(default=0)
    from_on: Mapped[date | None]  # the first day at this rate; None: every day of the support
    pence: Mapped[Pence]  # rounded once

    change: Mapped[ChangeRequest] = relationship(back_populates="new_lines")
    school: Mapped[School] = relationship(lazy="joined")
    grade: Mapped[StaffGrade | None] = relationship(lazy="joined")

    @staticmethod
    def cost_of(half_days: int, day_rate_pence: int, on_cost_basis_points: int) -> int:
        """Pence that so many half days at this rate come to."""
        return backfill_pence(half_days, day_rate_pence, on_cost_basis_points)


class ChangeOutcome(Base):
    """An outcome as it was and as it is to be: another target, a new outcome, or one dropped."""

    __tablename__ = "change_outcome"
    __table_args__ = (
        UniqueConstraint("change_id", "outcome_id"),
        CheckConstraint("NOT dropped OR outcome_id IS NOT NULL", name="drops_what_is_there"),
        CheckConstraint("target != baseline", name="target_differs_from_baseline"),
        CheckConstraint("(outcome_id IS NULL) = (old_target IS NULL)", name="says_what_it_was"),
    )

    id: Mapped[Id]
    change_id: Mapped[int] = key_to("change_request.id", index=False)
    outcome_id: Mapped[int | None] = key_to("outcome.id", index=False)  # None: a new one
    dropped: Mapped[bool] = mapped_column(default=False)
    measure_id: Mapped[int | None] = key_to("measure.id", index=False)  # of the fund's library
    compared_with: Mapped[str] = mapped_column(String(120), default="")  # of a gap: the group's peers
    measure: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))
    group: Mapped[PupilGroupKind] = mapped_column(enum_of(PupilGroupKind, "group"))
    method: Mapped[str] = mapped_column(String(200))
    baseline: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    baseline_on: Mapped[date]
    target: Mapped[Decimal] = mapped_column(Numeric(10, 2))  # as it is to be
    target_on: Mapped[date]
    old_target: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    old_target_on: Mapped[date | None]
    made_id: Mapped[int | None] = key_to("outcome.id", index=False)  # the bid's, which a new one became

    change: Mapped[ChangeRequest] = relationship(back_populates="changed_outcomes")
    library: Mapped[Measure | None] = relationship()
    outcome: Mapped[Outcome | None] = relationship(foreign_keys="ChangeOutcome.outcome_id")
    made: Mapped[Outcome | None] = relationship(foreign_keys="ChangeOutcome.made_id")


class ChangePartner(Base):
    """A school that is to take part in the support, or to leave it."""

    __tablename__ = "change_partner"
    __table_args__ = (UniqueConstraint("change_id", "school_id"),)

    id: Mapped[Id]
    change_id: Mapped[int] = key_to("change_request.id", index=False)
    school_id: Mapped[int] = key_to("school.id", index=False)
    leaves: Mapped[bool] = mapped_column(default=False)
    part: Mapped[Part] = mapped_column(enum_of(Part))
    old_part: Mapped[Part | None] = mapped_column(enum_of(Part, "old_part"))  # of one that took part before
    old_left_on: Mapped[date | None]
    contact_name: Mapped[str] = mapped_column(
        String(120), default=""
    )  # whom to ask, until the bid names them
    contact_email: Mapped[str] = mapped_column(String(254), default="")

    change: Mapped[ChangeRequest] = relationship(back_populates="partners")
    school: Mapped[School] = relationship(lazy="joined")

    def forget_contact(self) -> None:
        """The bid names them now, or nobody asks them: what is personal is kept in one place."""
        self.contact_name = self.contact_email = ""


class ChangeAnswer(Base):
    """Another school that a change concerns, and when its head agreed."""

    __tablename__ = "change_answer"
    __table_args__ = (UniqueConstraint("change_id", "school_id"),)

    id: Mapped[Id]
    change_id: Mapped[int] = key_to("change_request.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_by_id: Mapped[int | None] = key_to("person.id", index=False)  # a head, or the officer who was told

    change: Mapped[ChangeRequest] = relationship(back_populates="answers")
    school: Mapped[School] = relationship(lazy="joined")
    agreed_by: Mapped[User | None] = relationship()

    @property
    def school_today(self) -> int:
        """The id of the school, or of its successor."""
        return self.school.today_id
