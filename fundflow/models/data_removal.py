"""Lists of what was kept long enough, and what became of them (docs/rules.md, "Evidence")."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.payee import NoFund
from fundflow.models.person import RoleName, User
from fundflow.workflow.data_removal import DATA_REMOVAL, RemovalState
from fundflow.workflow.engine import Workflow


class DataRemoval(NoFund, Base):
    """One list, approved or refused as a whole.

    done  what was removed, as counts by kind, and the hashes of the PDFs; no names
    """

    __tablename__ = "data_removal"
    __table_args__ = (
        CheckConstraint("approved_by_id IS NULL OR approved_by_id != proposed_by_id", name="two_people"),
        CheckConstraint("(state = 'done') = (approved_by_id IS NOT NULL)", name="approved_by_somebody"),
    )
    workflow: ClassVar[Workflow] = DATA_REMOVAL

    id: Mapped[Id]
    state: Mapped[RemovalState] = mapped_column(enum_of(RemovalState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = key_to("person.id")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = key_to("person.id")
    done: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    proposed_by: Mapped[User] = relationship(foreign_keys="DataRemoval.proposed_by_id")
    approved_by: Mapped[User | None] = relationship(foreign_keys="DataRemoval.approved_by_id")
    bids: Mapped[list["RemovalBid"]] = relationship(order_by="RemovalBid.id")
    people: Mapped[list["RemovalPerson"]] = relationship(order_by="RemovalPerson.id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", RemovalState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def count_words(self) -> str:
        """“3 bids and 1 account”."""
        bids = "1 bid" if len(self.bids) == 1 else f"{len(self.bids)} bids"
        people = "1 account" if len(self.people) == 1 else f"{len(self.people)} accounts"
        return f"{bids} and {people}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/data-protection/removals/{self.id}"

    def is_decided_by(self, user: User, day: date) -> bool:
        """Whether this person may approve or refuse lists on this day, also where they proposed this one:
        administrators of every fund, as people's data crosses the funds."""
        return user.active and RoleName.ADMINISTRATOR in user.roles_on(day, every_fund=True)

    def touch(self) -> None:
        self.version += 1


class RemovalBid(Base):
    """A bid on a list, with what made it due then. Never changed."""

    __tablename__ = "removal_bid"

    id: Mapped[Id]
    removal_id: Mapped[int] = key_to("data_removal.id")
    bid_id: Mapped[int] = key_to("bid.id")
    kept: Mapped[str] = mapped_column(String(40))  # the fund's setting that says how long
    ended_on: Mapped[date]
    until: Mapped[date]

    bid: Mapped[Bid] = relationship(lazy="joined")


class RemovalPerson(Base):
    """An account on a list. Never changed."""

    __tablename__ = "removal_person"

    id: Mapped[Id]
    removal_id: Mapped[int] = key_to("data_removal.id")
    person_id: Mapped[int] = key_to("person.id")
    until: Mapped[date]

    person: Mapped[User] = relationship(lazy="joined")
