"""Awards that were under way before the fund began here, and what was earned on them until then."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from fundflow.extensions import Base
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, folded, key_to
from fundflow.models.fund import Fund
from fundflow.models.money import backfill_pence, pounds
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import identifier, searchable
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.opening import OPENING, OpeningState


class OpeningLine(NamedTuple):
    """A line of the budget of an award already running, as its JSON holds it.

    school_id  whose staff, or whose cost
    cost       `CostKind`'s value; empty for days of a member of staff
    earned     half days worked, or pence spent, before the award was entered
    paid       pence paid for it before
    grade      title of the grade of a member of staff, where its VAT needs it
    """

    what: str
    school_id: int
    cost: str = ""
    staff_code: str = ""
    half_days: int = 0
    day_rate_pence: int = 0
    on_cost_basis_points: int = 0
    cost_pence: int = 0
    earned: int = 0
    paid: int = 0
    grade: str = ""

    @property
    def is_days(self) -> bool:
        return not self.cost

    @property
    def cost_kind(self) -> CostKind:
        return CostKind(self.cost)

    @property
    def pence(self) -> int:
        return self.pence_of(self.half_days) if self.is_days else self.cost_pence

    @property
    def earned_pence(self) -> int:
        return self.pence_of(self.earned) if self.is_days else self.earned

    def pence_of(self, half_days: int) -> int:
        return backfill_pence(half_days, self.day_rate_pence, self.on_cost_basis_points)


class Opening(Base):
    """Awards already running that came in one file, or one from the page; confirmed or refused as one."""

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_counted"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id != entered_by_id", name="two_people"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)", name="confirmed_by_somebody"
        ),
        Index("ix_opening_fund_id_state", "fund_id", "state"),
    )
    workflow: ClassVar[Workflow] = OPENING
    bid: ClassVar[None] = None

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    state: Mapped[OpeningState] = mapped_column(enum_of(OpeningState))
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200))  # of the file, or the title of the one award
    size: Mapped[int]  # how many awards
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = key_to("person.id", index=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = key_to("person.id", index=False)

    fund: Mapped[Fund] = relationship()
    awards: Mapped[list["OpeningAward"]] = relationship(back_populates="opening", order_by="OpeningAward.id")
    entered_by: Mapped[User] = relationship(foreign_keys="Opening.entered_by_id")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys="Opening.confirmed_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", OpeningState.PROPOSED)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/money/openings/{self.id}"

    @property
    def schools(self) -> list[School]:
        """The schools that lead its awards, and those of their lines."""
        session = object_session(self)
        ids = {line.school_id for award in self.awards for line in award.lines}
        found = session.scalars(select(School).where(School.id.in_(ids))).all() if session else ()
        return list(dict.fromkeys([*(award.school for award in self.awards), *found]))

    @property
    def count_words(self) -> str:
        return "1 award" if self.size == 1 else f"{self.size} awards"

    @property
    def pence_words(self) -> str:
        return pounds(sum(award.pence for award in self.awards))

    @property
    def paid_words(self) -> str:
        return pounds(sum(award.paid for award in self.awards))

    def touch(self) -> None:
        self.version += 1


class OpeningAward(Base):
    """An award already running, as it was entered. Confirmed, it is a bid in delivery."""

    __tablename__ = "opening_award"
    __table_args__ = (
        CheckConstraint("pence > 0", name="some_money"),
        CheckConstraint("end_on >= start_on", name="ends_after_it_starts"),
        CheckConstraint("minute_reference != ''", name="minuted"),
        UniqueConstraint("bid_id"),
        Index("ix_opening_award_school_id_title_key", "school_id", "title_key"),
    )

    id: Mapped[Id]
    opening_id: Mapped[int] = key_to("opening.id")
    bid_id: Mapped[int | None] = key_to("bid.id", index=False)  # once it is confirmed
    school_id: Mapped[int] = key_to("school.id", index=False)
    title: Mapped[str] = mapped_column(String(140))
    title_key: Mapped[str] = folded(searchable, "title", most=420)
    start_on: Mapped[date]
    end_on: Mapped[date]
    minute_reference: Mapped[str] = mapped_column(String(120))
    minute_key: Mapped[str] = folded(identifier, "minute_reference", most=360)
    minuted_on: Mapped[date]
    pence: Mapped[Pence]
    up_to: Mapped[date]  # the last day of what is earned
    contact_name: Mapped[str] = mapped_column(String(120), default="")  # of a head without an account
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    held: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # see `lines`

    opening: Mapped[Opening] = relationship(back_populates="awards")
    school: Mapped[School] = relationship(lazy="joined", innerjoin=True)
    bid: Mapped[Bid | None] = relationship()

    @property
    def lines(self) -> tuple[OpeningLine, ...]:
        return tuple(OpeningLine(**line) for line in self.held)

    @property
    def earned(self) -> int:
        """Pence of the days and costs of its lines, before the award's own limits."""
        return sum(line.earned_pence for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines)

    @property
    def minute_words(self) -> str:
        return minute_words(self.minute_reference, self.minuted_on)


class OpeningEarned(Base):
    """What was earned on a line of an award before it was entered: half days, or pence of another cost."""

    __tablename__ = "opening_earned"
    __table_args__ = (
        UniqueConstraint("line_id"),
        CheckConstraint("(half_days IS NULL) != (pence IS NULL)", name="one_of_both"),
        CheckConstraint("half_days > 0 OR pence > 0", name="something"),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    line_id: Mapped[int] = key_to("award_line.id", index=False)
    up_to: Mapped[date]  # the day of service that years count it by
    half_days: Mapped[int | None]
    pence: Mapped[Pence | None]

    line: Mapped[AwardLine] = relationship()


def minute_words(reference: str, day: date) -> str:
    """“Minute SF/12 of 14 September 2026”."""
    return f"Minute {reference} of {day_words(day)}"


def kept(lines: Iterable[OpeningLine]) -> list[dict[str, Any]]:
    """Lines as `OpeningAward.held` keeps them."""
    return [line._asdict() for line in lines]
