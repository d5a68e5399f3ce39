"""Who is paid for a school, by which route: records that are added and confirmed, never edited."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, key_to, where
from fundflow.models.person import User
from fundflow.models.school import School, SchoolKind, code_words
from fundflow.names import identifier
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.payee import PAYEE, PayeeState
from fundflow.workflow.payee_batch import PAYEE_BATCH, BatchState
from fundflow.workflow.worded import Worded


class Route(Worded):
    """How a payee is paid (docs/rules.md, "Who is paid")."""

    JOURNAL = "journal", "Journal"
    BACS_OWN = "bacs_own", "BACS to the school’s own account"
    BACS_TRUST = "bacs_trust", "BACS to the trust"
    SUPPLIER = "supplier", "Supplier set-up"


class Paid(Worded):
    SCHOOL = "school", "The school itself"
    TRUST = "trust", "Its trust"
    OTHER = "other", "Another supplier"


class NoFund:
    """Who is paid is the council's, whichever of its funds pays: no part of a bid, and no fund's."""

    bid: ClassVar[None] = None
    fund: ClassVar[None] = None
    fund_id: ClassVar[None] = None


class PayeeBatch(NoFund, Base):
    """The payees of one file, confirmed or refused as one."""

    __tablename__ = "payee_batch"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_counted"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id != proposed_by_id", name="two_people"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)", name="confirmed_by_somebody"
        ),
    )
    workflow: ClassVar[Workflow] = PAYEE_BATCH

    id: Mapped[Id]
    state: Mapped[BatchState] = mapped_column(enum_of(BatchState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200))  # of its file
    size: Mapped[int]  # how many payees
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = key_to("person.id")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = key_to("person.id")

    payees: Mapped[list["Payee"]] = relationship(back_populates="batch", order_by="Payee.id")
    proposed_by: Mapped[User] = relationship(foreign_keys="PayeeBatch.proposed_by_id")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys="PayeeBatch.confirmed_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", BatchState.PROPOSED)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/money/payees/batches/{self.id}"

    @property
    def schools(self) -> list[School]:
        return [payee.school for payee in self.payees]

    @property
    def count_words(self) -> str:
        return f"{self.size} payee{'' if self.size == 1 else 's'}"

    def touch(self) -> None:
        self.version += 1


class Payee(NoFund, Base):
    """Who is paid for one school or organisation from a day on. A new record replaces an older one."""

    __tablename__ = "payee"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id != proposed_by_id", name="two_people"),
        CheckConstraint(
            "(state IN ('confirmed', 'ended')) = (confirmed_by_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name="confirmed_by_somebody",
        ),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended_on_a_day"),
        CheckConstraint("(route = 'journal') = (cost_centre != '')", name="journal_to_a_cost_centre"),
        CheckConstraint("route = 'journal' OR supplier_number != ''", name="paid_by_supplier_number"),
        CheckConstraint("route NOT IN ('journal', 'bacs_own') OR paid = 'school'", name="own_money"),
        CheckConstraint("route != 'bacs_trust' OR paid = 'trust'", name="trust_paid"),
        CheckConstraint("name != '' AND evidence != '' AND held_at != ''", name="named_with_evidence"),
        Index("ix_payee_school_id_state", "school_id", "state"),
        Index("ix_payee_proposed", "school_id", unique=True, **where("state = 'proposed'")),
    )
    workflow: ClassVar[Workflow] = PAYEE

    id: Mapped[Id]
    school_id: Mapped[int] = key_to("school.id", index=False)
    batch_id: Mapped[int | None] = key_to("payee_batch.id")
    state: Mapped[PayeeState] = mapped_column(enum_of(PayeeState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    paid: Mapped[Paid] = mapped_column(enum_of(Paid))
    name: Mapped[str] = mapped_column(String(200))
    supplier_number: Mapped[str] = mapped_column(String(40), default="")
    supplier_key: Mapped[str] = folded(identifier, "supplier_number", most=120)
    route: Mapped[Route] = mapped_column(enum_of(Route))
    cost_centre: Mapped[str] = mapped_column(String(40), default="")  # of a journal
    valid_from: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    held_at: Mapped[str] = mapped_column(String(200))  # where the evidence is
    # What the school was when this was proposed; where it has changed since, a new payee is needed.
    for_urn: Mapped[str] = mapped_column(String(6))
    for_kind: Mapped[SchoolKind] = mapped_column(enum_of(SchoolKind))
    for_trust: Mapped[str] = mapped_column(String(20), default="")  # an academy's, by its code
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = key_to("person.id")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = key_to("person.id")
    ended_on: Mapped[date | None]  # the first day it no longer counts
    hold_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nothing is paid this way since
    hold_reason: Mapped[str] = mapped_column(Text, default="")  # why; kept once it is lifted

    school: Mapped[School] = relationship(lazy="joined", innerjoin=True)
    batch: Mapped[PayeeBatch | None] = relationship(back_populates="payees")
    proposed_by: Mapped[User] = relationship(foreign_keys="Payee.proposed_by_id")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys="Payee.confirmed_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", PayeeState.PROPOSED)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its school's page of payees."""
        return f"/money/payees/{self.school.urn}"

    @property
    def payees(self) -> list["Payee"]:
        """Itself alone: a batch has several."""
        return [self]

    @property
    def schools(self) -> list[School]:
        return [self.school]

    @property
    def from_words(self) -> str:
        return day_words(self.valid_from)

    @property
    def words(self) -> str:
        """“Lark Trust, for Larkfield Infant School (URN 100001)”: whom to pay."""
        code = code_words(self.for_urn)
        return (
            f"{self.name} ({code})" if self.paid is Paid.SCHOOL else f"{self.name}, for {self.school.named}"
        )

    @property
    def route_words(self) -> str:
        """“Journal to cost centre 4711”, “BACS to the trust, supplier number S-100”."""
        if self.route is Route.JOURNAL:
            return f"{self.route.words} to cost centre {self.cost_centre}"
        return f"{self.route.words}, supplier number {self.supplier_number}"

    def touch(self) -> None:
        self.version += 1
