"""The log of an award's days: who was released, when and where, and whose head says that it is so."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, key_to, where
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import identifier
from fundflow.workflow.actors import Actor
from fundflow.workflow.days_ask import DAYS_ASK, DaysAskState
from fundflow.workflow.engine import Workflow

UNSETTLED = "confirmed_at IS NULL AND struck_at IS NULL"
BEGUN_DAYS = "days"  # under which days that were begun are held in `Bid.unfinished`, by school


HEADS_DAYS = 10  # working days after which the officer may confirm a day in place of the head


class WorkedDay(Base):
    """A day, or half of one, that somebody worked for an award.

    What was logged is never changed or deleted: a wrong day is struck out, with a reason, and stays.
    """

    __tablename__ = "worked_day"
    __table_args__ = (
        CheckConstraint("half_days IN (1, 2)", name="a_half_or_a_whole_day"),
        CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck_out_with_a_reason"),
        Index("ix_worked_day_staff_day", "school_id", "staff_key", "day"),
        Index("ix_worked_day_to_confirm", "confirms_id", "bid_id", **where(UNSETTLED)),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    line_id: Mapped[int] = key_to("award_line.id", index=False)
    school_id: Mapped[int] = key_to("school.id", index=False)  # whose staff, as it was called that day
    staff_code: Mapped[str] = mapped_column(String(20))
    staff_key: Mapped[str] = folded(identifier, "staff_code", most=60)
    day: Mapped[date]
    half_days: Mapped[int]
    activity: Mapped[str] = mapped_column(String(200))
    where_id: Mapped[int] = key_to("school.id", index=False)  # the school at which it was spent
    logged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    logged_by_id: Mapped[int | None] = key_to("person.id", index=False)
    by_school_id: Mapped[int] = key_to("school.id", index=False)  # for which the logger acted
    confirms_id: Mapped[int | None] = key_to("school.id", index=False)  # None: the liaison officer
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = key_to("person.id", index=False)
    confirmed_name: Mapped[str] = mapped_column(String(120), default="")  # of the person who did so by link
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    struck_by_id: Mapped[int | None] = key_to("person.id", index=False)
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    claim_id: Mapped[int | None] = key_to("claim.id")  # that asked for it last

    bid: Mapped[Bid] = relationship()
    line: Mapped[AwardLine] = relationship()
    school: Mapped[School] = relationship(foreign_keys="WorkedDay.school_id")
    spent_at: Mapped[School] = relationship(foreign_keys="WorkedDay.where_id")
    confirms: Mapped[School | None] = relationship(foreign_keys="WorkedDay.confirms_id")
    logged_by: Mapped[User | None] = relationship(foreign_keys="WorkedDay.logged_by_id")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys="WorkedDay.confirmed_by_id")
    struck_by: Mapped[User | None] = relationship(foreign_keys="WorkedDay.struck_by_id")
    claim: Mapped[Claim | None] = relationship(back_populates="days")

    @hybrid_property
    def is_unsettled(self) -> bool:
        """Whether it is neither confirmed nor struck out."""
        return self.confirmed_at is None and self.struck_at is None

    @is_unsettled.inplace.expression
    @classmethod
    def _is_unsettled(cls) -> ColumnElement[bool]:
        return cls.confirmed_at.is_(None) & cls.struck_at.is_(None)

    @hybrid_property
    def counts(self) -> bool:
        """Whether it is earned: confirmed, and not struck out."""
        return self.confirmed_at is not None and self.struck_at is None

    @counts.inplace.expression
    @classmethod
    def _counts(cls) -> ColumnElement[bool]:
        return cls.confirmed_at.is_not(None) & cls.struck_at.is_(None)

    @property
    def confirms_words(self) -> str:
        """Who is to confirm it: “the head of Larkfield Infant School”."""
        return f"the head of {self.confirms.name}" if self.confirms else "the liaison officer"

    @property
    def confirmed_words(self) -> str:
        """Who confirmed it, by name."""
        return self.confirmed_by.name if self.confirmed_by else self.confirmed_name


class DaysAsk(Base):
    """Days of a log that a head without an account is asked about; what is asked never changes, so that
    a link confirms no day that was logged after its letter."""

    __tablename__ = "days_ask"
    __table_args__ = (
        CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name="answer_has_its_moment"),
    )
    workflow: ClassVar[Workflow] = DAYS_ASK
    link_actor: ClassVar[Actor] = Actor.PARTNER_LEADER  # of an answer through an emailed link

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    state: Mapped[DaysAskState] = mapped_column(enum_of(DaysAskState))
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    day_ids: Mapped[list[int]] = mapped_column(JSON)  # of `worked_day`
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_name: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship()
    school: Mapped[School] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", DaysAskState.ASKED)
        super().__init__(**values)

    def touch(self) -> None:
        self.version += 1
