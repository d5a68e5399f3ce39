"""Interests: those declared on a bid, and the standing register of what people are part of."""

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.person import User
from fundflow.models.school import School, Trust

if TYPE_CHECKING:
    from fundflow.models.bid import Bid


class InterestKind(Enum):
    NONE = "none"
    DISCLOSED = "disclosed"
    BARRED = "barred"

    @property
    def words(self) -> str:
        return {
            "none": "No interest",
            "disclosed": "An interest, disclosed",
            "barred": "An interest that bars",
        }[self.value]


class Declaration(Base):
    """What a person last said about their interest in a bid; history keeps what it was before."""

    __tablename__ = "declaration"
    __table_args__ = (
        UniqueConstraint("bid_id", "user_id"),
        # Somebody declares on every bid of their panel, and is barred from few.
        Index("ix_declaration_barred", "user_id", "bid_id", **where("kind = 'barred'")),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    user_id: Mapped[int] = key_to("person.id")
    kind: Mapped[InterestKind] = mapped_column(enum_of(InterestKind))
    text: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = key_to("person.id")

    bid: Mapped["Bid"] = relationship(back_populates="declarations")
    user: Mapped[User] = relationship(foreign_keys="Declaration.user_id")

    @property
    def bars(self) -> bool:
        return self.kind is InterestKind.BARRED


class InterestSort(Enum):
    """What kind of tie a line of the register names."""

    EMPLOYMENT = "employment"
    GOVERNANCE = "governance"
    FAMILY = "family"
    BUSINESS = "business"
    OTHER = "other"

    @property
    def words(self) -> str:
        return {
            "employment": "I work there",
            "governance": "I am a governor, trustee or member there",
            "family": "A close relative or partner works, governs or learns there",
            "business": "I, or a close relative, sell to or hold shares in it",
            "other": "Another tie",
        }[self.value]

    @property
    def short(self) -> str:
        """As others read it."""
        return {
            "employment": "Works, or worked, there",
            "governance": "Governor, trustee or member",
            "family": "Close relative or partner there",
            "business": "Business or shares",
            "other": "Another tie",
        }[self.value]


class RegisteredInterest(Base):
    """One line of the standing register: a tie to a school, a trust or something else.

    A line that bars keeps its person from every bid its school or trust takes part in; one that is
    disclosed shows beside them. Ended, never deleted; read with the people it is about.

    worked_until  of a former employer: the year in which that ended. It is disclosed for as many years
                  more as the bid's fund says (`former_employer_years`), and then no longer counts
    """

    __tablename__ = "registered_interest"
    __table_args__ = (CheckConstraint("school_id IS NULL OR trust_id IS NULL", name="in_one_body"),)

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id")
    sort: Mapped[InterestSort] = mapped_column(enum_of(InterestSort))
    bars: Mapped[bool] = mapped_column(default=True)
    school_id: Mapped[int | None] = key_to("school.id")
    trust_id: Mapped[int | None] = key_to("trust.id")
    body: Mapped[str] = mapped_column(String(200), default="")  # a body that is no school or trust
    text: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date | None]
    worked_until: Mapped[int | None]
    ended_on: Mapped[date | None]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by_id: Mapped[int] = key_to("person.id")

    user: Mapped[User] = relationship(
        back_populates="registered_interests", foreign_keys="RegisteredInterest.user_id"
    )
    school: Mapped[School | None] = relationship()
    trust: Mapped[Trust | None] = relationship()
    registered_by: Mapped[User] = relationship(foreign_keys="RegisteredInterest.registered_by_id")

    def is_valid_on(self, day: date) -> bool:
        return self.ended_on is None or day <= self.ended_on

    @property
    def where(self) -> str:
        """The school, trust or other body it is about."""
        return self.school.name if self.school else self.trust.name if self.trust else self.body

    @property
    def tie(self) -> str:
        """What kind of tie it is, as others read it."""
        return f"Worked there until {self.worked_until}" if self.worked_until else self.sort.short

    @property
    def effect(self) -> str:
        """What the line does: bars, shows beside its person, or (another body) is kept to be read."""
        if not self.school_id and not self.trust_id:
            return "Recorded"
        return "Bars" if self.bars else "Disclosed"
